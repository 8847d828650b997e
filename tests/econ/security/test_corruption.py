"""The evening's figures: they follow the stake, the price and the rules of the day."""

from typing import Any

import numpy as np
import pytest

from metalab.econ.kernel.records import COLUMNS
from tests.support import make_scenario, run_plain

DAYS = 6
ROUTES = ("buy", "borrow", "bribe", "collude")


def get(table: Any, name: str) -> Any:
    return table[:, COLUMNS.index(name)]


def run(**values: Any) -> Any:
    return run_plain(make_scenario(**values), 2, DAYS)[1]


def test_the_cheapest_route_counts_every_day() -> None:
    table = run()
    costs = np.stack([get(table, f"cost_{route}_usd") for route in ROUTES])
    assert (get(table, "cost_of_corruption_usd") == costs.min(axis=0)).all()
    assert (get(table, "cost_halt_usd") < get(table, "cost_of_corruption_usd")).all()
    assert (costs > 0).all()


def test_without_impact_buying_costs_share_times_stake_times_price() -> None:
    table = run(impact__acting=0)
    expected = 2 / 3 * get(table, "staked_guardian_era") * get(table, "price_usd")
    assert get(table, "cost_buy_usd") == pytest.approx(expected, rel=1e-12)
    assert (get(run(), "cost_buy_usd")[0] > expected[0]).all()


def test_profit_is_within_both_limits_and_needs_reach() -> None:
    table = run()
    assert (get(table, "profit_from_corruption_usd") <= 0.02 * get(table, "tvl_usd") * (1 + 1e-12)).all()
    apart = run(incidents__shared=0)
    assert (get(apart, "profit_from_corruption_usd") < 0.02 * get(apart, "tvl_usd")).all()
    assert not get(run(corruption__extract_share=0.0), "profit_from_corruption_usd").any()


def test_a_mild_schedule_makes_corruption_cheap() -> None:
    assert (get(run(slashing__schedule=3), "cost_bribe_usd") < 0.06 * get(run(), "cost_bribe_usd")).all()


def test_attackers_come_by_yesterday_s_figures() -> None:
    table = run(defection__arrival=0.01, corruption__extract_share=1.0, corruption__rate_limit=1.0)
    ratio = get(table, "profit_from_corruption_usd") / get(table, "cost_of_corruption_usd")
    assert (ratio[:-1] > 1.0).any()
    assert get(table, "attack_hazard")[1:] == pytest.approx(0.01 * np.clip(ratio[:-1] - 1.0, 0.0, 100.0))
