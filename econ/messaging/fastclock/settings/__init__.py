"""Settings of the Metalayer simulator, each with default, bounds, unit, source and owner.

Equations and reasons: docs/reference/metalayer.md.
Declarations only.
"""
