"""Vote locks, delegation, and the life of a proposal from filing to execution.

Equations and reasons: MODEL 11, ECONOMY 20.
Moves locks, deposits and treasury grants through its ledger.
"""
