"""How tokens come into circulation: vesting of the allocation buckets and the users' airdrop.

Equations and reasons: docs/specification/supply.md.
Moves escrow, unclaimed airdrop and the holders' balances through its ledger.
"""
