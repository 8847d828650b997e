"""Incidents, outages, attacks by defecting operators, slashing, and the cost of corruption.

Equations and reasons: docs/specification/security.md.
Writes incidents, value secured, nodes' penalties and the security metrics.
"""
