"""Bounds of what can be asked for. Light to import: the command line reads it for its help."""

USUAL_DAYS = 1_096
LONGEST_RUN = 10_000
LARGEST_SEED = 2**63 - 1
MOST_RUNS = 1_000_000
MOST_WORKERS = 1_024
