"""The market float as counterparty of every order, in ERA and USD.

Equations and reasons: docs/specification/market.md.
Moves the float, the pool and the balances of those who trade through its ledger.
"""
