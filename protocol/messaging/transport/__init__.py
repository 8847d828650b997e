"""How messages, events, intents and roles travel: queues in order, routes, retries and refunds.

Equations and reasons: docs/specification/messaging.md.
Plain Python; no clock and no chance of its own.
"""
