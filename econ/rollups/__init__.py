"""Developers and their rollups: ideas, choice of provider, income, innovation, closing; rivals and the fund.

Equations and reasons: docs/specification/rollups.md.
Writes developers, rollups and licences.
"""
