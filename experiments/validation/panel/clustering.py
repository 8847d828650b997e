"""Log volatility that remembers, with heavy-tailed noise: the likelihood of its parameters over a grid.

The process is the simulator's own (econ/market/volatility.py): v' = phi v + eta n, sigma = s exp(v - var / 2), return =
sigma z with z Student's t of variance 1. Its likelihood is exact but for the grid of v (a hidden Markov chain; Kitagawa 1987).
"""

from itertools import product
from typing import Any, NamedTuple

import numpy as np
from scipy.special import gammaln

from metalab.experiments.validation.panel.bootstrap import Values, draw_uniform, find_interval

CELLS = 61
"""States of v; the spacing stays below the shock down to phi = .99 and eta > 0."""
REACH = 3.5
"""Half-width of the grid of v in stationary standard deviations."""
PERSISTENCE = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.985)
SPREADS = (0.01, 0.15, 0.3, 0.45, 0.6, 0.8, 1.0)
"""Stationary standard deviations of v that are tried."""
TAILS = (2.5, 3.0, 3.5, 4.5, 6.0, 8.0, 12.0, 30.0, 100.0)

Matrix = np.ndarray[Any, np.dtype[np.float64]]


class Clustering(NamedTuple):
    """A point of the grid: persistence and stationary spread of log volatility, degrees of freedom of the noise."""

    persistence: float
    spread: float
    tail_df: float

    @property
    def innovation(self) -> float:
        """Daily shock of log volatility, eta."""
        return self.spread * float(np.sqrt(1.0 - self.persistence**2))


GRID = tuple(Clustering(*point) for point in product(PERSISTENCE, SPREADS, TAILS))


def log_student(x: Matrix, df: float) -> Matrix:
    """Log density of Student's t scaled to variance 1."""
    constant = float(gammaln((df + 1) / 2) - gammaln(df / 2)) - 0.5 * np.log(np.pi * (df - 2))
    return np.asarray(constant - (df + 1) / 2 * np.log1p(x * x / (df - 2)))


def make_chain(point: Clustering) -> tuple[Values, Matrix, Values]:
    """Grid of v, transition matrix and stationary weights."""
    v = np.linspace(-REACH, REACH, CELLS) * point.spread
    step = v[None, :] - point.persistence * v[:, None]
    moves = np.exp(-0.5 * (step / point.innovation) ** 2)
    weights = np.exp(-0.5 * (v / point.spread) ** 2)
    return v, moves / moves.sum(axis=1, keepdims=True), weights / weights.sum()


def compute_likelihood(series: Matrix, point: Clustering) -> Values:
    """Log likelihood of each series [series, days] of root mean square 1; NaN days say nothing."""
    v, moves, weights = make_chain(point)
    # Root mean square 1 fixes s: E sigma^2 = s^2 exp(var), so that sigma = exp(v - var).
    scale = np.exp(v - point.spread**2)
    x = np.nan_to_num(series)[:, :, None] / scale
    density = np.where(np.isfinite(series)[:, :, None], np.exp(log_student(x, point.tail_df)) / scale, 1.0)
    belief = np.tile(weights, (len(series), 1))
    total = np.zeros(len(series))
    for day in range(series.shape[1]):
        joint = belief * density[:, day]
        mass = joint.sum(axis=1)
        total += np.log(mass)
        belief = (joint / mass[:, None]) @ moves
    return total


def stack(series: list[Values]) -> Matrix:
    """Series of unequal length in one table, each divided by its root mean square, NaN behind its end."""
    table = np.full((len(series), max(map(len, series))), np.nan)
    for row, values in zip(table, series, strict=True):
        row[: len(values)] = values / np.sqrt(np.mean(values**2))
    return table


def scan(series: list[Values]) -> Matrix:
    """Log likelihood of every series at every point of GRID [points, series]."""
    table = stack(series)
    return np.array([compute_likelihood(table, point) for point in GRID])


def find_best(likelihood: Values) -> Clustering:
    """The point of GRID with the highest likelihood."""
    return GRID[int(np.argmax(likelihood))]


def weigh(likelihood: Values, name: str) -> tuple[float, float]:
    """95 % of the grid's weight (flat prior) along one parameter, `name` of Clustering."""
    weights = np.exp(likelihood - likelihood.max())
    values = np.array([getattr(point, name) for point in GRID])
    order = np.argsort(values, kind="stable")
    heap = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][np.searchsorted(heap, 0.025)]), float(values[order][np.searchsorted(heap, 0.975)])


def resample(likelihood: Matrix, name: str, draws: int = 1_000) -> tuple[float, float]:
    """95 % interval of a parameter that all series share, over series drawn with replacement."""
    count = likelihood.shape[1]
    picks = (draw_uniform(2, draws, count) * count).astype(np.int64)
    best = [find_best(likelihood[:, pick].sum(axis=1)) for pick in picks]
    return find_interval(np.array([getattr(point, name) for point in best]))
