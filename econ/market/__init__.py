"""Traders, the market's own noise, the fundamental value, and how a day's orders become tomorrow's price.

Equations and reasons: MODEL 15, ECONOMY 18 and 22-27.
Writes the market state and traders.
"""
