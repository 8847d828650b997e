"""Behaviour of the agents: one file per type, decisions from what an agent could know that day."""
