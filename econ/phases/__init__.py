"""The phases of a day. Each file has the opening of its tables, its phase, and for a population one agent's day."""
