"""How messages, events, intents and roles travel: queues in order, routes, retries and refunds.

Equations and reasons: MODEL 6.
Plain Python; no clock and no chance of its own.
"""
