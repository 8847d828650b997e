"""The protocol fee: its quote in ERA, its payment, and the exact split of revenue.

Equations and reasons: docs/specification/fees.md.
Moves fees into the pots of the split through its ledger.
"""
