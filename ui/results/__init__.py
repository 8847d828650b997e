"""What pages show of runs, studies and decisions."""
