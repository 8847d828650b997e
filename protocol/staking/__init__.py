"""Tiers of nodes, their life cycle from bond to release, and the rewards of each tier.

Equations and reasons: docs/specification/staking.md.
Moves stake, unbonding stake and the tiers' pots through its ledger.
"""
