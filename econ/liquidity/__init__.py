"""Providers of liquidity and the pools of every rollup.

Equations and reasons: MODEL 9 and 14.
Writes the pools and the liquidity metrics.
"""
