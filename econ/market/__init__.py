"""Traders, the market's own noise, the fundamental value, and how a day's orders become tomorrow's price.

Equations and reasons: docs/specification/market.md.
Writes the market state and traders.
"""
