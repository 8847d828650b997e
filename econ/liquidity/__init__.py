"""Providers of liquidity and the pools of every rollup.

Equations and reasons: docs/specification/liquidity.md.
Writes the pools and the liquidity metrics.
"""
