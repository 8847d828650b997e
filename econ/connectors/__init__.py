"""The day of the connectors: their clients' demand and their fees.

Equations and reasons: MODEL 13.
Writes the connector metrics; moves fees through the connector ledger.
"""
