"""Node operators: when they enter, top up, change tier and leave; their faults, rewards and yields.

Equations and reasons: docs/specification/staking.md.
Writes nodes and the yields everybody sees.
"""
