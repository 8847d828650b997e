"""What is built on messages: transfers, roles, executions, joining rollups; and attacks.

Equations and reasons: MODEL 6.
Part of the simulator's world.
"""
