"""Shocks as people write them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from metalab.econ.kernel.scenario import Shock
from metalab.experiments.errors import NOWHERE, BadValueError, Place, UnknownNameError, show
from metalab.experiments.inputs.planning.moments import REPEAT_KEYS, SPAN_KEYS, START_KEYS, Moment, check_moment, read_moment, read_repeats
from metalab.experiments.inputs.tables import check_keys, is_finite
from metalab.experiments.inputs.toml_lines import Document
from metalab.protocol.policy.shocks import SHOCK_UNITS, ShockKind

LARGEST_SHOCK = 10**9
SHOCK_KEYS = ("kind", "size", *START_KEYS, *SPAN_KEYS, *REPEAT_KEYS)


@dataclass(frozen=True)
class WrittenShock:
    """A shock, the moment at which it happens first, how often it comes again, and where it was written."""

    kind: ShockKind
    size: float
    moment: Moment
    every_days: int = 0
    times: int = 1
    place: Place = NOWHERE

    def resolve(self, start: date) -> list[Shock]:
        """What a run that starts on a date takes: one entry for each time."""
        moment = self.moment.place_on(start)
        check_moment("shocks", moment, 0, self.place)
        if moment.condition is not None:
            return [Shock(max(moment.get_start(0), 0), int(self.kind), self.size, moment.condition, moment.get_until(0))]
        begins = [moment.repeat(k, self.every_days).get_start(0) for k in range(self.times)]
        length = max(moment.get_until(0) - moment.get_start(0), 1)
        return [Shock(day + k, int(self.kind), self.size) for day in begins for k in range(length)]


def resolve_shocks(shocks: Iterable[WrittenShock], start: date) -> tuple[Shock, ...]:
    """All shocks of a run that starts on a date."""
    return tuple(shock for written in shocks for shock in written.resolve(start))


def read_shock(document: Document, k: int) -> WrittenShock:
    """The k-th [[shocks]] table. With `for_days` or `until` it happens anew on each of these days. Raises a `ProblemError`."""
    table = check_keys(document, "shocks", k, SHOCK_KEYS, ("kind", "size"))
    place = document.find_place("shocks", k, "kind")
    kind = parse_kind(table["kind"], place)
    size = read_real("size", table["size"], SHOCK_UNITS[kind], document.find_place("shocks", k, "size"))
    moment = read_moment(document, ("shocks", k), table)
    if not any(name in table for name in START_KEYS):
        raise BadValueError("shocks", table["kind"], "a 'day', a date or a condition with it", place)
    every, times = read_repeats(document, ("shocks", k), table)
    if moment.condition is not None and times > 1:
        raise BadValueError("times", times, "a condition or a repetition, not both", place)
    return WrittenShock(kind, size, moment, every, times, place)


def read_real(name: str, value: Any, meaning: str, place: Place) -> float:
    """A finite number of a TOML file."""
    if not is_finite(value) or abs(value) > LARGEST_SHOCK:
        raise BadValueError(name, value, f"a number from {-LARGEST_SHOCK:,} to {LARGEST_SHOCK:,}: {meaning}", place)
    return float(value)


def parse_kind(name: Any, place: Place = NOWHERE) -> ShockKind:
    """The kind of a shock by its name."""
    known = {kind.name.lower(): kind for kind in ShockKind}
    if not isinstance(name, str) or name not in known:
        raise UnknownNameError("shock", show(name), known, place)
    return known[name]
