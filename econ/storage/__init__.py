"""The rollups' data from the hot tier to the cold one, and what it costs.

Equations and reasons: docs/specification/storage.md.
Writes the stores and the storage metrics.
"""
