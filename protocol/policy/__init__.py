"""What a decision says: changes of parameters and treasury grants, and when each holds.

Equations and reasons: docs/specification/policy.md.
Decides nothing: governance or a scenario does.
"""
