"""Incentives to users: yearly budgets, connection points, activity rewards.

Equations and reasons: MODEL 12, ECONOMY 21.
Moves treasury tokens and the users' pot through its ledger.
"""
