"""What people write: scenarios, proposals and parameter values, read strictly and refused in one line."""
