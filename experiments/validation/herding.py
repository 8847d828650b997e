"""Prices made by fundamentalists and chartists, outside the simulator: many samples at once, and an estimate of the parameters.

Discrete choice with herding, predisposition and misalignment (Franke and Westerhoff 2012). With p the log price less its
fundamental and n the share of fundamentalists, n = 1 / (1 + exp(-a)) with yesterday's a:
p' = p + pace (n d_f + (1 - n) d_c),  d_f = -phi p + sigma_f e,  d_c = chi (p - p_1) + sigma_c e',
a = predisposition + herding (2 n - 1) + misalignment p^2.
"""

from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtri

from metalab.econ.market.sentiment import STEEPEST
from metalab.experiments.validation.moments import compute_distance, compute_moments, find_moment_intervals
from metalab.experiments.validation.panel.bootstrap import Values, draw_uniform

Matrix = np.ndarray[Any, np.dtype[np.float64]]
WARM_UP = 300
"""Days left out, in which the start is forgotten."""
PACE = 0.01
"""Log price per unit of demand: a unit of measure, since demand has none of its own."""


class Herding(NamedTuple):
    """Parameters of the process; numbers, or arrays that broadcast over samples."""

    phi: Any
    chi: Any
    predisposition: Any
    herding: Any
    misalignment: Any
    sigma_f: Any
    sigma_c: Any

    def rescale(self, factor: float) -> "Herding":
        """The same process with all returns `factor` times as large."""
        return self._replace(sigma_f=self.sigma_f * factor, sigma_c=self.sigma_c * factor, misalignment=self.misalignment / factor**2)


PUBLISHED = Herding(0.12, 1.50, -0.327, 1.79, 18.43, 0.758, 2.087)
"""The authors' estimate from daily returns of a stock index."""
LOW = np.array([0.02, 0.0, -3.0, 0.0, 0.5, 1.0, 3.0])
HIGH = np.array([2.0, 8.0, 3.0, 2.2, 400.0, 6.0, 30.0])
"""Range of the search, at a daily spread of about .04."""


def simulate_herding(p: Herding, noise: Matrix) -> tuple[Matrix, Matrix]:
    """Daily returns and shares of fundamentalists [days, ...] from standard normal `noise` [days, 2, ...]; WARM_UP is dropped."""
    price = before = np.zeros(noise.shape[2:])
    appeal = np.zeros(noise.shape[2:])
    returns, shares = [], []
    for value, trend in noise:
        share = 1.0 / (1.0 + np.exp(-np.clip(appeal, -STEEPEST, STEEPEST)))
        appeal = p.predisposition + p.herding * (2.0 * share - 1.0) + p.misalignment * price**2
        demand = share * (-p.phi * price + p.sigma_f * value) + (1.0 - share) * (p.chi * (price - before) + p.sigma_c * trend)
        before, price = price, price + PACE * demand
        returns.append(price - before)
        shares.append(share)
    return np.array(returns[WARM_UP:]), np.array(shares[WARM_UP:])


def draw_noise(days: int, samples: int, seed: int = 7) -> Matrix:
    """Normal noise [WARM_UP + days, 2, samples]."""
    return np.asarray(ndtri(draw_uniform(seed, WARM_UP + days, 2 * samples))).reshape(-1, 2, samples)


def sample_moments(p: Herding, days: int, samples: int, seed: int = 7) -> Matrix:
    """Moments of simulated samples [samples, moments]."""
    return compute_moments(simulate_herding(p, draw_noise(days, samples, seed))[0].T)


class Target(NamedTuple):
    """Data to be met: moments, their intervals, days of a sample."""

    moments: Values
    intervals: Matrix
    days: int


def make_target(series: list[Values]) -> Target:
    """Mean moments of several tokens and mean intervals, each token at the tokens' mean spread."""
    spread = float(np.mean([values.std() for values in series]))
    scaled = [values / values.std() * spread for values in series]
    moments = np.mean([compute_moments(values) for values in scaled], axis=0)
    intervals = np.mean([find_moment_intervals(values) for values in scaled], axis=0)
    return Target(moments, intervals, int(np.mean([len(values) for values in series])))


def judge(points: Matrix, target: Target, noise: Matrix) -> Values:
    """Distance of every point [points, parameters] from the target, all on the same noise; infinite where a path explodes."""
    p = Herding(*(points[:, k, None] for k in range(points.shape[1])))
    with np.errstate(all="ignore"):
        wide = np.broadcast_to(noise[:, :, None, :], (*noise.shape[:2], len(points), noise.shape[2]))
        returns = np.moveaxis(simulate_herding(p, wide)[0], 0, -1)
        moments = compute_moments(returns)
        found = [compute_distance(rows, target.moments, target.intervals) for rows in moments]
    return np.asarray(np.nan_to_num(np.array(found), nan=np.inf))


def estimate(target: Target, rounds: int = 40, points: int = 60, samples: int = 8) -> tuple[Herding, float]:
    """Simulated moments: the point at the least distance, by cross entropy (a normal cloud that closes in on the best tenth)."""
    noise = draw_noise(target.days, samples)
    middle, width = (LOW + HIGH) / 2, (HIGH - LOW) / 3
    best, least = middle, np.inf
    for k in range(rounds):
        cloud = np.clip(middle + width * ndtri(draw_uniform(11, points, len(LOW), k)), LOW, HIGH)
        distance = judge(cloud, target, noise)
        order = np.argsort(distance)
        if distance[order[0]] < least:
            best, least = cloud[order[0]], float(distance[order[0]])
        elite = cloud[order[: points // 6]]
        middle = 0.3 * middle + 0.7 * elite.mean(axis=0)
        width = 0.3 * width + 0.7 * elite.std(axis=0)
    return Herding(*best.tolist()), least
