"""What rollups and their developers owe and get: licences, royalties, grants, the ecosystem fund.

Equations and reasons: docs/specification/rollups.md.
Moves the developers' pot and treasury grants through its ledger.
"""
