"""What rollups and their developers owe and get: licences, royalties, grants, the ecosystem fund.

Equations and reasons: MODEL 7 and 12.
Moves the developers' pot and treasury grants through its ledger.
"""
