"""Where two paired futures part: the first day, the phase of that day, and what was different."""

from typing import Any

import numpy as np

from metalab.econ.day import DAY
from metalab.econ.genesis import create_world
from metalab.econ.kernel.memory import as_array, copy, get_tables, restore
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.world import World
from metalab.experiments.runs.agents import Agents
from metalab.experiments.runs.runner import Rows, advance, run
from metalab.experiments.studies.parts import Variant
from metalab.protocol.kernel.causes import Cause

STRIDE = 32
"""Days between two comparisons, until they differ."""
FIELDS = 20
"""Fields that are named."""
RULES = ("params", "changes", "grants", "conditions", "flows", "governable", "proposals")
"""Tables that a proposal writes itself; a difference in them is not yet a different future."""
PLACES = ("state.governance.count", "state.governance.open")
"""Places in those tables: a proposal that waits takes one, so that those after it stand elsewhere."""


class Pair:
    """Two futures of one run, side by side."""

    def __init__(self, baseline: Variant, other: Variant, seed: int, replication: int) -> None:
        self.worlds = tuple(create_world(variant.scenario, seed, replication) for variant in (baseline, other))
        # A proposal that waits to be filed differs from the start; that is not yet a different future.
        self.ignored = set(list_differences(*self.worlds))
        self.kept = tuple(copy(world) for world in self.worlds)

    def advance(self, days: int) -> bool:
        """Go on together; returns whether they have parted."""
        for world in self.worlds:
            advance(world, np.zeros((days, len(COLUMNS))))
        return self.is_parted()

    def is_parted(self) -> bool:
        """Whether they differ."""
        return any(field not in self.ignored for field in list_differences(*self.worlds))

    def keep(self) -> None:
        """Remember this moment."""
        for kept, world in zip(self.kept, self.worlds, strict=True):
            restore(kept, world)

    def go_back(self) -> None:
        """Return to the moment that was kept."""
        for kept, world in zip(self.kept, self.worlds, strict=True):
            restore(world, kept)


def find_divergence(
    baseline: Variant, other: Variant, seed: int, replication: int, days: int, agents: Agents | None = None
) -> dict[str, Any] | None:
    """The first day on which two variants of one run differ in more than their rules, and the phase in which it happens.

    Returns day, phase, the fields, metrics and ledger causes that differ at the end of that day; None when the futures are
    the same for `days` days. With agents of a user's own it goes by the daily tables alone: the day and the metrics, no phase.
    """
    if agents:
        one, two = (run(variant.scenario, seed, days, replication=replication, agents=agents).rows for variant in (baseline, other))
        return _compare_rows(one, two)
    pair = Pair(baseline, other, seed, replication)
    for start in range(0, days, STRIDE):
        pair.keep()
        length = min(STRIDE, days - start)
        if pair.advance(length):
            pair.go_back()
            return _describe(pair, _find_day(pair, start, length))
    return None


def _compare_rows(one: Rows, two: Rows) -> dict[str, Any] | None:
    """The first day on which two daily tables differ."""
    days = (one != two).any(axis=1).nonzero()[0]
    if not len(days):
        return None
    day = int(days[0])
    metrics = [name for k, name in enumerate(COLUMNS) if one[day][k] != two[day][k]]
    return {"day": day, "mechanism": "", "phase": "", "fields": [], "causes": [], "metrics": metrics}


def _find_day(pair: Pair, start: int, length: int) -> int:
    """Leave the pair on the morning of the first day that differs."""
    for day in range(start, start + length):
        pair.keep()
        if pair.advance(1):
            pair.go_back()
            return day
    raise AssertionError("two futures parted in a stride but on none of its days")


def list_differences(one: World, two: World) -> list[str]:
    """Table and field of everything that differs, the rules themselves apart."""
    found = []
    others = get_tables(two)
    for name, table in get_tables(one).items():
        if name not in RULES and table.tobytes() != others[name].tobytes():
            found += [f"{name}.{field}" for field in _list_fields(table, others[name])]
    return [field for field in found if field not in PLACES]


def _list_fields(table: Any, other: Any, prefix: str = "") -> list[str]:
    fields: list[str] = []
    for name in table.dtype.names:
        if table[name].tobytes() == other[name].tobytes():
            continue
        nested = table[name].dtype.names is not None
        fields += _list_fields(table[name], other[name], f"{prefix}{name}.") if nested else [prefix + name]
    return fields


def _describe(pair: Pair, day: int) -> dict[str, Any]:
    """Go through the day phase by phase until the futures part, then to its end."""
    one, two = pair.worlds
    phase, fields = "", list_differences(one, two)
    for step in DAY:
        for world in pair.worlds:
            step(world)
        if not phase and pair.is_parted():
            phase, fields = step.__name__, list_differences(one, two)
    moved = [as_array(world.pots)["moved"][0] for world in pair.worlds]
    return {
        "day": day,
        "mechanism": phase.partition("_")[2],
        "phase": phase,
        "fields": [field for field in fields if field not in pair.ignored][:FIELDS],
        "causes": [cause.name.lower() for cause in Cause if moved[0][cause] != moved[1][cause]],
        "metrics": [name for k, name in enumerate(COLUMNS) if one.flat.today[k] != two.flat.today[k]],
    }
