"""How guardians agree on a snapshot of all rollups: votes, quorums, rounds and evidence of offences.

Equations and reasons: docs/specification/messaging.md.
Plain Python with real SHA-256; no clock and no chance of its own.
"""
