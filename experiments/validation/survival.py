"""How long things live, measured when observation starts late: for tests and validation, not part of the simulation.

Rollups that open with the run were born before it and would not be there had they closed earlier. Each one therefore
counts as at risk only from the age at which it came under observation (left truncation, delayed entry).
"""

from typing import Any, NamedTuple

import numpy as np

Vector = np.ndarray[Any, np.dtype[np.float64]]


class Survival(NamedTuple):
    """A survival curve: a step function that falls at `ages` to `shares`."""

    ages: Vector
    shares: Vector

    def at(self, age: float) -> float:
        """Share that lives longer than `age`."""
        steps = int(np.searchsorted(self.ages, age, side="right"))
        return float(self.shares[steps - 1]) if steps else 1.0


class Lives(NamedTuple):
    """One observed life each: age on entering observation, age on leaving it, whether it ended then (else it was cut off)."""

    entry: Vector
    leave: Vector
    ended: np.ndarray[Any, np.dtype[np.bool_]]


def observe(birth_day: Any, entry_day: Any, close_day: Any, last_day: int) -> Lives:
    """Lives, in days, from calendar days; `close_day` is -1 for what still lives after `last_day`."""
    birth, entry, close = (np.asarray(days, dtype=np.float64) for days in (birth_day, entry_day, close_day))
    ended = close >= 0
    return Lives(entry - birth, np.where(ended, close, last_day + 1) - birth, ended)


def pool(lives: list[Lives]) -> Lives:
    """The lives of several runs together."""
    return Lives(*(np.concatenate([part[k] for part in lives]) for k in range(3)))


def estimate_survival(lives: Lives) -> Survival:
    """The product-limit estimate with delayed entry (Kaplan & Meier 1958; Tsai, Jewell & Wang 1987).

    At the age of each end, those at risk are the lives that entered before that age, or at it, and have not left.
    """
    ages = np.unique(lives.leave[lives.ended])
    shares, alive = np.ones(len(ages)), 1.0
    for k, age in enumerate(ages):
        at_risk = np.count_nonzero((lives.entry <= age) & (lives.leave >= age))
        ends = np.count_nonzero(lives.ended & (lives.leave == age))
        alive *= 1.0 - ends / at_risk
        shares[k] = alive
    return Survival(ages, shares)
