"""Rollups, senders, relayers and the life of every message between them.

Equations and reasons: docs/specification/messaging.md.
Part of the simulator's world.
"""
