"""A user's own load: a CSV file with a column for the time and one for the load; other columns are passed over.

Time: `second` (from the start, first row 0) or `timestamp` (ISO 8601), rising. Load: `tps`, or `requests`, `transactions` or
`messages` with a unit, in the header (`requests [1/min]`) or given besides. A row's rate holds until the next row; the last
one's as long as that of the row before it, or for a minute when it is the only one. A row without a load goes on as before.
"""

from datetime import datetime
from pathlib import Path
from statistics import median_low
from typing import NamedTuple

import numpy as np

from metalab.econ.scaling.fastclock.profiles import Rates
from metalab.experiments.errors import BadFileError, BadValueError, show
from metalab.experiments.inputs.csv_files import CsvFile, read_csv
from metalab.protocol.scaling.scaling import TICK

SECOND = "second"
CLOCKS = ("timestamp", "time", "datetime", "date")
TPS = "tps"
COUNTED = ("requests", "transactions", "messages")
COUNT = "count"
UNITS = {"1/s": 1.0, "1/min": 60.0, "1/h": 3_600.0, COUNT: 0.0}
"""Seconds over which a load is counted; `count`: over the time of its row."""
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


class LoadColumn(NamedTuple):
    """Where the load is, what it is called, and its unit."""

    place: int
    name: str
    unit: str


def read_load_file(path: Path, unit: str = "") -> LoadFile:
    """Read and check a file; `unit` is one of `UNITS` where the header does not say it. Raises `BadFileError` with line and column."""
    if unit and unit not in UNITS:
        raise BadValueError("--load-unit", unit, "one of " + ", ".join(UNITS))
    file = read_csv(path, LARGEST_BYTES, MOST_ROWS)
    column = _find_load(file, unit)
    seconds = _read_seconds(file)
    if not seconds:
        raise BadFileError(path, f"there is no row below {file.separator.join(file.head)}; give at least one", file.head_line)
    steps = np.diff(seconds).tolist()
    steps.append(steps[-1] if steps else LONE_S)
    return LoadFile(seconds, _read_rates(file, column, steps), seconds[-1] + steps[-1])


def _find_load(file: CsvFile, unit: str) -> LoadColumn:
    """The one column that holds the load."""
    found = []
    for place, head in enumerate(file.head):
        name, _, said = head.partition("[")
        if name.strip().lower() in (TPS, *COUNTED):
            found.append(LoadColumn(place, head, said.rstrip("] ") or ("1/s" if name.strip().lower() == TPS else unit)))
    if len(found) != 1:
        wanted = f"one of {TPS}, {', '.join(COUNTED)} for the load"
        raise BadFileError(file.path, f"the columns are {show(file.separator.join(file.head))}; give {wanted}", file.head_line)
    column = found[0]
    if column.unit not in UNITS:
        known = ", ".join(UNITS)
        said = f"has the unit {show(column.unit)}" if column.unit else "has no unit"
        advice = f"call it '{column.name.partition('[')[0].strip()} [1/min]' or give --load-unit, with one of {known}"
        raise BadFileError(file.path, f"the column {show(column.name)} {said}; {advice}", file.head_line)
    if unit and column.unit != unit:
        raise BadValueError("--load-unit", unit, f"{column.unit}, which the header says, or leave it out")
    return column


def _read_seconds(file: CsvFile) -> list[float]:
    """Seconds from the first row, rising."""
    names = [head.lower() for head in file.head]
    place = next((k for k, name in enumerate(names) if name in (SECOND, *CLOCKS)), -1)
    if place < 0:
        wanted = f"{SECOND} or {CLOCKS[0]} for the time"
        raise BadFileError(file.path, f"the columns are {show(file.separator.join(file.head))}; give {wanted}", file.head_line)
    read = _read_second if names[place] == SECOND else _Clock(file.head[place])
    seconds: list[float] = []
    for line, cells in file.rows:
        second = read(file, line, cells[place])
        _check_second(file, line, file.head[place], cells[place], second, seconds)
        seconds.append(second)
    return seconds


def _read_second(file: CsvFile, line: int, cell: str) -> float:
    second = file.read_number(line, SECOND, cell, LONGEST_MINUTES * 60.0 - TICK)
    if second is None:
        raise file.refuse(line, SECOND, cell, "a number of seconds")
    return second


class _Clock:
    """Reads times as seconds from the first one."""

    def __init__(self, column: str) -> None:
        self.column = column
        self.first: datetime | None = None

    def __call__(self, file: CsvFile, line: int, cell: str) -> float:
        try:
            time = datetime.fromisoformat(cell)
        except ValueError:
            raise file.refuse(line, self.column, cell, "a time such as 2025-07-17T09:30:00Z") from None
        self.first = self.first or time
        if (time.tzinfo is None) != (self.first.tzinfo is None):
            raise file.refuse(line, self.column, cell, "a time zone in all rows or in none")
        return (time - self.first).total_seconds()


def _check_second(file: CsvFile, line: int, column: str, cell: str, second: float, before: list[float]) -> None:
    if not before and second != 0.0:
        raise BadFileError(file.path, f"{column} = {show(cell)} is not allowed; the first row begins at 0", line)
    if before and second <= before[-1]:
        last = f"{before[-1]:g}" if column.lower() == SECOND else "its time"
        raise file.refuse(line, column, cell, f"more than the row before, {last}")
    if second > LONGEST_MINUTES * 60.0 - TICK:
        raise file.refuse(line, column, cell, f"at most {LONGEST_MINUTES:,} minutes from the first row")


def _read_rates(file: CsvFile, column: LoadColumn, steps: list[float]) -> list[float]:
    """Rates in 1/s. A count belongs to the usual time of a row: a row that is missing leaves the rate as it was."""
    usual = median_low(steps[:-1] or steps)
    rates: list[float] = []
    for (line, cells), step in zip(file.rows, steps, strict=True):
        over = min(step, usual) if column.unit == COUNT else UNITS[column.unit]
        cell = cells[column.place]
        value = file.read_number(line, column.name, cell, FASTEST * over)
        if value is None and not rates:
            raise file.refuse(line, column.name, cell, "a load in the first row: there is none before it to go on")
        rates.append(rates[-1] if value is None else value / over)
    return rates


def sample_rates(load: LoadFile, ticks: int) -> Rates:
    """Mean rate in each of so many ticks, exact where a step falls inside a tick."""
    begins = np.append(np.array(load.seconds), load.end)
    volume = np.append(0.0, np.cumsum(np.array(load.rates) * np.diff(begins)))
    edges = np.minimum(np.arange(ticks + 1) * TICK, load.end)
    return np.asarray(np.diff(np.interp(edges, begins, volume)) / TICK)
