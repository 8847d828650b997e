"""Guardians on the network: honest, Byzantine and offline ones, and the penalties their evidence leads to.

Equations and reasons: MODEL 6.
Part of the simulator's world.
"""
