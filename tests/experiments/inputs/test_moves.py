"""Values relative to what is in force: what is one, what it makes of a value, and of which parameters there is a "more"."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.experiments.inputs.planning.moves import Move, can_move, parse_move
from metalab.experiments.inputs.schema import LEAVES
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.policy.changes import ChangeMode

SIZES = st.decimals(0, 10**6, places=4)


@pytest.mark.parametrize(
    ("text", "mode", "size"),
    [
        ("+10 %", ChangeMode.SCALE, "1.1"),
        ("-10%", ChangeMode.SCALE, "0.9"),
        (" + 0.5 % ", ChangeMode.SCALE, "1.005"),
        ("-150 %", ChangeMode.SCALE, "-0.5"),
        ("x 0.5", ChangeMode.SCALE, "0.5"),
        ("x2", ChangeMode.SCALE, "2"),
        ("*3", ChangeMode.SCALE, "3"),
        ("\u00d7 1.5", ChangeMode.SCALE, "1.5"),
        ("+0.05", ChangeMode.ADD, "0.05"),
        ("-.5", ChangeMode.ADD, "-0.5"),
        ("+ 300", ChangeMode.ADD, "300"),
    ],
)
def test_every_form_is_read(text: str, mode: ChangeMode, size: str) -> None:
    assert parse_move(text) == Move(mode, Decimal(size))


NO_MOVES = ("", "10 %", "0.5", "x", "x -1", "x 1 %", "+", "+ %", "+1e3", "+1,000", "+-1", "++1", "+1 2", "x 0.5x", "linear", "+" + "9" * 13)


@pytest.mark.parametrize("value", [*NO_MOVES, 1, 1.5, True, None, ["+1"]])
def test_nothing_else_is_one(value: Any) -> None:
    assert parse_move(value) is None


@given(SIZES, SIZES)
def test_factors_and_percent_agree(size: Decimal, value: Decimal) -> None:
    percent = (size - 1) * 100
    by_factor, by_percent = parse_move(f"x {size:f}"), parse_move(f"{'-' if percent < 0 else '+'}{abs(percent):f} %")
    assert by_factor is not None
    assert by_factor == by_percent
    assert by_factor.apply(value) == value * size


@given(SIZES, SIZES)
def test_up_and_down_again_is_where_it_was(size: Decimal, value: Decimal) -> None:
    up, down = parse_move(f"+{size:f}"), parse_move(f"-{size:f}")
    assert up is not None
    assert down is not None
    assert down.apply(up.apply(value)) == value


def test_vectors_move_element_by_element_and_whole_numbers_stay_whole() -> None:
    half = parse_move("x 0.5")
    assert half is not None
    assert half.apply([10, Decimal(3), 0.5]) == [5, Decimal("1.5"), Decimal("0.25")]
    assert type(half.apply(10)) is int


def test_an_amount_is_stored_in_the_parameters_unit_and_a_factor_as_it_is() -> None:
    points, fee = LEAVES["incentives.points"], LEAVES["fees.message_fee_usd"]
    assert points.info.scale == MICRO
    assert Move(ChangeMode.ADD, Decimal("2.5")).get_stored(points) == 2_500_000.0
    assert Move(ChangeMode.SCALE, Decimal("2.5")).get_stored(points) == 2.5
    assert Move(ChangeMode.ADD, Decimal("-0.1")).get_stored(fee) == -0.1


def test_choices_switches_and_shares_have_no_more() -> None:
    switch = next(leaf for leaf in LEAVES.values() if leaf.info.unit == "switch")
    assert not can_move(switch)
    assert not can_move(LEAVES["governance.curve"])
    assert not can_move(LEAVES["fees.split"])
    assert can_move(LEAVES["fees.message_fee_usd"])
    assert can_move(LEAVES["staking.minimum"])
