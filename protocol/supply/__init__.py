"""How tokens come into circulation: vesting of the allocation buckets and the users' airdrop.

Equations and reasons: MODEL 1, ECONOMY 1-5.
Moves escrow, unclaimed airdrop and the holders' balances through its ledger.
"""
