"""Majorities in exact integers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.messaging.agreement.quorum import exceeds_third, is_blocking, is_quorum, sum_stake

TOTALS = st.integers(1, 10**16)


@given(TOTALS, st.data())
def test_against_fractions(total: int, data: st.DataObject) -> None:
    stake = data.draw(st.integers(0, total))
    part = Fraction(stake, total)
    assert is_quorum(stake, total) == (part > Fraction(2, 3))
    assert is_blocking(stake, total) == (part >= Fraction(1, 3))
    assert exceeds_third(stake, total) == (part > Fraction(1, 3))
    assert is_blocking(stake, total) == (not is_quorum(total - stake, total))


@given(st.lists(st.integers(1, 10**15), min_size=1, max_size=8), st.data())
def test_two_quorums_share_an_honest_member(stakes: list[int], data: st.DataObject) -> None:
    members = st.sets(st.integers(0, len(stakes) - 1))
    one, two, faulty = data.draw(members), data.draw(members), data.draw(members)
    total = sum(stakes)
    if not all(is_quorum(sum_stake(stakes, part), total) for part in (one, two)) or is_blocking(sum_stake(stakes, faulty), total):
        return
    assert (one & two) - faulty


@pytest.mark.parametrize(("stake", "total", "expected"), [(2, 3, False), (3, 4, True), (66, 100, False), (67, 100, True), (14, 21, False)])
def test_exactly_two_thirds_are_not_enough(stake: int, total: int, expected: bool) -> None:
    assert is_quorum(stake, total) is expected


def test_members_count_once_and_strangers_not() -> None:
    assert sum_stake([5, 7], [0, 0, 1, 2, -1]) == 12
