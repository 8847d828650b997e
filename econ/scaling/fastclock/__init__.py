"""Hours of three-second ticks, single jobs as their oracle, and the surface fitted to them.

Equations and reasons: docs/specification/scaling.md.
The daily world reads its table and runs its peak hours.
"""
