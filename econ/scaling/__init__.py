"""The day's load, served by core and active flex nodes.

Equations and reasons: docs/specification/scaling.md.
Writes the load state, node hours and congestion fees.
"""
