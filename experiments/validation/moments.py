"""Moments by which price models are judged: spread, tails, memory of returns and of their size; and how many a model covers.

Moments and coverage follow Franke and Westerhoff (2012): an interval for each moment from resampled data, and the share of
simulated samples of the same length whose moment falls inside.
"""

from typing import Any, NamedTuple

import numpy as np

from metalab.experiments.validation.panel.bootstrap import BLOCK, DRAWS, LEVEL, Places, Values, draw_blocks

Matrix = np.ndarray[Any, np.dtype[np.float64]]
LAGS = (1, 5, 10, 25, 50, 100)
"""Lags of the memory of size, in days."""
NAMES = ("sd", "tail_index", "acf_return_1", *(f"acf_size_{lag}" for lag in LAGS))
TAIL_SHARE = 0.05
"""Share of the largest returns that the tail index is made from."""


class Coverage(NamedTuple):
    """Share of simulated samples inside the interval of each of NAMES, and inside all of them at once."""

    each: Values
    joint: float


def compute_tail_index(sizes: Matrix) -> Values:
    """Hill's (1975) index of the largest sizes along the last axis; large for thin tails."""
    count = max(int(TAIL_SHARE * sizes.shape[-1]), 2)
    top = np.log(np.partition(sizes, -count - 1, axis=-1)[..., -count - 1 :])
    top.sort(axis=-1)
    return np.asarray(1.0 / (top[..., 1:] - top[..., :1]).mean(axis=-1))


def correlate(values: Matrix, later: Places, lag: int) -> Values:
    """Autocorrelation at a lag over the days `later`, each with the day `lag` before it; days without one are left out."""
    known = later >= lag
    centred = values - values.mean(axis=-1, keepdims=True)
    # Pairs are resampled, not days, so that no pair spans the joint of two blocks.
    products = np.where(known, centred[..., later] * centred[..., np.maximum(later - lag, 0)], 0.0).sum(axis=-1)
    return np.asarray(products / known.sum(axis=-1) / (centred[..., later] ** 2).mean(axis=-1))


def compute_moments(returns: Matrix) -> Matrix:
    """NAMES of each sample [..., moments]; `returns` is [..., days]."""
    return _gather(returns, np.arange(returns.shape[-1]))


def _gather(returns: Matrix, days: Places) -> Matrix:
    sizes = np.abs(returns)
    picked = returns[..., days]
    moments = [picked.std(axis=-1), compute_tail_index(np.maximum(np.abs(picked), 1e-12)), correlate(returns, days, 1)]
    return np.stack([*moments, *(correlate(sizes, days, lag) for lag in LAGS)], axis=-1)


def find_moment_intervals(returns: Values, draws: int = DRAWS, block: int = BLOCK) -> Matrix:
    """Low and high end of the 95 % interval of each moment of one series [2, moments]."""
    samples = _gather(returns, draw_blocks(len(returns), draws, block))
    return np.asarray(np.quantile(samples, ((1.0 - LEVEL) / 2, (1.0 + LEVEL) / 2), axis=0))


def compute_coverage(simulated: Matrix, intervals: Matrix) -> Coverage:
    """How much of the simulated moments [samples, moments] lies inside the intervals [2, moments]."""
    inside = (simulated >= intervals[0]) & (simulated <= intervals[1])
    return Coverage(inside.mean(axis=0), float(inside.all(axis=1).mean()))


def compute_distance(simulated: Matrix, moments: Values, intervals: Matrix) -> float:
    """Squared distance of the mean simulated moments from the data's, in standard errors."""
    errors = (intervals[1] - intervals[0]) / 3.92
    return float((((simulated.mean(axis=0) - moments) / errors) ** 2).sum())
