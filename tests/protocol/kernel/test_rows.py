"""Rows and tables outside a world: defaults, units, bounds."""

import re
from typing import Any

import pytest

from metalab.protocol.fees.fees import Fees
from metalab.protocol.kernel.rows import make_parameters, make_row, make_table
from metalab.protocol.security.slashing import Slashing, SlashingSchedule
from metalab.protocol.staking.staking import NodeRow, Staking
from metalab.protocol.supply.vesting import Vesting


def test_a_row_is_empty_but_for_what_is_given() -> None:
    node = make_row(NodeRow, stake=7, exposed=[1, 2])
    assert (node.stake, node.balance, list(node.exposed)) == (7, 0, [1, 2, 0, 0])


def test_a_row_of_parameters_has_the_defaults_in_stored_units() -> None:
    assert make_row(Fees).message_fee_usd == Fees.infos["message_fee_usd"].default
    assert list(make_row(Staking).minimum) == [tokens * 10**6 for tokens in Staking.infos["minimum"].default]


def test_a_field_that_is_not_there_is_refused() -> None:
    with pytest.raises(AttributeError, match="NodeRow has no field 'stakes'"):
        make_row(NodeRow, stakes=1)


def test_a_fraction_is_no_amount() -> None:
    with pytest.raises(TypeError):
        make_row(NodeRow, stake=0.5)


def test_rows_of_a_table_are_apart_and_share_its_memory() -> None:
    table = make_table(NodeRow, 3)
    table[1].stake = 5
    assert table.array["stake"].tolist() == [0, 5, 0]
    assert len(table) == 3


def test_parameters_are_given_as_people_write_them() -> None:
    assert make_parameters(Slashing, schedule="cosmos").schedule == SlashingSchedule.COSMOS
    assert make_parameters(Slashing, schedule=SlashingSchedule.COSMOS).schedule == SlashingSchedule.COSMOS
    assert make_parameters(Vesting, unlocks=False).unlocks == 0
    tokens = [0, 0, 0, 0, 0, 1_000_000_000]
    assert list(make_parameters(Vesting, tokens=tokens).tokens) == [item * 10**6 for item in tokens]


def test_amounts_in_era_are_exact() -> None:
    largest = Vesting.infos["launch"].high
    assert make_parameters(Vesting, launch=[largest, 0, 0, 0, 0, 0.000001]).launch[5] == 1
    assert make_parameters(Vesting, launch=[largest, 0, 0, 0, 0, 0]).launch[0] == largest * 10**6


@pytest.mark.parametrize(
    ("record", "values", "message"),
    [
        (Slashing, {"schedul": 1}, "Slashing has no parameter 'schedul'; choose from schedule, initial"),
        (Slashing, {"schedule": "cosmo"}, "Slashing.schedule = 'cosmo' is not allowed; give one of progressive, polkadot"),
        (Slashing, {"window_days": 0}, "Slashing.window_days = 0 is not allowed; give a number from 1 to 365 day"),
        (Slashing, {"initial": [0.1]}, "give a list of 4 numbers"),
        (Slashing, {"initial": 0.1}, "give a list of 4 numbers"),
        (Slashing, {"distribution": [0, 0, 9_999]}, "give numbers that add up to 10,000, these add up to 9,999"),
        (Slashing, {"escalation": float("nan")}, "Slashing.escalation = nan is not allowed"),
        (Slashing, {"escalation": "1"}, "Slashing.escalation = '1' is not allowed; give a number from 0.0 to 9.0"),
    ],
)
def test_what_is_wrong_is_told(record: Any, values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        make_parameters(record, **values)
