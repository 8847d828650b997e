"""Chance as an argument: keyed uniforms and the distributions made of them.

Equations and reasons: DESIGN 6, Philox4x32-10.
Pure functions; nothing else draws.
"""
