"""Demand from outside: enterprise reads, data relay, privacy attestations, light nodes, the path assistant.

Equations and reasons: docs/specification/connectors.md.
Moves connector fees and the light nodes' rewards through its ledger.
"""
