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


def register_condition(world: Any, planned: PlannedCondition | None) -> int:
    """The row of a condition and all that it is chained to; an equal one that is there already is used again.

    Raises ValueError for a window out of range and when the table is full.
    """
    if planned is None:
        return NO_CONDITION
    if not 1 <= planned.window <= MOST_WINDOW:
        raise ValueError(f"condition: a window of {planned.window} days; 1 to {MOST_WINDOW}")
    also = register_condition(world, planned.also)
    wanted = (planned.metric, planned.window, int(planned.is_above), planned.enter, planned.leave, also)
    table = world.conditions
    for i in range(len(table)):
        if table["window"][i] == 0:
            for name, value in zip(TERMS, wanted, strict=True):
                table[name][i] = value
        if tuple(table[name][i].item() for name in TERMS) == wanted:
            return i
    raise ValueError(f"conditions: more than the {len(table)} that there is room for")
