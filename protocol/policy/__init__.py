"""What a decision says: changes of parameters and treasury grants, and when each holds.

Equations and reasons: MODEL 11.
Decides nothing: governance or a scenario does.
"""
