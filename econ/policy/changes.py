"""The morning's changes of parameters, and how a scenario's calendar gets into the table of changes.

Rules read parameters from the record `Params`; this file alone writes them, through `flat.params_words` and
`flat.params_reals`, which are the same memory seen as numbered words.
"""

from typing import Any

from metalab.econ.kernel.records import PARAMETERS
from metalab.econ.kernel.scenario import PlannedChange
from metalab.econ.policy.conditions import register_condition
from metalab.protocol.kernel.codes import OK
from metalab.protocol.kernel.compiling import plain, rule
from metalab.protocol.kernel.declare import Leaf, Rows, Table
from metalab.protocol.kernel.units import to_count
from metalab.protocol.policy.changes import (
    BY_PLAN,
    FOR_EVER,
    UNUSED,
    ChangeRow,
    compute_ramped,
    compute_step,
    find_free,
    is_overlay,
    plan_change,
    qualify_change,
    round_linked,
)
from metalab.protocol.policy.conditions import ConditionRow, holds


@rule
def end_others(changes: Rows[ChangeRow], i: int, day: int) -> None:
    """A change of the base that begins today ends every earlier one of the same parameter that is still under way."""
    for k in range(len(changes)):
        other = changes[k]
        is_earlier = other.day < day or (other.day == day and k < i)
        if other.slot == changes[i].slot and other.day != UNUSED and is_earlier and not is_overlay(other):
            other.ended = 1


@rule
def put(row: ChangeRow, words: Any, reals: Any, exact: float, carry: float) -> float:
    """Write a parameter; returns what rounding has left over so far."""
    if row.is_real == 1:
        reals[row.slot] = exact
        return carry
    # What rounding the parts of one vector has left over goes to the next part, so that their sum stays.
    before = carry if row.linked == 1 else 0.0
    words[row.slot] = round_linked(exact, before)
    return before + exact - float(words[row.slot])


@rule
def read_word(row: ChangeRow, words: Any, reals: Any) -> float:
    """What is in force."""
    return float(reals[row.slot]) if row.is_real == 1 else float(words[row.slot])


@rule
def lift_overlays(changes: Rows[ChangeRow], words: Any, reals: Any, used: int) -> None:
    """What was laid over the base for yesterday is taken off, the last first, as two may lie over one another."""
    for i in range(used - 1, -1, -1):
        row = changes[i]
        if row.is_on == 1:
            if row.is_real == 1:
                reals[row.slot] = row.kept
            else:
                words[row.slot] = to_count(row.kept)
            row.is_on = 0


@rule
def move_base(changes: Rows[ChangeRow], words: Any, reals: Any, used: int, day: int) -> None:
    """Changes that end neither with a day nor with a condition."""
    for i in range(used):
        row = changes[i]
        if row.day == day and row.ended == 0 and not is_overlay(row):
            end_others(changes, i, day)
            row.start = read_word(row, words, reals)
    carry = 0.0
    for i in range(used):
        row = changes[i]
        if row.day > day or row.ended == 1 or is_overlay(row):
            continue
        carry = put(row, words, reals, compute_ramped(row, day), carry)
        # The first day counts: a ramp of n days reaches its value on the n-th.
        if day - row.day + 1 >= row.ramp_days:
            row.ended = 1


@rule
def is_acting(row: ChangeRow, conditions: Rows[ConditionRow], day: int) -> bool:
    """Whether a change that is laid over the base does so today."""
    return day >= row.day and (row.until == FOR_EVER or day < row.until) and holds(conditions, row.condition)


@rule
def lay_overlays(changes: Rows[ChangeRow], conditions: Rows[ConditionRow], words: Any, reals: Any, used: int, day: int) -> None:
    """Lay what holds today over the base, in the order in which it was planned."""
    carry = 0.0
    for i in range(used):
        row = changes[i]
        if not is_overlay(row) or not is_acting(row, conditions, day):
            continue
        row.kept = row.start = read_word(row, words, reals)
        row.is_on = 1
        row.on_days += 1
        carry = put(row, words, reals, compute_step(row, row.on_days), carry)


@rule
def apply_changes(changes: Rows[ChangeRow], conditions: Rows[ConditionRow], words: Any, reals: Any, day: int) -> None:
    """Set every parameter that is to change today. `words` and `reals` are the parameters as integers and as floats."""
    used = find_free(changes)
    lift_overlays(changes, words, reals, used)
    move_base(changes, words, reals, used, day)
    lay_overlays(changes, conditions, words, reals, used, day)


def find_leaf(slot: int) -> Leaf:
    """The declared parameter that owns a word of Params. Raises ValueError when there is none."""
    for leaf in PARAMETERS:
        if leaf.slot <= slot < leaf.slot + max(leaf.info.length, 1):
            return leaf
    raise ValueError(f"change: no parameter at word {slot}")


def load_changes(world: Any, changes: tuple[PlannedChange, ...]) -> None:
    """Write a scenario's schedule into a world's table of changes.

    Raises ValueError for a change that cannot be planned (unknown word, negative day or ramp) or does not fit any more.
    """
    table, plan = Table(ChangeRow, world.changes), plain(plan_change)
    for change in changes:
        leaf = find_leaf(change.slot)
        value, real, linked = float(change.value), int(change.is_real), int(change.linked)
        code = plan(table, change.day, change.ramp_days, change.slot, real, value, linked, BY_PLAN)
        if code != OK:
            raise ValueError(f"change of {leaf.path} on day {change.day}: refused with code {code}")
        low, high = float(leaf.info.low) * leaf.info.scale, float(leaf.info.high) * leaf.info.scale
        row = table[plain(find_free)(table) - 1]
        plain(qualify_change)(row, change.until, change.mode, low, high, register_condition(world, change.condition))
