"""Incentives to users: yearly budgets, connection points, activity rewards.

Equations and reasons: docs/specification/users.md.
Moves treasury tokens and the users' pot through its ledger.
"""
