"""Incidents, outages, attacks by defecting operators, slashing, and the cost of corruption.

Equations and reasons: MODEL 4, 10 and 14, ECONOMY 10-11.
Writes incidents, value secured, nodes' penalties and the security metrics.
"""
