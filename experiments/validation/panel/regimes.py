"""Bull and bear phases: a drift that takes one of two values and stays for a while; its likelihood over a grid.

Daily return = centre + gap (bull) or centre - gap (bear) + noise of constant spread; both phases last `stay` days on average.
"""

from itertools import product
from typing import NamedTuple

import numpy as np

from metalab.experiments.validation.panel.bootstrap import Values
from metalab.experiments.validation.panel.clustering import log_student

CENTRES = tuple(np.linspace(-0.016, 0.008, 13).tolist())
GAPS = tuple(np.linspace(0.0, 0.02, 11).tolist())
STAYS = (15.0, 30.0, 60.0, 90.0, 180.0, 365.0)


class Phases(NamedTuple):
    """Mean drift, half the distance between bull and bear (both per day), and the mean stay in days."""

    centre: float
    gap: float
    stay: float


GRID = tuple(Phases(*point) for point in product(CENTRES, GAPS, STAYS))


class PhaseFit(NamedTuple):
    """The best phases, the gain in log likelihood over a single drift, and ranges within 1.92 of the best (95 % for one)."""

    best: Phases
    gain: float
    gaps: tuple[float, float]
    stays: tuple[float, float]


def compute_phase_likelihood(returns: Values, df: float) -> Values:
    """Log likelihood at every point of GRID, noise Student's t with `df` degrees and the sample's spread."""
    points = np.array(GRID)
    drift = points[:, 0] + np.array([[1.0], [-1.0]]) * points[:, 1]
    leave = 1.0 / points[:, 2]
    belief, total = np.full((2, len(points)), 0.5), np.zeros(len(points))
    spread = returns.std(ddof=1)
    for value in returns:
        joint = belief * np.exp(log_student((value - drift) / spread, df)) / spread
        mass = joint.sum(axis=0)
        total += np.log(mass)
        joint /= mass
        belief = joint * (1.0 - leave) + joint[::-1] * leave
    return total


def fit_phases(returns: Values, df: float = 8.0) -> PhaseFit:
    """Two phases against one, over the grid."""
    likelihood = compute_phase_likelihood(returns, df)
    points = np.array(GRID)
    best = int(np.argmax(likelihood))
    near = points[likelihood >= likelihood[best] - 1.92]
    gain = float(likelihood[best] - likelihood[points[:, 1] == 0.0].max())
    gaps, stays = (near[:, k] for k in (1, 2))
    return PhaseFit(GRID[best], gain, (float(gaps.min()), float(gaps.max())), (float(stays.min()), float(stays.max())))
