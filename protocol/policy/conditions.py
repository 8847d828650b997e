"""Conditions under which a change, a grant or a flow acts: a metric's mean over the last days against a threshold.

A condition is looked at every morning, on the values of the days before. With hysteresis it begins at one threshold and ends at
another, so that a metric that swings about a threshold does not switch it every day.
"""

from typing import Final

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, field

NO_CONDITION: Final = -1
"""`condition` of what always acts, and `also` of the last condition of a chain."""
MOST_WINDOW: Final = 365
"""Days of the longest window (chosen, because a budget year is the longest period that proposals name)."""


class ConditionRow(Record):
    """A condition and what it has seen. Unused rows have window 0."""

    metric: int = field("column", "place among the day's metrics")
    window: int = field("day", "days of the mean; 0: unused row")
    is_above: int = field("flag", "1: begins above `enter`; 0: below")
    enter: float = field("1", "threshold at which it begins")
    leave: float = field("1", "threshold at which it ends")
    also: int = field("row", "a further condition that must hold too; -1: none")
    seen: int = field("day", "days seen so far")
    is_on: int = field("flag", "1: holds today")
    on_days: int = field("day", "days on which it has held")
    recent: list[float] = field("1", "the last values, as a ring", length=MOST_WINDOW)


@rule
def compute_recent_mean(row: ConditionRow) -> float:
    """Mean over the window; over the days seen while these are fewer."""
    days = min(row.seen, row.window)
    total = 0.0
    for k in range(days):
        total += row.recent[k]
    return total / days if days > 0 else 0.0


@rule
def is_beyond(row: ConditionRow, mean: float) -> bool:
    """Whether the mean is beyond the threshold that counts now: `enter` while it is off, `leave` while it is on."""
    threshold = row.leave if row.is_on == 1 else row.enter
    return mean > threshold if row.is_above == 1 else mean < threshold


@rule
def update_condition(row: ConditionRow, value: float) -> None:
    """Take in yesterday's value. Before the window is full the condition does not hold: nobody has the mean yet."""
    row.recent[row.seen % row.window] = value
    row.seen += 1
    row.is_on = 1 if row.seen >= row.window and is_beyond(row, compute_recent_mean(row)) else 0
    row.on_days += row.is_on


@rule
def holds(conditions: Rows[ConditionRow], at: int) -> bool:
    """Whether a condition, and all that it is chained to, holds today; no condition always does."""
    row = at
    while row != NO_CONDITION:
        if conditions[row].is_on == 0:
            return False
        row = conditions[row].also
    return True
