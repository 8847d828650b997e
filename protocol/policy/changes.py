"""Parameters that change during a run: by schedule, by decree, by vote. One row per number that changes.

A row says from which day on a word of the parameter record has which value, and over how many days it gets there. Nothing
else may write a parameter once a world exists, so this table is the whole history of its rules.
"""

from metalab.protocol.kernel.codes import INVALID_AMOUNT, OK, TABLE_FULL
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, field
from metalab.protocol.kernel.units import to_count

UNUSED = -1
"""`day` of a row that holds no change, or no grant."""
BY_PLAN = -1
"""`proposal` of a change or grant that nobody voted on: it was planned."""


class ChangeRow(Record):
    """A parameter's new value from a day on, reached in equal daily steps. Unused rows have day -1.

    With ramp_days n > 1 the first of n equal steps is taken on the morning of `day`, the last one on day + n - 1; with 0 or
    1 the whole way is gone on `day`. `linked` rows share the rounding of the row before them, so that integers that must
    sum to a total (shares in bps) do so on every day of the ramp.
    """

    day: int = field("day", "first day on which it holds")
    ramp_days: int = field("day", "days over which the value is reached; 0: at once")
    slot: int = field("word", "place in Params")
    is_real: int = field("flag", "1: the parameter is a float")
    value: float = field("1", "stored units")
    start: float = field("1", "value on the eve of `day`")
    linked: int = field("flag", "1: rounds together with the row before")
    ended: int = field("flag", "1: reached, or overtaken by a later change of the same parameter")
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
    """Write down that a parameter changes. Returns OK, INVALID_AMOUNT (negative day, ramp or slot) or TABLE_FULL."""
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
    row.proposal = proposal
    return OK


@rule
def compute_ramped(row: ChangeRow, day: int) -> float:
    """The value on a day of the ramp, before rounding; exactly `value` from the last step on."""
    # The first step is taken on the morning of `day` itself.
    gone = day - row.day + 1
    if gone >= row.ramp_days:
        return row.value
    return row.start + (row.value - row.start) * gone / row.ramp_days


@rule
def round_linked(exact: float, carry: float) -> int:
    """The nearest integer once what the rows before rounded away is added; negatives become 0."""
    return to_count(exact + carry + 0.5)
