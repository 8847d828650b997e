"""The data layer: hot and cold tiers, migration in time or too late, prices and fingerprints.

Equations and reasons: MODEL 8.
Moves no tokens; its costs are in USD.
"""
