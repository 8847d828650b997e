"""Voters and operators: locks, opinions, polls, proposals, votes and their execution.

Equations and reasons: docs/specification/governance.md.
Writes voters and proposals; parameters change through econ/policy.
"""
