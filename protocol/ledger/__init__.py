"""The ledger: every uERA is in exactly one account, and only the verbs in this package move it."""
