"""Changes of parameters and treasury grants as people write them, and the step from there into a scenario.

One shape serves [[schedule]] and [[grants]] of a scenario, [[changes]] and [[grants]] of a proposal and the editor of the app.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from metalab.econ.kernel.scenario import PlannedChange, PlannedGrant
from metalab.experiments.errors import NOWHERE, BadValueError, Place, UnknownNameError, show
from metalab.experiments.inputs.binding import refuse_opening
from metalab.experiments.inputs.schema import LEAVES, check_names, parse_era, parse_value
from metalab.experiments.inputs.tables import check_keys, read_whole
from metalab.experiments.inputs.toml_lines import Document
from metalab.experiments.limits import LONGEST_RUN
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.policy.grants import GrantTarget

AT_DECISION: Final = -1
"""Day of what holds from the day of the decision on."""
TARGETS: Final = {target.name.lower(): int(target) for target in GrantTarget}
"""Who can be granted treasury tokens, by the name that people write."""
MOST_ERA: Final = 1_000_000_000
"""Largest grant in ERA: all there is."""


@dataclass(frozen=True)
class Change:
    """A parameter's new value, as written, from a day on, reached over `ramp_days`; `place` is where it was written."""

    path: str
    value: Any
    day: int = AT_DECISION
    ramp_days: int = 0
    place: Place = field(default=NOWHERE, compare=False)

    def get_start(self, at: int) -> int:
        """The first day on which it holds when it is decided on day `at`; nothing holds before the decision."""
        return max(self.day, at)

    def get_end(self, at: int) -> int:
        """The first day after its ramp."""
        return self.get_start(at) + max(1, self.ramp_days)


@dataclass(frozen=True)
class Grant:
    """Treasury tokens, in ERA as written, for one of `TARGETS` on a day; `place` is where it was written."""

    to: str
    era: Any
    day: int = AT_DECISION
    place: Place = field(default=NOWHERE, compare=False)


def resolve_changes(changes: Iterable[Change], at: int = 0) -> tuple[PlannedChange, ...]:
    """What a scenario plans for them when they are decided on day `at`, one entry per number, in the order given.

    Raises a `ProblemError` for a value that the parameter cannot have and for what acts at the opening only.
    """
    changes = tuple(changes)
    refuse_opening((change.path, change.place) for change in changes)
    return tuple(planned for change in changes for planned in _resolve_change(change, at))


def _resolve_change(change: Change, at: int) -> list[PlannedChange]:
    has_total = LEAVES[change.path].info.total is not None
    day, words = change.get_start(at), parse_value(change.path, change.value, change.place)
    return [
        PlannedChange(day, slot, int(is_real), value, change.ramp_days, int(has_total and k > 0))
        for k, (slot, is_real, value) in enumerate(words)
    ]


def resolve_grants(grants: Iterable[Grant], at: int = 0) -> tuple[PlannedGrant, ...]:
    """What a scenario plans for them when they are decided on day `at`. Raises a `ProblemError` for an unknown target or amount."""
    return tuple(
        PlannedGrant(max(grant.day, at), check_target(grant.to, grant.place), check_era(grant.era, grant.place)) for grant in grants
    )


def check_target(name: Any, place: Place) -> int:
    """The code of a grant's target."""
    if not isinstance(name, str) or name not in TARGETS:
        raise UnknownNameError("grant target", show(name), TARGETS, place)
    return TARGETS[name]


def check_era(value: Any, place: Place) -> int:
    """The uERA of a grant."""
    try:
        amount = parse_era(value)
    except ValueError:
        amount = 0
    if not 0 < amount <= MOST_ERA * MICRO:
        raise BadValueError("era", value, f"a positive number of ERA up to {MOST_ERA:,} with at most 6 decimals", place)
    return amount


def read_change(document: Document, key: str, k: int, day_key: str, needed: tuple[str, ...]) -> Change:
    """The k-th [[key]] table as a change; `day_key` is what its day is called there."""
    table = check_keys(document, key, k, ("parameter", "value", day_key, "ramp_days"), needed)
    path, place = table["parameter"], document.find_place(key, k, "parameter")
    if not isinstance(path, str):
        raise BadValueError("parameter", path, "a parameter's path in quotes", place)
    check_names({path: 0}, {path: place})
    day, ramp = read_day(document, key, k, day_key, AT_DECISION), read_day(document, key, k, "ramp_days", 0)
    return Change(path, table["value"], day, ramp, document.find_place(key, k, "value"))


def read_grant(document: Document, k: int, keys: tuple[str, ...]) -> Grant:
    """The k-th [[grants]] table, which has all of `keys` and no other."""
    table = check_keys(document, "grants", k, keys, keys)
    if table["from"] != "treasury":
        allowed = "'treasury', the only account that grants come from"
        raise BadValueError("from", table["from"], allowed, document.find_place("grants", k, "from"))
    place = document.find_place("grants", k, "era")
    check_target(table["to"], document.find_place("grants", k, "to"))
    check_era(table["era"], place)
    return Grant(table["to"], table["era"], read_day(document, "grants", k, "day", AT_DECISION), place)


def read_day(document: Document, key: str, k: int, name: str, usual: int) -> int:
    """A day, or a number of days, of the k-th [[key]] table; `usual` where it says none."""
    table = document.data[key][k]
    return read_whole(name, table[name], 0, LONGEST_RUN, document.find_place(key, k, name)) if name in table else usual
