"""The data layer: hot and cold tiers, migration in time or too late, prices and fingerprints.

Equations and reasons: docs/specification/storage.md.
Moves no tokens; its costs are in USD.
"""
