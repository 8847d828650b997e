"""Circulating supply, unlocks by the calendar, and the holders who sell part of them.

Equations and reasons: MODEL 1, ECONOMY 1-5.
Writes the supply state and metrics; holders act on their own rows.
"""
