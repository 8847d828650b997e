"""How guardians agree on a snapshot of all rollups: votes, quorums, rounds and evidence of offences.

Equations and reasons: MODEL 6.
Plain Python with real SHA-256; no clock and no chance of its own.
"""
