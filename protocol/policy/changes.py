"""Parameters that change during a run: by schedule, by decree, by vote. One row per number that changes.

A row says from which day on a word of the parameter record has which value, over how many days it gets there, until when, and
under which condition. Nothing else may write a parameter once a world exists, so this table is the whole history of its rules.

A change without end and condition moves the *base* value. One with either is laid over the base while it acts: when it ends, what
is in force is the base again, with whatever has changed it meanwhile.
"""

from enum import IntEnum
from typing import Final

from metalab.protocol.kernel.codes import INVALID_AMOUNT, OK, TABLE_FULL
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, field
from metalab.protocol.kernel.units import clip, to_count
from metalab.protocol.policy.conditions import NO_CONDITION

UNUSED = -1
"""`day` of a row that holds no change, or no grant."""
BY_PLAN = -1
"""`proposal` of a change or grant that nobody voted on: it was planned."""
FOR_EVER: Final = 0
"""`until` of a change that does not end: nothing can end on day 0."""


class ChangeMode(IntEnum):
    """How `value` is meant: the new value, a factor on the value in force, or an amount added to it."""

    SET = 0
    SCALE = 1
    ADD = 2


SET: Final = int(ChangeMode.SET)
"""The usual mode as a plain integer for rules."""


class ChangeRow(Record):
    """A parameter's new value from a day on, reached in equal daily steps. Unused rows have day -1.

    With ramp_days n > 1 the first of n equal steps is taken on the morning of `day`, the last one on day + n - 1; with 0 or
    1 the whole way is gone on `day`. `linked` rows share the rounding of the row before them, so that integers that must
    sum to a total (shares in bps) do so on every day of the ramp. What scales or adds starts from the value in force when it
    begins and stays within `low` and `high`.
    """

    day: int = field("day", "first day on which it may hold")
    ramp_days: int = field("day", "days over which the value is reached; 0: at once")
    slot: int = field("word", "place in Params")
    is_real: int = field("flag", "1: the parameter is a float")
    value: float = field("1", "stored units, or a factor")
    linked: int = field("flag", "1: rounds together with the row before")
    until: int = field("day", "first day on which it holds no more; 0: for ever")
    mode: int = field("code", "ChangeMode")
    low: float = field("1", "least value it may lead to, stored units")
    high: float = field("1", "largest value it may lead to, stored units")
    condition: int = field("row", "condition under which it holds; -1: always")
    start: float = field("1", "value on the eve of its first day")
    ended: int = field("flag", "1: reached, or overtaken by a later change of the same parameter")
    kept: float = field("1", "laid over the base: the base value of today")
    is_on: int = field("flag", "1: laid over the base today")
    on_days: int = field("day", "days on which it was laid over the base")
    proposal: int = field("row", "proposal that decided it; -1: planned")


@rule
def find_free(changes: Rows[ChangeRow]) -> int:
    """The first unused row; rows are taken in order and never given back. len(changes) when the table is full."""
    row = 0
    while row < len(changes) and changes[row].day != UNUSED:
        row += 1
    return row


@rule
def plan_change(
    changes: Rows[ChangeRow], day: int, ramp_days: int, slot: int, is_real: int, value: float, linked: int, proposal: int
) -> int:
    """Write down that a parameter changes, for ever. Returns OK, INVALID_AMOUNT (negative day, ramp or slot) or TABLE_FULL."""
    if day < 0 or ramp_days < 0 or slot < 0:
        return INVALID_AMOUNT
    at = find_free(changes)
    if at >= len(changes):
        return TABLE_FULL
    row = changes[at]
    row.day = day
    row.ramp_days = ramp_days
    row.slot = slot
    row.is_real = is_real
    row.value = value
    row.linked = linked
    row.ended = 0
    row.is_on = 0
    row.on_days = 0
    row.proposal = proposal
    qualify_change(row, FOR_EVER, SET, 0.0, 0.0, NO_CONDITION)
    return OK


@rule
def qualify_change(row: ChangeRow, until: int, mode: int, low: float, high: float, condition: int) -> None:
    """Say how long a planned change holds, how its value is meant and under which condition."""
    row.until = until
    row.mode = mode
    row.low = low
    row.high = high
    row.condition = condition


@rule
def is_overlay(row: ChangeRow) -> bool:
    """Whether it is laid over the base value: it ends, or holds only at times."""
    return row.until != FOR_EVER or row.condition != NO_CONDITION


@rule
def compute_target(mode: int, value: float, low: float, high: float, start: float) -> float:
    """What a change leads to from `start`: its value, or `start` scaled or added to, within bounds."""
    if mode == ChangeMode.SCALE:
        return clip(start * value, low, high)
    if mode == ChangeMode.ADD:
        return clip(start + value, low, high)
    return value


@rule
def compute_step(row: ChangeRow, gone: int) -> float:
    """The value on the `gone`-th day of the ramp (from 1), before rounding; exactly the target from the last step on."""
    target = compute_target(row.mode, row.value, row.low, row.high, row.start)
    if gone >= row.ramp_days:
        return target
    return row.start + (target - row.start) * gone / row.ramp_days


@rule
def compute_ramped(row: ChangeRow, day: int) -> float:
    """The value on a day of the ramp, before rounding."""
    # The first step is taken on the morning of `day` itself.
    return compute_step(row, day - row.day + 1)


@rule
def round_linked(exact: float, carry: float) -> int:
    """The nearest integer once what the rows before rounded away is added; negatives become 0."""
    return to_count(exact + carry + 0.5)
