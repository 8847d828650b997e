"""What a simulation came to: figures and tables of plain values.

Equations and reasons: docs/reference/metalayer.md.
Reads the simulator's world.
"""
