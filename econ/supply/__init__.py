"""Circulating supply, unlocks by the calendar, and the holders who sell part of them.

Equations and reasons: docs/specification/supply.md.
Writes the supply state and metrics; holders act on their own rows.
"""
