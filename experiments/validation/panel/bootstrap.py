"""Intervals from blocks of days drawn with replacement (circular block bootstrap, Politis & Romano 1992)."""

from collections.abc import Callable
from typing import Any

import numpy as np

from metalab.econ.kernel.chance.philox import derive_key, fill_draws
from metalab.econ.kernel.chance.streams import Stream

Values = np.ndarray[Any, np.dtype[np.float64]]
Places = np.ndarray[Any, np.dtype[np.int64]]
BLOCK = 20
"""Days of a block: longer than what daily returns remember, short against the shortest series."""
DRAWS = 1_000
LEVEL = 0.95


def draw_uniform(seed: int, rows: int, columns: int, part: int = 0) -> Values:
    """A table of uniforms that depends on nothing but its address."""
    table = np.empty((rows, columns))
    fill_draws(table, derive_key(seed, 0, int(Stream.STUDY), part), 0, rows)
    return table


def draw_blocks(length: int, draws: int = DRAWS, block: int = BLOCK, seed: int = 1) -> Places:
    """Rows of a resampled series [draws, length]: blocks of successive days, the last followed by the first."""
    count = -(-length // block)
    starts = (draw_uniform(seed, draws, count) * length).astype(np.int64)
    days = (starts[:, :, None] + np.arange(block)) % length
    return np.asarray(days.reshape(draws, -1)[:, :length])


def find_interval(samples: Values, level: float = LEVEL) -> tuple[float, float]:
    """The central interval of resampled statistics."""
    low, high = np.nanquantile(samples, ((1.0 - level) / 2, (1.0 + level) / 2))
    return float(low), float(high)


def bootstrap(statistic: Callable[[Places], float], length: int, draws: int = DRAWS) -> tuple[float, float]:
    """95 % interval of `statistic`, a function of the rows that make up the series."""
    return find_interval(np.array([statistic(rows) for rows in draw_blocks(length, draws)]))
