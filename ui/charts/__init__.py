"""Charts and numbers as people read them."""
