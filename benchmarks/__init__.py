"""Measured speed: `python -m benchmarks` prints a table and writes docs/performance.md."""
