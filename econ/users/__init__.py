"""Cohorts of users: joining, sending, learning, claiming, switching home, leaving; their incentives.

Equations and reasons: MODEL 12 and 14, ECONOMY 5, 13-16, 21.
Writes users and the activity everybody sees.
"""
