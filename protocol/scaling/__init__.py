"""Load-aware scaling: traffic, queues, the controllers of the active flex set, the layers that bound throughput.

Equations and reasons: MODEL 5, ECONOMY 12.
Reads stake, moves no tokens.
"""
