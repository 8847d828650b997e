"""Planned changes: rows in order, ramps in equal steps, shared rounding."""

from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.codes import INVALID_AMOUNT, OK, TABLE_FULL
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.policy.changes import UNUSED, ChangeRow, compute_ramped, find_free, plan_change, round_linked
from tests.support import make_row, make_rows


def make_changes(count: int) -> Any:
    table = make_rows(ChangeRow, count)
    table.array["day"] = UNUSED
    return table


def plan(table: Any, day: int = 3, ramp: int = 0, slot: int = 1, value: float = 2.0) -> int:
    return plain(plan_change)(table, day, ramp, slot, 1, value, 0, -1)


def test_rows_are_taken_in_order_until_the_table_is_full() -> None:
    table = make_changes(2)
    assert [plan(table, day=5), plan(table, day=4)] == [OK, OK]
    assert table.array["day"].tolist() == [5, 4]
    before = table.array.tobytes()
    assert plan(table) == TABLE_FULL
    assert table.array.tobytes() == before
    assert plain(find_free)(table) == 2


def test_negative_times_and_places_are_refused_and_write_nothing() -> None:
    table = make_changes(1)
    before = table.array.tobytes()
    assert [plan(table, day=-1), plan(table, ramp=-1), plan(table, slot=-1)] == [INVALID_AMOUNT] * 3
    assert table.array.tobytes() == before


def test_a_ramp_of_four_takes_quarters_and_ends_exactly() -> None:
    row = make_row(ChangeRow, day=10, ramp_days=4, start=1.0, value=3.0)
    assert [plain(compute_ramped)(row, day) for day in (10, 11, 12, 13, 14)] == [1.5, 2.0, 2.5, 3.0, 3.0]


def test_no_ramp_and_a_ramp_of_one_go_all_the_way_on_the_day() -> None:
    for ramp in (0, 1):
        assert plain(compute_ramped)(make_row(ChangeRow, day=2, ramp_days=ramp, start=7.0, value=0.1), 2) == 0.1


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), min_size=2, max_size=6), st.integers(1, 40), st.integers(1, 40))
def test_shared_rounding_keeps_the_sum_and_stays_within_one(pairs: list[tuple[int, int]], length: int, step: int) -> None:
    starts = np.array([a for a, _ in pairs])
    ends = np.array([b for _, b in pairs])
    ends[0] += starts.sum() - ends.sum()
    if ends[0] < 0:
        return
    part = Fraction(min(step, length), length)
    carry, values = 0.0, []
    for a, b in zip(starts.tolist(), ends.tolist(), strict=True):
        exact = a + (b - a) * min(step, length) / length
        values.append(plain(round_linked)(exact, carry))
        carry += exact - values[-1]
        assert abs(values[-1] - (a + (b - a) * part)) <= 1
    assert sum(values) == starts.sum()
