"""The morning's changes of parameters, and how a scenario's calendar gets into the table of changes.

Rules read parameters from the record `Params`; this file alone writes them, through `flat.params_words` and
`flat.params_reals`, which are the same memory seen as numbered words.
"""

from typing import Any

from metalab.econ.kernel.records import PARAMETERS
from metalab.econ.kernel.scenario import PlannedChange
from metalab.protocol.kernel.codes import OK
from metalab.protocol.kernel.compiling import plain, rule
from metalab.protocol.kernel.declare import Leaf, Rows, Table
from metalab.protocol.policy.changes import BY_PLAN, UNUSED, ChangeRow, compute_ramped, plan_change, round_linked


@rule
def end_others(changes: Rows[ChangeRow], i: int, day: int) -> None:
    """A change that begins today ends every earlier one of the same parameter that is still under way."""
    for k in range(len(changes)):
        other = changes[k]
        is_earlier = other.day < day or (other.day == day and k < i)
        if other.slot == changes[i].slot and other.day != UNUSED and is_earlier:
            other.ended = 1


@rule
def begin_changes(changes: Rows[ChangeRow], words: Any, reals: Any, day: int) -> None:
    """Note where the parameters that begin to change today stand now."""
    for i in range(len(changes)):
        row = changes[i]
        if row.day == day and row.ended == 0:
            end_others(changes, i, day)
            row.start = reals[row.slot] if row.is_real == 1 else float(words[row.slot])


@rule
def apply_changes(changes: Rows[ChangeRow], words: Any, reals: Any, day: int) -> None:
    """Set every parameter that is to change today. `words` and `reals` are the parameters as integers and as floats."""
    begin_changes(changes, words, reals, day)
    # What rounding the parts of one vector has left over so far: it goes to the next part, so that their sum stays.
    carry = 0.0
    for i in range(len(changes)):
        row = changes[i]
        if row.day == UNUSED or row.day > day or row.ended == 1:
            continue
        exact = compute_ramped(row, day)
        if row.linked == 0:
            carry = 0.0
        if row.is_real == 1:
            reals[row.slot] = exact
        else:
            words[row.slot] = round_linked(exact, carry)
            carry += exact - words[row.slot]
        # The first day counts: a ramp of n days reaches its value on the n-th.
        if day - row.day + 1 >= row.ramp_days:
            row.ended = 1


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
