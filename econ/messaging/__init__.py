"""What messages through the Metalayer experience, by day from a fitted surface, by second in its simulator.

Equations and reasons: docs/specification/messaging.md.
Writes delay and success of messages; the simulator is a world of its own.
"""
