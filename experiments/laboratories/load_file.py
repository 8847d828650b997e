"""A user's own load: a CSV file with the columns `second` and `tps`.

`second` counts from the start (first row 0, rising); `tps` is the mean rate of transactions per second from then until the next
row. The last row's rate holds as long as that of the row before it, or for a minute when it is the only one.
"""

import csv
import io
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np

from metalab.econ.scaling.fastclock.profiles import Rates
from metalab.experiments.errors import BadFileError, show
from metalab.protocol.scaling.scaling import TICK

COLUMNS = ("second", "tps")
LONGEST_MINUTES = 10_080
"""A week of ticks."""
LARGEST_BYTES = 2_000_000
MOST_ROWS = LONGEST_MINUTES * 20
FASTEST = 100_000.0
"""Transactions per second that a row may have."""
LONE_S = 60.0


class LoadFile(NamedTuple):
    """Steps of a load: when each begins, its rate, and when the last one ends; in seconds and 1/s."""

    seconds: list[float]
    rates: list[float]
    end: float

    @property
    def minutes(self) -> int:
        """Whole minutes it covers, at least one."""
        return max(int(self.end // 60.0), 1)


def read_load_file(path: Path) -> LoadFile:
    """Read and check a file. Raises `BadFileError` with the line and the column."""
    rows = csv.reader(io.StringIO(_read_text(path)))
    head = [name.strip() for name in next(rows, [])]
    if tuple(head) != COLUMNS:
        raise BadFileError(path, f"the columns are {show(','.join(head))}; they must be {','.join(COLUMNS)}", 1)
    seconds: list[float] = []
    rates: list[float] = []
    for row in rows:
        if any(cell.strip() for cell in row):
            _read_row(path, rows.line_num, row, seconds, rates)
    if not seconds:
        raise BadFileError(path, f"there is no row below {','.join(COLUMNS)}; give at least one", 1)
    end = seconds[-1] + (seconds[-1] - seconds[-2] if len(seconds) > 1 else LONE_S)
    return LoadFile(seconds, rates, end)


def _read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadFileError(path, f"cannot be read: {error.strerror}") from None
    if len(data) > LARGEST_BYTES:
        raise BadFileError(path, f"has {len(data):,} bytes; at most {LARGEST_BYTES:,} are read")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFileError(path, "is not UTF-8 text") from None


def _read_row(path: Path, line: int, row: list[str], seconds: list[float], rates: list[float]) -> None:
    """Check a row against those before it and add it."""
    if len(row) != len(COLUMNS):
        raise BadFileError(path, f"has {len(row)} cells; give {len(COLUMNS)}: {','.join(COLUMNS)}", line)
    if len(seconds) == MOST_ROWS:
        raise BadFileError(path, f"is row {MOST_ROWS + 1:,}; at most {MOST_ROWS:,} are read", line)
    second = _read_number(path, line, "second", row[0], LONGEST_MINUTES * 60.0 - TICK)
    if not seconds and second != 0.0:
        raise BadFileError(path, f"second = {show(row[0].strip())} is not allowed; the first row begins at 0", line)
    if seconds and second <= seconds[-1]:
        raise BadFileError(path, f"second = {show(row[0].strip())} is not allowed; give more than the row before, {seconds[-1]:g}", line)
    rates.append(_read_number(path, line, "tps", row[1], FASTEST))
    seconds.append(second)


def _read_number(path: Path, line: int, column: str, cell: str, largest: float) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not 0.0 <= value <= largest:
        raise BadFileError(path, f"{column} = {show(cell.strip())} is not allowed; give a number from 0 to {largest:,.10g}", line)
    return value


def sample_rates(load: LoadFile, ticks: int) -> Rates:
    """Mean rate in each of so many ticks, exact where a step falls inside a tick."""
    begins = np.append(np.array(load.seconds), load.end)
    volume = np.append(0.0, np.cumsum(np.array(load.rates) * np.diff(begins)))
    edges = np.minimum(np.arange(ticks + 1) * TICK, load.end)
    return np.asarray(np.diff(np.interp(edges, begins, volume)) / TICK)
