"""Tiers of nodes, their life cycle from bond to release, and the rewards of each tier.

Equations and reasons: MODEL 3, ECONOMY 6-9.
Moves stake, unbonding stake and the tiers' pots through its ledger.
"""
