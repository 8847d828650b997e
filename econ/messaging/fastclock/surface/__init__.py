"""The response surface of the Metalayer: how it is measured, stored and read.

Equations and reasons: docs/specification/messaging.md.
The daily world reads its table.
"""
