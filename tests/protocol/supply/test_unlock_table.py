"""Rows of a table of unlocks: closed forms, calendar months, and the built-in terms written as rows."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.kernel.scenario import LAUNCH
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA, SUPPLY
from metalab.protocol.supply.unlock_table import LONGEST_DAYS, LONGEST_MONTHS, UnlockRow, UnlockUnit, compute_row, compute_table, find_rows
from metalab.protocol.supply.vesting import Vesting, compute_vested
from tests.support import make_row, make_rows

DAYS, MONTHS = int(UnlockUnit.DAYS), int(UnlockUnit.MONTHS)
LONGEST = {DAYS: LONGEST_DAYS, MONTHS: LONGEST_MONTHS}


def make(**values: int) -> Any:
    return make_row(UnlockRow, **values)


def count(row: Any, day: int) -> int:
    return int(plain(compute_row)(row, day))


def test_once_is_all_on_its_day() -> None:
    row = make(start=100, amount=7)
    assert [count(row, day) for day in (0, 99, 100, 101, 10_000)] == [0, 0, 7, 7, 7]


def test_linear_by_day_is_its_share_of_the_days_rounded_down() -> None:
    row = make(start=10, amount=100, length=7)
    assert [count(row, 10 + k) for k in range(-1, 9)] == [0, 0, 14, 28, 42, 57, 71, 85, 100, 100]


def test_linear_by_month_gives_every_month_the_same_and_every_day_of_it_the_same() -> None:
    start = date(2026, 1, 1)
    row = make(start=(start - LAUNCH).days, amount=12 * 31 * 28 * 30, length=12, unit=MONTHS)
    month = 31 * 28 * 30
    assert [count(row, (date(2026, k, 1) - LAUNCH).days) for k in range(1, 13)] == [k * month for k in range(12)]
    assert count(row, (date(2026, 2, 15) - LAUNCH).days) == month + month // 2
    assert count(row, (date(2026, 12, 31) - LAUNCH).days) == 11 * month + month * 30 // 31
    assert count(row, (date(2027, 1, 1) - LAUNCH).days) == 12 * month


@given(st.integers(0, 3_000), st.integers(1, SUPPLY), st.sampled_from([DAYS, MONTHS]), st.data())
def test_a_row_never_falls_begins_at_nothing_and_ends_with_all(start: int, amount: int, unit: int, data: Any) -> None:
    length = data.draw(st.integers(1, LONGEST[unit]))
    # Months need a day that every month has.
    start += 0 if unit == DAYS else max((LAUNCH + timedelta(start)).day - 28, 0) * 5
    row = make(start=start, amount=amount, length=length, unit=unit)
    day = start + data.draw(st.integers(0, 8_000))
    values = [count(row, day + k) for k in range(5)]
    assert all(0 <= a <= b <= amount for a, b in pairwise(values))
    assert count(row, start) == 0
    assert count(row, start + 31 * length) == amount
    # No product leaves 63 bits.
    assert amount * length * (31 if unit == MONTHS else 1) < 2**63


def test_rows_of_a_bucket_are_found_and_summed() -> None:
    table = make_rows(UnlockRow, 6)
    for k, (owner, amount) in enumerate([(Bucket.INVESTORS, 1), (Bucket.TEAM, 20), (Bucket.TEAM, 300), (Bucket.RND, 4_000)]):
        table[k].owner, table[k].amount = int(owner), amount
    found = {bucket: plain(find_rows)(table, int(bucket)) for bucket in Bucket}
    assert found[Bucket.TEAM] == (1, 2)
    # Empty rows belong to nobody, though their owner is written 0.
    assert found[Bucket.INVESTORS] == (0, 1)
    assert found[Bucket.TREASURY] == (0, 0)
    assert plain(compute_table)(table, 1, 2, 0) == 320


@pytest.mark.parametrize("bucket", [bucket for bucket in Bucket if bucket != Bucket.AIRDROP])
def test_the_built_in_terms_can_be_written_as_rows(bucket: Bucket) -> None:
    """A tranche at once and a linear rest from the same date are the built-in formula, to the micro-ERA."""
    p = make_row(Vesting)
    months = p.cliff_months[bucket]
    cliff = (date(2025 + (6 + months) // 12, (6 + months) % 12 + 1, 17) - LAUNCH).days
    first = p.tokens[bucket] * p.cliff_share[bucket] // 10_000
    rest = p.tokens[bucket] - p.launch[bucket] - first
    table = make_rows(UnlockRow, 3)
    for k, (start, amount, length) in enumerate([(0, p.launch[bucket], 0), (cliff, first, 0), (cliff, rest, p.linear_months[bucket])]):
        table[k].start, table[k].amount, table[k].length, table[k].unit = start, amount, length, MONTHS
    for day in [*range(0, 1_600, 13), *range(360, 372)]:
        assert plain(compute_table)(table, 0, 3, day) == plain(compute_vested)(p, int(bucket), day), day
    assert plain(compute_table)(table, 0, 3, 1_461) == p.tokens[bucket]
    assert p.tokens[bucket] % ONE_ERA == 0
