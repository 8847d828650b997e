"""Offences and slashing, incidents of rollups, the insurance fund, the cost of corruption.

Equations and reasons: MODEL 4 and 10, ECONOMY 10-11.
Moves stake of offenders and the insurance fund through its two ledgers.
"""
