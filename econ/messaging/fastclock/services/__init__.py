"""What is built on messages: transfers, roles, executions, joining rollups; and attempts to cheat.

Equations and reasons: MODEL 6.
Part of the simulator's world.
"""
