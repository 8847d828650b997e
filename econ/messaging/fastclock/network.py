"""Sampled delays: each from the sequence of the one who waits."""

import math

from metalab.econ.kernel.chance.sequence import Sequence
from metalab.econ.kernel.chance.streams import Stream
from metalab.protocol.kernel.calendar_units import SECONDS_AN_HOUR


class Delays:
    """Lognormal delays with a given median and spread, one sequence per entity of a stream."""

    __slots__ = ("_draws", "_median", "_sigma")

    def __init__(self, seed: int, stream: Stream, entity: int, median: float, sigma: float) -> None:
        self._draws = Sequence(seed, stream, entity, normals=True)
        self._median, self._sigma = median, sigma

    def draw(self) -> float:
        """The next delay in seconds."""
        return self._median * math.exp(self._sigma * self._draws.draw())


class Arrivals:
    """Times between Poisson events, in seconds, at a rate per hour."""

    __slots__ = ("_draws", "_mean")

    def __init__(self, draws: Sequence, per_hour: float) -> None:
        self._draws = draws
        self._mean = SECONDS_AN_HOUR / per_hour if per_hour > 0.0 else math.inf

    def draw(self) -> float:
        """Seconds to the next event; infinite at rate 0."""
        return -math.log(self._draws.draw()) * self._mean


def look_up(u: float, quantiles: "tuple[float, ...] | list[float]") -> float:
    """The value at quantile u of a table of equally spaced positive quantiles, logarithmic between its entries."""
    place = min(max(u, 0.0), 1.0) * (len(quantiles) - 1)
    # The last entry has no neighbour above it: u = 1 is read in the interval before.
    k = min(int(place), len(quantiles) - 2)
    low, high = math.log(quantiles[k]), math.log(quantiles[k + 1])
    return math.exp(low + (place - k) * (high - low))
