"""The Metalayer: agreement on snapshots, proofs, the transport of messages, and what a day of it comes to.

Equations and reasons: docs/specification/messaging.md.
Touches no tokens; the fast clock of econ/messaging runs its rules event by event.
"""
