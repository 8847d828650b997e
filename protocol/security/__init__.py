"""Offences and slashing, incidents of rollups, the insurance fund, the cost of corruption.

Equations and reasons: docs/specification/security.md.
Moves stake of offenders and the insurance fund through its two ledgers.
"""
