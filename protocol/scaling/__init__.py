"""Load-aware scaling: traffic, queues, the controllers of the active flex set, the layers that bound throughput.

Equations and reasons: docs/specification/scaling.md.
Reads stake, moves no tokens.
"""
