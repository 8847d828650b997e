"""The path assistant: learn from what trips took how long and how often they failed, and choose by it."""

from collections.abc import Sequence


class Memory:
    """Smoothed delay and failure of each rollup as a place to pass, learned from trips; unknown ones count as typical."""

    def __init__(self, rollups: int, weight: float, delay_s: float, failure: float) -> None:
        self.weight = weight
        self.delay_s = [delay_s] * rollups
        self.failure = [failure] * rollups

    def learn(self, rollup: int, delay_s: float, has_failed: bool) -> None:
        """Take in how one hop went."""
        self.delay_s[rollup] += self.weight * (delay_s - self.delay_s[rollup])
        self.failure[rollup] += self.weight * (float(has_failed) - self.failure[rollup])


def weigh_path(memory: Memory, hops: Sequence[int], hop_usd: float, patience_usd_s: float, failure_usd: float) -> float:
    """Expected cost of a path in USD: hops, waiting, and the loss if any hop fails."""
    arrival = 1.0
    delay_s = 0.0
    for hop in hops:
        arrival *= 1.0 - memory.failure[hop]
        delay_s += memory.delay_s[hop]
    return len(hops) * hop_usd + delay_s * patience_usd_s + (1.0 - arrival) * failure_usd


def choose_naive(paths: Sequence[Sequence[int]]) -> int:
    """The first of the shortest paths, whatever their state."""
    return min(range(len(paths)), key=lambda k: (len(paths[k]), k))


def choose_learned(memory: Memory, paths: Sequence[Sequence[int]], hop_usd: float, patience_usd_s: float, failure_usd: float) -> int:
    """The path with the lowest expected cost, the first one when they are equal."""
    return min(range(len(paths)), key=lambda k: (weigh_path(memory, paths[k], hop_usd, patience_usd_s, failure_usd), k))
