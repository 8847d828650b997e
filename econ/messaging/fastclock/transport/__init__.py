"""Rollups, senders, relayers and the life of every message between them.

Equations and reasons: MODEL 6.
Part of the simulator's world.
"""
