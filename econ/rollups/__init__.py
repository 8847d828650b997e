"""Developers and their rollups: ideas, choice of provider, income, innovation, closing; rivals and the fund.

Equations and reasons: MODEL 7, 12, 14 and 16, ECONOMY 17 and 28.
Writes developers, rollups and licences.
"""
