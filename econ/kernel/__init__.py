"""What every behaviour stands on: the world's tables, parameters, metrics, the calendar and chance.

Equations and reasons: docs/decisions/0001-one-rule-three-ways.md.
Declares the world; phases of the day live in the rooms.
"""
