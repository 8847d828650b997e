"""What a daily table says in a few numbers per metric."""

from math import fsum
from typing import Any

import numpy as np

from metalab.econ.kernel.records import COLUMNS, METRICS

Rows = np.ndarray[Any, np.dtype[np.float64]]

STATISTICS = ("mean", "last", "min", "max", "total")
"""Per metric over all days; `total` is the sum of the daily values: of a flow, what came together in the run."""
ADDABLE = ("1", "ERA", "USD")
"""Units of which a sum over days means something; rates, shares and delays have no total."""

METRIC_NAMES = tuple(name for name in COLUMNS if name != "day")
UNITS = {leaf.path.split(".")[-1]: leaf.info.unit for leaf in METRICS}


def list_statistics(name: str) -> tuple[str, ...]:
    """The statistics that a metric has."""
    return STATISTICS if UNITS[name] in ADDABLE else STATISTICS[:-1]


def reduce_rows(rows: Rows) -> Rows:
    """The statistics of every metric: an array of len(METRIC_NAMES) x len(STATISTICS)."""
    values = rows[:, [COLUMNS.index(name) for name in METRIC_NAMES]]
    total = np.array([_add(column) for column in values.T])
    parts = (total / len(rows), values[-1], values.min(axis=0), values.max(axis=0), total)
    return np.stack(parts, axis=1)


def _add(column: Rows) -> float:
    """The exactly rounded sum: the same whatever the machine's vector width."""
    return fsum(column.tolist())


def summarise(rows: Rows) -> dict[str, dict[str, float]]:
    """The statistics of every metric by name."""
    table = reduce_rows(rows).tolist()
    lines = zip(METRIC_NAMES, table, strict=True)
    return {name: dict(zip(list_statistics(name), line, strict=False)) for name, line in lines}
