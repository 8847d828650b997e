"""Vote locks, delegation, and the life of a proposal from filing to execution.

Equations and reasons: docs/specification/governance.md.
Moves locks, deposits and treasury grants through its ledger.
"""
