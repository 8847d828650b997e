"""Slippage by size and mode, reach, divergence, what users see of it."""

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.compiling import plain
from metalab.protocol.liquidity.constant_product import UNITS, Curve
from metalab.protocol.liquidity.liquidity import (
    Liquidity,
    LiquidityMetrics,
    LiquidityState,
    Pooling,
    compute_attraction,
    compute_divergence,
    compute_reach,
    compute_slippage,
    compute_turnover_gain,
    measure_slippage,
)
from tests.support import make_row

P = make_row(Liquidity)
STABLE = make_row(Liquidity, curve=Curve.STABLESWAP)


def measure(delay_s: float = 60.0, mapped: float = 1.0, **values: Any) -> Any:
    """Metrics of sixty pools that share twenty million, one of which holds five."""
    state = make_row(LiquidityState, pools=60, deposits=2e7, deepest=5e6, claims=mapped)
    today = make_row(LiquidityMetrics)
    plain(measure_slippage)(state, delay_s, make_row(Liquidity, **values), today)
    return today


@given(st.floats(1.0, 1e6), st.floats(1e3, 1e9))
def test_slippage_is_what_the_product_rule_takes(trade: float, depth: float) -> None:
    side = int(Fraction(depth) / 2 * UNITS)
    dx = int(Fraction(trade) * UNITS)
    # Reserves are whole units of 10^-5 USD, products of floats round once more.
    assert plain(compute_slippage)(trade, depth, P) == pytest.approx(dx / (side + dx), abs=3.0 / dx)


@given(st.floats(10.0, 1e5), st.floats(1e6, 1e8))
def test_stableswap_costs_less_than_the_product_rule(trade: float, depth: float) -> None:
    assert plain(compute_slippage)(trade, depth, STABLE) <= plain(compute_slippage)(trade, depth, P) + 1e-5


@given(st.floats(1.0, 1e7), st.floats(1.001, 10.0), st.floats(1e3, 1e12), st.sampled_from([P, STABLE]))
def test_slippage_rises_with_size_and_falls_with_depth(trade: float, more: float, depth: float, p: Any) -> None:
    slippage = plain(compute_slippage)
    step = 2.0 / (trade * UNITS)
    assert slippage(trade, depth, p) <= slippage(trade * more, depth, p) + step
    assert slippage(trade, depth * more, p) <= slippage(trade, depth, p) + step


@pytest.mark.parametrize("depth", [0.0, -5.0, 1e-6])
def test_without_a_pool_everything_is_lost(depth: float) -> None:
    assert plain(compute_slippage)(100.0, depth, P) == 1.0


@pytest.mark.parametrize(("delay", "reach"), [(60.0, 0.1 * (1.0 - math.e**-1)), (1e15, 0.0), (0.0, 0.1), (-1.0, 0.1)])
def test_remote_depth_counts_when_it_arrives_in_time(delay: float, reach: float) -> None:
    assert plain(compute_reach)(delay, P) == pytest.approx(reach)


def test_both_modes_are_measured_and_one_is_in_force() -> None:
    shared, separate = measure(pooling=Pooling.SHARED), measure(pooling=Pooling.SEPARATE)
    mean = 2e7 / 60 / 2
    joint = mean + 0.1 * (1 - math.e**-1) * (1e7 - mean)
    assert separate.slippage_reference == separate.slippage_separate == pytest.approx(1e4 / (mean + 1e4), rel=1e-6)
    assert shared.slippage_reference == shared.slippage_shared == pytest.approx(1e4 / (joint + 1e4), rel=1e-6)
    assert (shared.slippage_separate, shared.slippage_deepest) == (separate.slippage_separate, separate.slippage_deepest)
    assert shared.slippage_deepest == pytest.approx(1e4 / (2.5e6 + 1e4), rel=1e-6)
    assert shared.slippage_small < shared.slippage_reference < shared.slippage_large


def test_claims_are_depth_and_delay_costs_it() -> None:
    assert measure(mapped=1.5).slippage_reference < measure().slippage_reference
    assert measure(delay_s=600.0).slippage_reference > measure().slippage_reference
    assert measure(remote_share=0.0).slippage_shared == measure().slippage_separate


def test_sharing_five_pools_divides_the_stated_five_percent_by_five_and_not_by_seventeen() -> None:
    # S1-13: 5 % to .3 %; S1-12: five rollups. Five equal pools of 380,000 USD; unit-free, as it is d / (x + d).
    state, today = make_row(LiquidityState, pools=5, deposits=1.9e6, claims=1.0), make_row(LiquidityMetrics)
    plain(measure_slippage)(state, 2.0, make_row(Liquidity, remote_share=1.0), today)
    assert today.slippage_separate == pytest.approx(0.05, abs=1e-3)
    assert today.slippage_shared == pytest.approx(0.0104, abs=1e-4)


@given(st.floats(-0.5, 0.5))
def test_divergence_is_the_known_formula(change: float) -> None:
    ratio = math.e**change
    assert plain(compute_divergence)(change, P) == pytest.approx(1 - 2 * math.sqrt(ratio) / (1 + ratio), abs=1e-12)


def test_messages_fall_with_slippage() -> None:
    attraction = plain(compute_attraction)
    state = make_row(LiquidityState, slippage=0.0136)
    assert attraction(state, P) == pytest.approx(2.0**-0.05)
    assert attraction(make_row(LiquidityState), P) == pytest.approx(6_800.0**0.05)
    assert attraction(make_row(LiquidityState, slippage=0.0068), P) == 1.0
    assert attraction(state, make_row(Liquidity, active=0, composability=0)) == 1.0
    assert attraction(state, make_row(Liquidity, demand_elasticity=0.0)) == 1.0


@pytest.mark.parametrize(
    ("share", "delay", "gain"), [(0.5, 600.0, 1.0), (0.953, 2.0, 19.9), (0.5, 2.0, 1.993), (0.0, 9.0, 1.0), (1.0, 0.0, 0.0)]
)
def test_capital_turns_faster_by_amdahls_law(share: float, delay: float, gain: float) -> None:
    # S1-2 needs .953 of a cycle spent on bridges for its factor of 20.
    assert plain(compute_turnover_gain)(delay, make_row(Liquidity, bridging_share=share)) == pytest.approx(gain, rel=1e-2)
