"""Figures that once answered to nothing have a cause: with it off or moved they move, in the direction that its story says."""

from typing import Any

import numpy as np
import pytest

from metalab.econ.genesis import create_world
from metalab.econ.kernel.records import COLUMNS
from metalab.experiments import load_scenario
from metalab.experiments.runs.runner import advance
from tests.econ.policy.binding_lab import DAY, open_lab

PATHS: list[tuple[str, str, Any, dict[str, int]]] = [
    # Capital that has to take a bridge turns slower: pools earn less, less is provided, trades slip more, fewer messages are sent.
    (
        "launch",
        "liquidity.circulation",
        False,
        {"capital_turnover_gain": -1, "lp_return": -1, "pool_deposits_usd": -1, "slippage_reference": 1, "messages": -1},
    ),
    # Assets that cannot be used elsewhere: purposes fail and less can be reached from here.
    ("launch", "liquidity.composability", False, {"demand_share": -1, "messages": -1}),
    # The faster of two ways: users feel it.
    ("launch", "assistant.enabled", True, {"assistant_saved_s": 1, "message_delay_s": -1, "demand_share": 1}),
    ("busy", "assistant.enabled", False, {"message_delay_s": 1, "demand_share": -1}),
    # What the fund gives counts as income of rollups, which newcomers look at.
    ("busy", "incentives.fund", 0, {"fund_granted_era": -1, "newcomer_income_usd": -1}),
    # Whom sending is worth less to leaves more readily.
    ("busy", "fees.message_fee_usd", 5.0, {"users_left": 1}),
    # More faults of others count towards the penalty for correlated ones.
    ("faulty", "slashing.window_days", 365, {"slashed_era": 1}),
    ("faulty", "slashing.window_days", 1, {"slashed_era": -1}),
]


@pytest.mark.parametrize(("world", "path", "value", "signs"), PATHS, ids=[f"{path}={value}" for _, path, value, _ in PATHS])
def test_a_cause_moves_its_figures_in_its_direction(world: str, path: str, value: Any, signs: dict[str, int]) -> None:
    difference = open_lab(world).change(path, value)
    assert difference is not None
    moves = {column: difference.compare(column) for column in signs}
    assert {column: (move > 0.0) - (move < 0.0) for column, move in moves.items()} == signs, moves


@pytest.mark.parametrize("path", ["incentives.grants", "incentives.points", "incentives.fund"])
def test_a_budget_of_nothing_spends_nothing_from_its_day_on(path: str) -> None:
    lab = open_lab("busy")
    line = ("incentives.grants", "incentives.points", "incentives.fund").index(path)
    before = lab.world.state["incentives"]["spent"][0][line]
    assert before > 0, f"nothing is spent by day {DAY}: the test says nothing"
    world = lab.follow(path, 0)
    assert world.state["incentives"]["spent"][0][line] == before
    assert world.state["incentives"]["left"][0][line] == 0


@pytest.mark.parametrize("replication", range(3))
def test_gradual_unlocks_make_the_price_move_less(replication: int) -> None:
    moved, own = [], []
    for unlocks in (True, False):
        rows = np.zeros((450, len(COLUMNS)))
        advance(create_world(load_scenario("minimal", {"vesting.unlocks": unlocks}), 1, replication), rows)
        moved.append(rows[:, COLUMNS.index("volatility_realised")].mean())
        own.append(rows[:, COLUMNS.index("volatility")])
    # More tokens can be traded, so that the same orders move the price less; the noise itself is the same.
    assert moved[0] < moved[1]
    assert np.array_equal(*own)
