"""Node operators: when they enter, top up, change tier and leave; their faults, rewards and yields.

Equations and reasons: MODEL 3 and 14, ECONOMY 6-9.
Writes nodes and the yields everybody sees.
"""
