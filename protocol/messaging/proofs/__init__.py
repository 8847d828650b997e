"""How a message of one rollup is proven on another: trees, proofs, light clients and their cost.

Equations and reasons: docs/specification/messaging.md.
Plain Python with real SHA-256; no clock and no chance of its own.
"""
