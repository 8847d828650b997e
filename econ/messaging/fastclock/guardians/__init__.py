"""Guardians on the network: honest, Byzantine and offline ones, and the penalties their evidence leads to.

Equations and reasons: docs/specification/messaging.md.
Part of the simulator's world.
"""
