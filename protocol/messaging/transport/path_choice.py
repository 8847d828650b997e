"""The path assistant: it infers from the trips of everybody which lanes are congested, and chooses by expected cost.

A lane is calm or congested. The assistant knows how both look on the whole, never the state itself: it holds a probability
per lane, drifts it towards the usual one while nothing is heard, and moves it by Bayes' rule with every hop that ends. A path
is a list of hops, each named by the lane that it uses.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

TINY = 1e-12
"""Smallest delay in seconds, and smallest sigma: keeps logarithm and quotient finite."""


class LaneWeather(NamedTuple):
    """How hops go in one state: median seconds, standard deviation of their logarithm, chance of failure."""

    median_s: float
    sigma: float
    failure: float

    def weigh(self, delay_s: float, has_failed: bool) -> float:
        """Likelihood of what was seen, up to a factor that both states share."""
        z = math.log(max(delay_s, TINY) / self.median_s) / max(self.sigma, TINY)
        # Bounded at e^-500: a delay far from both states must not leave two likelihoods of 0.
        return math.exp(-0.5 * min(z * z, 1000.0)) * (self.failure if has_failed else 1.0 - self.failure)

    @property
    def mean_s(self) -> float:
        """Mean of the lognormal delay."""
        return self.median_s * math.exp(0.5 * self.sigma**2)


class Climate(NamedTuple):
    """Both states and how long they last on average, in seconds."""

    calm: LaneWeather
    congested: LaneWeather
    calm_s: float
    congested_s: float

    @property
    def usual(self) -> float:
        """Share of time in congestion."""
        return self.congested_s / (self.calm_s + self.congested_s)


class Belief:
    """The assistant's probability that each lane is congested."""

    def __init__(self, lanes: int, climate: Climate) -> None:
        self.climate = climate
        self._chances = [climate.usual] * lanes
        self._times = [0.0] * lanes

    def estimate(self, lane: int, now_s: float) -> float:
        """Probability of congestion now, by what was last heard."""
        climate = self.climate
        # A lane that changes between two states forgets where it was at the sum of both rates.
        rate = 1.0 / climate.calm_s + 1.0 / climate.congested_s
        return climate.usual + (self._chances[lane] - climate.usual) * math.exp(-rate * (now_s - self._times[lane]))

    def learn(self, lane: int, now_s: float, delay_s: float, has_failed: bool) -> None:
        """Take in how one hop went."""
        prior = self.estimate(lane, now_s)
        bad = prior * self.climate.congested.weigh(delay_s, has_failed)
        good = (1.0 - prior) * self.climate.calm.weigh(delay_s, has_failed)
        self._chances[lane], self._times[lane] = (bad / (bad + good) if bad + good > 0.0 else prior), now_s


def weigh_path(belief: Belief, hops: Sequence[int], now_s: float, hop_usd: float, patience_usd_s: float, failure_usd: float) -> float:
    """Expected cost of a path in USD: hops, waiting, and the loss if any hop fails."""
    arrival, delay_s = 1.0, 0.0
    for hop in hops:
        chance = belief.estimate(hop, now_s)
        calm, congested = belief.climate.calm, belief.climate.congested
        arrival *= 1.0 - (1.0 - chance) * calm.failure - chance * congested.failure
        delay_s += (1.0 - chance) * calm.mean_s + chance * congested.mean_s
    return len(hops) * hop_usd + delay_s * patience_usd_s + (1.0 - arrival) * failure_usd


def choose_naive(paths: Sequence[Sequence[int]]) -> int:
    """The first of the shortest paths, whatever their state."""
    return min(range(len(paths)), key=lambda k: (len(paths[k]), k))


def choose_informed(costs: Sequence[float]) -> int:
    """The path with the lowest expected cost, the first one when they are equal."""
    return min(range(len(costs)), key=lambda k: (costs[k], k))
