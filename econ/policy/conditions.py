"""Conditions on metrics: looked at every morning on yesterday's values, and how a scenario's get into the world."""

from typing import Any

from metalab.econ.kernel.scenario import PlannedCondition
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.policy.conditions import MOST_WINDOW, NO_CONDITION, ConditionRow, update_condition

TERMS = ("metric", "window", "is_above", "enter", "leave", "also")
"""Fields of a row that say what the condition is; the others are what it has seen."""


@rule
def watch_conditions(conditions: Rows[ConditionRow], today: Any, day: int) -> None:
    """Take in yesterday's metrics, before they are forgotten; on the first morning there are none."""
    if day == 0:
        return
    for i in range(len(conditions)):
        # Rows are taken in order: behind the first unused one there is none.
        if conditions[i].window == 0:
            return
        update_condition(conditions[i], today[conditions[i].metric])


def find_condition(world: Any, planned: PlannedCondition) -> int:
    """The row of a condition in a world, -1 where it is not watched."""
    also = NO_CONDITION if planned.also is None else find_condition(world, planned.also)
    wanted = (planned.metric, planned.window, int(planned.is_above), planned.enter, planned.leave, also)
    rows = (i for i in range(len(world.conditions)) if world.conditions["window"][i] > 0)
    return next((i for i in rows if tuple(world.conditions[name][i].item() for name in TERMS) == wanted), -1)


def register_condition(world: Any, planned: PlannedCondition | None) -> int:
    """The row of a condition and all that it is chained to; an equal one that is there already is used again.

    Raises ValueError for a window out of range and when the table is full.
    """
    if planned is None:
        return NO_CONDITION
    if not 1 <= planned.window <= MOST_WINDOW:
        raise ValueError(f"condition: a window of {planned.window} days; 1 to {MOST_WINDOW}")
    also = register_condition(world, planned.also)
    row = find_condition(world, planned)
    if row >= 0:
        return row
    table = world.conditions
    wanted = (planned.metric, planned.window, int(planned.is_above), planned.enter, planned.leave, also)
    for i in range(len(table)):
        if table["window"][i] == 0:
            for name, value in zip(TERMS, wanted, strict=True):
                table[name][i] = value
            return i
    raise ValueError(f"conditions: more than the {len(table)} that there is room for")
