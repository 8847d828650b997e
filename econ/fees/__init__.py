"""The fees of the day: collected, converted and split.

Equations and reasons: docs/specification/fees.md.
Writes the revenue metrics; moves tokens through the fee ledger.
"""
