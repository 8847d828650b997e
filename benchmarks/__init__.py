"""How fast it is: `python -m benchmarks` measures, prints a table and writes docs/performance.md."""
