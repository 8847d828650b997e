"""Many runs as a few numbers a day: quantiles over runs, thinned so that a chart stays light."""

from dataclasses import dataclass
from typing import Any

import numpy as np

Rows = np.ndarray[Any, np.dtype[np.float64]]

LOW, HIGH = 0.05, 0.95
WEEK = 7
POINTS = 240
"""Most points of one line, so that a chart with a baseline stays under 500."""


@dataclass(frozen=True)
class Band:
    """Median and 5 to 95 % of a metric over runs, by day."""

    days: Rows
    low: Rows
    mid: Rows
    high: Rows
    runs: int


def find_every(days: int) -> int:
    """Days between two points of a chart: 1, or whole weeks."""
    return 1 if days <= POINTS else WEEK * -(-days // (WEEK * POINTS))


def thin_days(days: Rows, values: Rows) -> tuple[Rows, Rows]:
    """Means over weeks (runs x days in, runs x weeks out); each stands at its last day. Short runs stay daily.

    What is left over at the end belongs to the last week: a mean over a day or two would jump.
    """
    every = find_every(values.shape[1])
    if every == 1:
        return days, values
    starts = np.arange(0, values.shape[1] - every + 1, every)
    lengths = np.diff(np.append(starts, values.shape[1]))
    means = np.add.reduceat(values, starts, axis=1) / lengths
    return days[starts + lengths - 1], means


def pick_days(days: Rows, values: Rows) -> tuple[Rows, Rows]:
    """Every n-th stored day where there are too many; for tables that are thinned already."""
    step = -(-values.shape[1] // POINTS)
    return days[::step], values[:, ::step]


def make_band(days: Rows, values: Rows) -> Band:
    """The band of a metric: `values` is runs x days."""
    low, mid, high = np.quantile(values, (LOW, 0.5, HIGH), axis=0)
    return Band(days, low, mid, high, values.shape[0])


def describe_values(values: Rows) -> tuple[float, float, float]:
    """5 %, median, 95 % of one number per run."""
    low, mid, high = np.quantile(values, (LOW, 0.5, HIGH)).tolist()
    return low, mid, high
