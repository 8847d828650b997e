"""The day's load, served by core and active flex nodes.

Equations and reasons: MODEL 5, ECONOMY 12.
Writes the load state, node hours and congestion fees.
"""
