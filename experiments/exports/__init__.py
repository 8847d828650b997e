"""Tables of a result directory in formats that other programs read."""
