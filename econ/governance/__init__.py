"""Voters and operators: locks, opinions, polls, proposals, votes and their execution.

Equations and reasons: MODEL 11 and 14, ECONOMY 20.
Writes voters and proposals; parameters change through econ/policy.
"""
