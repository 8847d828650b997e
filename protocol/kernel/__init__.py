"""What every rule stands on: declared records, compiling, exact arithmetic, codes, accounts and causes.

Equations and reasons: docs/decisions/0001-one-rule-three-ways.md.
Imports nothing of the rooms.
"""
