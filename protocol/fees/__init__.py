"""The protocol fee: its quote in ERA, its payment, and the exact split of revenue.

Equations and reasons: MODEL 7, ECONOMY 13-15.
Moves fees into the pots of the split through its ledger.
"""
