"""What is built on messages: transfers, roles, executions, joining rollups; and attacks.

Equations and reasons: docs/specification/messaging.md.
Part of the simulator's world.
"""
