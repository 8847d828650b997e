"""What a response is: a question, worlds that differ in one thing, figures of their paired runs, and bounds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import inf
from typing import Any

import numpy as np

from metalab.experiments.inputs.changes import Change
from metalab.experiments.inputs.planning.grants import Grant
from metalab.experiments.validation.responses.ensembles import PairedRuns

Values = np.ndarray[Any, np.dtype[np.float64]]
Ensembles = Mapping[str, PairedRuns]
"""Runs by the label of their world, paired by replication."""
Figure = Callable[[Ensembles], Values]
"""One number a replication; NaN where it cannot be told."""


@dataclass(frozen=True)
class Times:
    """A multiple of what the scenario has, within the parameter's bounds; of a vector, one factor for all or one for each."""

    factor: float | tuple[float, ...]


class Limit(Enum):
    """A bound of the parameter, or what the scenario has."""

    LOWEST = "lowest"
    HIGHEST = "highest"
    USUAL = "usual"


@dataclass(frozen=True)
class Setting:
    """A world: levers (`names.LEVERS`) and their values, and what happens in it on its days (shocks as day, kind, size)."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    schedule: tuple[Change, ...] = ()
    grants: tuple[Grant, ...] = ()
    shocks: tuple[tuple[int, str, float], ...] = ()
    scenario: str = ""
    """A preset of its own instead of the table's."""


@dataclass(frozen=True)
class Bound:
    """Where a figure must lie. An `is_open` bound excludes its ends: no effect at all does not pass "below 0"."""

    low: float = -inf
    high: float = inf
    is_open: bool = True

    def judge(self, low: float, high: float) -> str:
        """The verdict on a 95 % interval: pass inside, fail outside, unclear where it touches the bound."""
        if self.is_open:
            if self.low < low and high < self.high:
                return "pass"
            return "fail" if high <= self.low or low >= self.high else "unclear"
        if self.low <= low and high <= self.high:
            return "pass"
        return "fail" if high < self.low or low > self.high else "unclear"

    def __str__(self) -> str:
        less, more = ("<", ">") if self.is_open else ("<=", ">=")
        if self.low == -inf:
            return f"{less} {self.high:.4g}"
        return f"{more} {self.low:.4g}" if self.high == inf else f"{self.low:.4g} to {self.high:.4g}"


FALLS, RISES, NOT_DOWN, NOT_UP = Bound(high=0.0), Bound(low=0.0), Bound(low=0.0, is_open=False), Bound(high=0.0, is_open=False)
POSITIVE_SHARE = Bound(0.0, 1.0, is_open=False)


@dataclass(frozen=True)
class Expectation:
    """A figure and where it must lie; without a bound it is reported, not judged."""

    name: str
    figure: Figure
    bound: Bound | None = None


@dataclass(frozen=True)
class Off:
    """What to set in all worlds, over their own settings, to switch off the mechanism that should cause the response."""

    words: str
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Response:
    """One line of the table of LOOPS."""

    name: str
    question: str
    worlds: Mapping[str, Setting]
    checks: tuple[Expectation, ...]
    mechanism: str
    offs: tuple[Off, ...] = ()
    """Ways to switch the mechanism off; the first whose levers all exist is taken."""
    days: int = 365
    """Days that its figures need."""
    note: str = ""
    is_quiet: bool = True
    """Whether the DAO files nothing in its worlds."""
