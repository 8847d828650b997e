"""Fit the response surface of node scaling again: `python -m tools.scaling_surface` (some minutes)."""

import sys

from metalab.econ.scaling.fastclock.fit import fit_surface
from metalab.econ.scaling.fastclock.table import COLUMNS, PATH
from metalab.protocol.scaling.surface import POINTS

NOTHING = 1e-12
"""Shares below this are written as 0."""


def format_row(row: dict[str, float]) -> str:
    """A line of the table, six significant digits; values below NOTHING are written as 0."""
    return ",".join(f"{row[name] if abs(row[name]) >= NOTHING else 0.0:.6g}" for name in COLUMNS)


def tell(done: int) -> None:
    """Progress on a terminal, and now and then elsewhere."""
    if sys.stderr.isatty() or done % 100 == 0:
        print(f"\r{done} of {POINTS} points", end="" if sys.stderr.isatty() else "\n", file=sys.stderr)


def main() -> None:
    """Write the table."""
    lines = [",".join(COLUMNS), *(format_row(row) for row in fit_surface(tell=tell))]
    PATH.write_text("\n".join(lines) + "\n", encoding="ascii")
    print(f"wrote {PATH.name}: {len(lines) - 1} points")


if __name__ == "__main__":
    main()
