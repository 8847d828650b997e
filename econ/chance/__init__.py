"""Chance as an argument: keyed uniforms and the distributions made of them."""
