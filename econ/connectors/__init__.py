"""The day of the connectors: their clients' demand and their fees.

Equations and reasons: docs/specification/connectors.md.
Writes the connector metrics; moves fees through the connector ledger.
"""
