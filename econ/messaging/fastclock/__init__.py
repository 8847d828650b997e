"""The Metalayer second by second, as events in the order of time.

Equations and reasons: docs/specification/messaging.md.
A world of its own: it reads and writes nothing of the daily one.
"""
