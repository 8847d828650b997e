"""How the world is changed from outside or by vote: planned changes, governable parameters, shocks.

Equations and reasons: MODEL 11.
The only room that writes parameters.
"""
