"""The rollups' data from the hot tier to the cold one, and what it costs.

Equations and reasons: MODEL 8.
Writes the stores and the storage metrics.
"""
