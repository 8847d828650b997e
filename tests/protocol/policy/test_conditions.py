"""Conditions: the ring against a plain mean, hysteresis against an oracle, chains, and what holds before anything was seen."""

from statistics import fmean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.compiling import plain
from metalab.protocol.policy.conditions import (
    MOST_WINDOW,
    NO_CONDITION,
    ConditionRow,
    compute_recent_mean,
    holds,
    is_beyond,
    update_condition,
)
from tests.support import make_row, make_rows

NUMBERS = st.floats(-1e9, 1e9)
SERIES = st.lists(NUMBERS, min_size=1, max_size=60)
STEPS = st.lists(st.integers(-3, 3), min_size=1, max_size=60)


def make_condition(window: int = 1, is_above: int = 1, enter: float = 0.0, leave: float = 0.0) -> Any:
    return make_row(ConditionRow, window=window, is_above=is_above, enter=enter, leave=leave, also=NO_CONDITION)


def watch(row: Any, values: list[Any]) -> list[int]:
    """Whether it holds after each value."""
    states = []
    for value in values:
        plain(update_condition)(row, float(value))
        states.append(row.is_on)
    return states


def judge(values: list[Any], window: int, is_above: bool, enter: float, leave: float) -> list[int]:
    """The same by slices of the series."""
    states, is_on = [], False
    for day in range(1, len(values) + 1):
        mean = fmean(values[day - window : day]) if day >= window else None
        threshold = leave if is_on else enter
        is_on = mean is not None and (mean > threshold if is_above else mean < threshold)
        states.append(int(is_on))
    return states


@given(SERIES, st.integers(1, 40))
def test_the_ring_holds_the_mean_of_the_last_days(values: list[float], window: int) -> None:
    row = make_condition(window)
    for day, value in enumerate(values, 1):
        plain(update_condition)(row, value)
        recent = values[max(day - window, 0) : day]
        assert plain(compute_recent_mean)(row) == pytest.approx(fmean(recent), rel=1e-9, abs=1e-6)
        assert row.seen == day


def test_the_longest_window_goes_round() -> None:
    row, values = make_condition(MOST_WINDOW), list(range(2 * MOST_WINDOW + 7))
    watch(row, values)
    assert plain(compute_recent_mean)(row) == fmean(values[-MOST_WINDOW:])
    assert plain(compute_recent_mean)(make_condition(3)) == 0.0


@pytest.mark.parametrize("is_above", [0, 1])
@given(window=st.integers(1, 40), rest=st.integers(0, 5))
def test_nothing_holds_before_the_window_is_full(is_above: int, window: int, rest: int) -> None:
    threshold = -1.0 if is_above else 1.0
    row = make_condition(window, is_above, threshold, threshold)
    assert watch(row, [0.0] * (window + rest)) == [0] * (window - 1) + [1] * (rest + 1)
    assert row.on_days == rest + 1


@given(STEPS, st.integers(1, 5), st.booleans(), st.integers(-3, 3), st.integers(0, 3))
def test_hysteresis_is_that_of_the_oracle(values: list[int], window: int, is_above: bool, enter: int, gap: int) -> None:
    # Whole numbers and windows up to 5 give the same mean, bit for bit, in whatever order they are added up.
    leave = enter - gap if is_above else enter + gap
    row = make_condition(window, int(is_above), float(enter), float(leave))
    states = watch(row, values)
    assert states == judge(values, window, is_above, float(enter), float(leave))
    assert row.on_days == sum(states)


def test_between_the_thresholds_it_stays_as_it_was() -> None:
    row = make_condition(1, 0, 0.10, 0.12)
    assert watch(row, [0.11, 0.10, 0.09, 0.11, 0.119, 0.12, 0.11, 0.1, 0.05]) == [0, 0, 1, 1, 1, 0, 0, 0, 1]


def test_a_threshold_is_not_beyond_itself() -> None:
    for is_above in (0, 1):
        assert not plain(is_beyond)(make_condition(1, is_above, 2.0, 2.0), 2.0)


@given(STEPS, st.integers(1, 4), st.integers(-3, 3), st.integers(0, 2))
def test_above_is_below_in_the_mirror(values: list[int], window: int, enter: int, gap: int) -> None:
    above = watch(make_condition(window, 1, float(enter), float(enter - gap)), values)
    below = watch(make_condition(window, 0, float(-enter), float(gap - enter)), [-value for value in values])
    assert above == below


@given(STEPS, st.integers(-3, 3), st.integers(0, 2), st.integers(1, 3))
def test_a_wider_gap_never_ends_it_earlier(values: list[int], enter: int, gap: int, more: int) -> None:
    narrow = watch(make_condition(1, 1, float(enter), float(enter - gap)), values)
    wide = watch(make_condition(1, 1, float(enter), float(enter - gap - more)), values)
    assert all(a <= b for a, b in zip(narrow, wide, strict=True))


@given(st.lists(st.booleans(), min_size=1, max_size=6), st.data())
def test_a_chain_holds_when_all_of_it_does(states: list[bool], data: st.DataObject) -> None:
    rows = make_rows(ConditionRow, len(states))
    order = data.draw(st.permutations(range(len(states))))
    for k, at in enumerate(order):
        rows[at].is_on = int(states[at])
        rows[at].also = order[k + 1] if k + 1 < len(order) else NO_CONDITION
    for k, at in enumerate(order):
        assert plain(holds)(rows, at) == all(states[i] for i in order[k:])


def test_no_condition_always_holds() -> None:
    assert plain(holds)(make_rows(ConditionRow, 1), NO_CONDITION)


def test_a_value_that_is_no_number_never_holds() -> None:
    for is_above in (0, 1):
        assert watch(make_condition(1, is_above), [float("nan")]) == [0]
