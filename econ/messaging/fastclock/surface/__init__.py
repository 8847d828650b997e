"""The response surface of the Metalayer: how it is measured, stored and read.

Equations and reasons: MODEL 6.
The daily world reads its table.
"""
