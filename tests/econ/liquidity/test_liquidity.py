"""The pools' day in small worlds run by Python: sums, losses, contagion, what its switches change and what they do not."""

from typing import Any

import numpy as np
import pytest

from metalab.econ.kernel.memory import as_array
from metalab.econ.kernel.records import COLUMNS
from metalab.protocol.liquidity.constant_product import Curve
from metalab.protocol.liquidity.liquidity import LiquidityMetrics, Pooling
from metalab.protocol.liquidity.passports import PassportsMetrics
from tests.support import make_scenario, run_plain

DAYS = 20
CALM: dict[str, Any] = {"liquidity__demand_elasticity": 0.0, "volatility__factor_sd": 0.0, "volatility__phase": 3}
"""A market that does not move: depositors withdraw more when it falls."""
OWN = {*LiquidityMetrics.infos, *PassportsMetrics.infos}
RUN: dict[str, Any] = {"passports__withdrawal": 0.2, "passports__uptake": 1.0}
"""Withdrawals that no reserve of a quarter withstands."""


def run(seed: int = 3, days: int = DAYS, **paths: Any) -> tuple[Any, dict[str, Any]]:
    """A world and its columns by name; users do not feel slippage unless a test wants them to."""
    world, table = run_plain(make_scenario(**(CALM | paths)), seed, days)
    assert np.isfinite(table).all()
    return world, dict(zip(COLUMNS, table.T, strict=True))


def find_changed(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    """Columns that differ by a bit."""
    return {name for name in COLUMNS if one[name].tobytes() != other[name].tobytes()}


@pytest.fixture(scope="module")
def default() -> dict[str, Any]:
    return run()[1]


def test_pools_hold_their_part_of_the_value_secured() -> None:
    world, columns = run()
    rollups, pools = as_array(world.rollups), as_array(world.pools)
    live = rollups["live"] == 1
    assert columns["pool_deposits_usd"][-1] == pytest.approx(pools["held"][live].sum())
    assert (pools["held"][~live] == 0.0).all()
    assert columns["pool_deposits_usd"][0] == pytest.approx(0.05 * columns["tvl_usd"][0], rel=0.01)


def test_without_pools_only_their_columns_differ(default: dict[str, Any]) -> None:
    off = run(liquidity__active=0)[1]
    assert not any(off[name].any() for name in OWN)
    assert find_changed(default, off) <= OWN


def test_without_passports_claims_are_deposits(default: dict[str, Any]) -> None:
    off = run(passports__active=0)[1]
    changed = find_changed(default, off)
    assert {"capital_utilisation", "passport_return", "slippage_reference"} <= changed <= OWN
    assert (off["capital_utilisation"] == 1.0).all()
    assert (off["slippage_reference"] > default["slippage_reference"]).all()
    assert default["capital_utilisation"] == pytest.approx(1.3, abs=0.02)


def test_pooling_and_curve_change_slippage_alone(default: dict[str, Any]) -> None:
    slippages = {name for name in OWN if name.startswith("slippage")}
    separate = run(liquidity__pooling=Pooling.SEPARATE)[1]
    assert find_changed(default, separate) == {"slippage_reference", "slippage_small", "slippage_large"}
    assert (separate["slippage_reference"] == default["slippage_separate"]).all()
    stable = run(liquidity__curve=Curve.STABLESWAP)[1]
    assert find_changed(default, stable) == slippages
    assert all((stable[name] < default[name] / 10).all() for name in slippages)


def test_a_run_on_passports_costs_value_and_spreads() -> None:
    calm, hit = run(**RUN, passports__discount=0.0)[1], run(**RUN)[1]
    assert hit["passport_shortfalls"].all()
    assert hit["passport_loss_usd"] == pytest.approx(0.1 * hit["passport_shortfall_usd"])
    # What is lost today is missing tomorrow morning.
    assert calm["tvl_usd"][0] == hit["tvl_usd"][0]
    ratio = hit["tvl_usd"][1] / calm["tvl_usd"][1]
    assert ratio == pytest.approx(1.0 - hit["passport_loss_usd"][0] / hit["tvl_usd"][0], rel=1e-3)
    assert (hit["passport_shortfall_usd"][1:4] > calm["passport_shortfall_usd"][1:4]).all()
    assert (hit["lp_return"] < calm["lp_return"]).all()
    assert hit["pool_deposits_usd"][-1] < calm["pool_deposits_usd"][-1]


def test_mutual_losses_reach_everybody_and_their_sum_is_the_same() -> None:
    own, shared = (run(days=2, **RUN, passports__mutual=share) for share in (0.0, 1.0))
    assert own[1]["passport_loss_usd"][0] == shared[1]["passport_loss_usd"][0] > 0.0
    assert own[1]["tvl_usd"][1] == pytest.approx(shared[1]["tvl_usd"][1], rel=1e-3)
    fears = [as_array(world.pools)["fear"][:3] for world, _ in (own, shared)]
    assert np.ptp(fears[1]) < np.ptp(fears[0])


def test_a_larger_haircut_never_adds_a_shortfall() -> None:
    counts = [run(**RUN, passports__haircut=haircut)[1]["passport_shortfalls"].sum() for haircut in (0.1, 0.3, 0.5, 0.8, 1.0)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


def test_more_fees_bring_more_liquidity_and_less_slippage(default: dict[str, Any]) -> None:
    rich = run(liquidity__fee_bps=100.0)[1]
    assert rich["lp_return"][-1] > default["lp_return"][-1]
    assert rich["pool_deposits_usd"][-1] > default["pool_deposits_usd"][-1]
    assert rich["slippage_reference"][-1] < default["slippage_reference"][-1]
    fixed = run(liquidity__fee_bps=100.0, liquidity__return_elasticity=0.0)[1]
    assert fixed["pool_deposits_usd"][-1] == pytest.approx(0.05 * fixed["tvl_usd"][-1], rel=1e-6)


def test_users_send_less_where_trading_costs_more_and_assets_stay_at_home(default: dict[str, Any]) -> None:
    felt = run(liquidity__demand_elasticity=1.0)[1]
    assert felt["messages"][0] == default["messages"][0]
    assert find_changed(default, felt) >= {"messages", "revenue_era"}
    # Three rollups share the value of sixty: their pools are deep. The same world with less in its pools sends less.
    assert (default["slippage_reference"] < 0.0068).all()
    assert felt["messages"][1:].sum() > 1.5 * default["messages"][1:].sum()
    shallow = run(liquidity__demand_elasticity=1.0, liquidity__pool_share=0.001, liquidity__return_elasticity=0.0)[1]
    assert (shallow["slippage_reference"] > 0.0068).all()
    assert shallow["messages"][1:].sum() < 0.5 * default["messages"][1:].sum()
    alone = run(liquidity__composability=0)[1]
    # Foreign assets are behind a tenth of the purposes: who cannot use them turns to rivals, too.
    assert 0.7 < alone["messages"].sum() / default["messages"].sum() < 0.9
