"""What a run is made of, before it starts: parameters, a calendar and what is to change on which day."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from metalab.protocol.policy.content import NAMES

LAUNCH = date(2025, 7, 17)
"""Day 0 of the calendar: the token launch (era_allocation.csv, docs.caldera.foundation)."""


class PlannedCondition(NamedTuple):
    """What a scenario writes into a `ConditionRow`: a metric's place among the columns, days of the mean, thresholds.

    `also` is a further condition that must hold as well.
    """

    metric: int
    window: int
    is_above: bool
    enter: float
    leave: float
    also: "PlannedCondition | None" = None


class PlannedChange(NamedTuple):
    """What a scenario writes into a `ChangeRow`: the fields that are known before a run, under the row's names.

    In a proposal to be voted on `wait` counts days from its execution, `span` the days for which it then holds (0: for ever).
    """

    day: int
    slot: int
    is_real: int
    value: float
    ramp_days: int = 0
    linked: int = 0
    until: int = 0
    mode: int = 0
    condition: PlannedCondition | None = None
    wait: int = 0
    span: int = 0


class Shock(NamedTuple):
    """Something that happens to the world on a day; `kind` is a `ShockKind`, `size` has the kind's unit.

    With a condition it happens on the first morning, from `day` until before `until`, on which that holds.
    """

    day: int
    kind: int
    size: float
    condition: PlannedCondition | None = None
    until: int = 0


class PlannedGrant(NamedTuple):
    """What a scenario writes into a `GrantRow`: the fields that are known before a run, under the row's names.

    `usd` above 0 stands in place of `amount`: as many tokens as that is worth on the day. In a proposal to be voted on `wait` counts
    days from its execution.
    """

    day: int
    target: int
    amount: int
    usd: float = 0.0
    payer: int = 0
    condition: PlannedCondition | None = None
    wait: int = 0


class PlannedUnlock(NamedTuple):
    """What a scenario writes into an `UnlockRow`, under the row's names; `start` counts from the token launch."""

    owner: int
    start: int
    amount: int
    length: int = 0
    unit: int = 0
    label: str = ""


class PlannedFlow(NamedTuple):
    """What a scenario writes into a `FlowRow`, or a proposal into its content: days are its first and how many (0: it goes on).

    `ends` 1, in a proposal, ends the flow of this name, which is described by the other fields. In a proposal that is voted on `wait`
    counts days from its execution, and `until` is the first day on which it flows no more (0: see `days`).
    """

    label: str
    source: int
    target: int
    share_bps: int = 0
    amount: int = 0
    usd: float = 0.0
    yearly: float = 0.0
    volume_share: float = 0.0
    day: int = 0
    days: int = 0
    condition: PlannedCondition | None = None
    ends: int = 0
    wait: int = 0
    until: int = 0

    @property
    def name(self) -> int:
        """The number of its name."""
        return number_name(self.label)

    def get_terms(self) -> tuple[int, int, int, int, int, float, float, float]:
        """The fields of `FlowTerms`, in their order."""
        return self.name, self.source, self.target, self.share_bps, self.amount, self.usd, self.yearly, self.volume_share


def number_name(label: str) -> int:
    """A number for a name: the same in every run."""
    return int.from_bytes(hashlib.sha256(label.encode()).digest()) % NAMES


class PlannedProposal(NamedTuple):
    """A proposal that comes from outside on a day and is decided by the voters of the run.

    `day` of its changes is the earliest day on which they may hold; its grants are paid when it is executed.
    A quorum or threshold below 0 is the rule's own.
    """

    day: int
    changes: tuple[PlannedChange, ...] = ()
    grants: tuple[PlannedGrant, ...] = ()
    quorum: float = -1.0
    threshold: float = -1.0
    flows: tuple[PlannedFlow, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """A resolved world: every parameter has its value. Made by `experiments.load_scenario`."""

    name: str
    parameters: np.ndarray[Any, np.dtype[np.void]]
    start_date: date = LAUNCH
    changes: tuple[PlannedChange, ...] = ()
    grants: tuple[PlannedGrant, ...] = ()
    shocks: tuple[Shock, ...] = ()
    proposals: tuple[PlannedProposal, ...] = ()
    unlocks: tuple[PlannedUnlock, ...] = ()
    flows: tuple[PlannedFlow, ...] = ()

    @property
    def start_offset(self) -> int:
        """Days from the token launch to row 0."""
        return (self.start_date - LAUNCH).days
