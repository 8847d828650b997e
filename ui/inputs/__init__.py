"""What a page lets people set, and the bounds of it."""
