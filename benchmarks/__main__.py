"""`python -m benchmarks`: measure, print the table, write docs/performance.md."""

import argparse

from benchmarks.cases import CASES, describe_machine
from benchmarks.timing import ROOT, Figure

REPORT = ROOT / "docs" / "performance.md"
HEAD = """# Performance

Written by `make bench`. Median of the repeats, smallest and largest in brackets. Ratios compare what was measured in turns in the
same process. Times are wall times unless the line says processor: on a machine that does other work as well they are too long.

"""


def show(value: float) -> str:
    """Three significant digits."""
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def format_row(figure: Figure) -> str:
    """A line of the table."""
    spread = f"{show(figure.median)} ({show(min(figure.values))} to {show(max(figure.values))})"
    return f"| {figure.name} | {spread} | {figure.unit} | {figure.goal} | {figure.cores} | {len(figure.values)} | `{figure.command}` |"


def main() -> None:
    """Measure what was asked for, by default everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the speed.")
    parser.add_argument(
        "cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)} (default: all, and docs/performance.md is written)"
    )
    parser.add_argument("--repeats", type=int, default=5, help="measurements of each figure (default 5)")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.cases if name not in CASES]
    if unknown or arguments.repeats < 1:
        parser.error(f"cases are {', '.join(CASES)}; repeats at least 1")
    lines = ["| what | median | unit | goal | cores | repeats | command |", "|---|---|---|---|---|---|---|"]
    print("\n".join(lines), flush=True)
    for name in arguments.cases or CASES:
        for figure in CASES[name](arguments.repeats):
            lines.append(format_row(figure))
            print(lines[-1], flush=True)
    print(describe_machine())
    if not arguments.cases:
        # Sections below the table are written by hand.
        kept = "".join(REPORT.read_text(encoding="utf-8").partition("\n## ")[1:])
        REPORT.write_text(HEAD + "\n".join(lines) + f"\n\nMachine: {describe_machine()}.\n" + kept, encoding="utf-8")


if __name__ == "__main__":
    main()
