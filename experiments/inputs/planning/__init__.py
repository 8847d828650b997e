"""What people write of plans: changes, grants, flows, shocks and unlocks, when they act and under which condition."""
