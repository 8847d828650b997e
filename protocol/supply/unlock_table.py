"""Unlocks given as a table: any number of dates and amounts in place of a bucket's built-in terms.

A row releases an amount from a day on: at once, evenly by day, or evenly by calendar month. Whatever else people write (equal or
falling parts) is a sum of such rows. Days count from the token launch.
"""

from enum import IntEnum
from typing import Final

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.dates import split_months_since
from metalab.protocol.kernel.declare import Record, Rows, field

UNLOCKS: Final = 512
"""Rows of the table: parts of every month of ten years for four buckets fit (assumed)."""
LONGEST_DAYS: Final = 7_300
"""Most days of a row, twenty years: amount times days fits 63 bits."""
LONGEST_MONTHS: Final = 240
"""Most months of a row, likewise: amount times months times days of a month fits."""


class UnlockUnit(IntEnum):
    """What the length of a row is counted in."""

    DAYS = 0
    MONTHS = 1


class UnlockRow(Record):
    """Part of a bucket that unlocks from a day on. Unused rows have amount 0."""

    owner: int = field("code", "Bucket whose holder gets it")
    start: int = field("day", "from launch: all of it with length 0, else the eve of its first part")
    amount: int = field("uERA", "what the row releases in all")
    length: int = field("1", "days or months over which it is released evenly; 0: at once")
    unit: int = field("code", "UnlockUnit of the length")


@rule
def compute_row(row: UnlockRow, day: int) -> int:
    """What a row has released by a day, in uERA, rounded down."""
    if day < row.start:
        return 0
    if row.unit == UnlockUnit.DAYS:
        passed = day - row.start
        return row.amount if passed >= row.length else row.amount * passed // row.length
    months, into, length = split_months_since(row.start, day)
    if months >= row.length:
        return row.amount
    return row.amount * (months * length + into) // (row.length * length)


@rule
def compute_table(unlocks: Rows[UnlockRow], first: int, count: int, day: int) -> int:
    """What `count` rows from `first` on have released by a day, in uERA."""
    total = 0
    for k in range(first, first + count):
        total += compute_row(unlocks[k], day)
    return total


@rule
def find_rows(unlocks: Rows[UnlockRow], owner: int) -> tuple[int, int]:
    """The first row of a bucket and how many it has; rows of one bucket stand together."""
    first = 0
    count = 0
    for k in range(len(unlocks)):
        if unlocks[k].amount > 0 and unlocks[k].owner == owner:
            if count == 0:
                first = k
            count += 1
    return first, count
