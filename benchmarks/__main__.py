"""Measure and write docs/performance.md."""

import os
import platform
import statistics
import sys

from benchmarks.measure import ROOT, Measured, measure_mesa, measure_runs, measure_starts


def show(value: float) -> str:
    """Three significant digits."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def write_row(measured: Measured) -> str:
    """One line of the table: median, smallest and largest of the repeats."""
    values = measured.values
    spread = f"{show(min(values))} to {show(max(values))}" if len(values) > 1 else "once"
    middle = show(statistics.median(values))
    return f"| {measured.name} | {middle} {measured.unit} | {spread} | {len(values)} | {measured.goal} | `{measured.command}` |"


def main() -> int:
    """Measure, print, store."""
    measured = [*measure_runs(), *measure_mesa(), *measure_starts()]
    head = "| what | median | spread | repeats | goal | how |\n|---|---|---|---|---|---|\n"
    table = head + "\n".join(write_row(one) for one in measured) + "\n"
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    text = f"# Performance\n\nMade by `make bench` ({machine}). Figures of another machine differ; ratios travel better.\n\n{table}"
    (ROOT / "docs" / "performance.md").write_text(text)
    print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
