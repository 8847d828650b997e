"""The fees of the day: collected, converted and split.

Equations and reasons: MODEL 7, ECONOMY 13-15.
Writes the revenue metrics; moves tokens through the fee ledger.
"""
