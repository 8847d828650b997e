"""Pools on rollups, liquidity passports, and what trading through them costs.

Equations and reasons: docs/specification/liquidity.md.
Exact integers; the pools of rollups hold no ERA of the ledger.
"""
