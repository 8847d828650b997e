"""Cohorts of users: joining, sending, learning, claiming, switching home, leaving; their incentives.

Equations and reasons: docs/specification/users.md.
Writes users and the activity everybody sees.
"""
