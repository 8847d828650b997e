"""Whose turn it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.messaging.agreement.rotation import choose_proposer

DRAWS = 6_000


def test_turns_are_in_proportion_to_stake() -> None:
    stakes = (5, 0, 20, 75)
    turns = [0] * len(stakes)
    for height in range(DRAWS):
        turns[choose_proposer(stakes, height, 0)] += 1
    assert turns[1] == 0
    for count, stake in zip(turns, stakes, strict=True):
        part = stake / 100
        assert abs(count / DRAWS - part) <= 4 * (part * (1 - part) / DRAWS) ** 0.5


@given(st.integers(0, 10**9), st.integers(0, 50))
def test_everybody_computes_the_same(height: int, round_number: int) -> None:
    stakes = (3, 1, 4, 1, 5)
    chosen = choose_proposer(stakes, height, round_number)
    assert chosen == choose_proposer(list(stakes), height, round_number)
    assert stakes[chosen] > 0


def test_rounds_of_a_height_differ() -> None:
    assert len({choose_proposer((1,) * 20, 7, number) for number in range(40)}) > 10


def test_no_stake_no_proposer() -> None:
    with pytest.raises(ZeroDivisionError):
        choose_proposer((0, 0), 1, 0)
