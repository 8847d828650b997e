"""How the world is changed from outside or by vote: planned changes, governable parameters, shocks.

Equations and reasons: docs/specification/policy.md.
The only room that writes parameters.
"""
