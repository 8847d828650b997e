"""Providers: what they offer, what a run on passports costs whom, what they earn."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.liquidity.providers import (
    PoolRow,
    bear_loss,
    close_pool_day,
    compute_wanted,
    follow_mapped_return,
    follow_uptake,
    open_passports,
    open_pool_day,
    provide,
    redeem,
)
from metalab.econ.rollups.rollup import RollupRow
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.liquidity.liquidity import Liquidity, LiquidityState
from metalab.protocol.liquidity.passports import Passports, PassportsMetrics
from tests.support import make_row

P = make_row(Liquidity)
MIDDLE = 0.5
"""A uniform whose normal deviate is 0."""


def make_pool(**values: Any) -> Any:
    return make_row(PoolRow, **({"open": 1, "provided": 0.05, "expected": 0.2, "held": 1_000.0} | values))


@pytest.mark.parametrize(("expected", "wanted"), [(0.2, 0.05), (0.8, 0.1), (0.05, 0.025), (-1.0, 0.0125), (0.0, 0.0125), (1e9, 0.2)])
def test_more_is_offered_for_more(expected: float, wanted: float) -> None:
    assert plain(compute_wanted)(expected, P) == pytest.approx(wanted)


@given(st.floats(-10.0, 10.0), st.floats(0.0001, 1.0), st.floats(0.0, 3.0))
def test_what_is_offered_is_a_share(expected: float, share: float, elasticity: float) -> None:
    p = make_row(Liquidity, pool_share=share, return_elasticity=elasticity)
    assert 0.0 < plain(compute_wanted)(expected, p) <= 1.0


def test_providers_move_towards_what_they_want() -> None:
    pool = make_row(PoolRow)
    plain(provide)(pool, 2e6, P)
    assert (pool.open, pool.provided, pool.held) == (1, pytest.approx(0.05), pytest.approx(1e5))
    pool.expected = 0.8
    for _ in range(30):
        plain(provide)(pool, 2e6, P)
    assert pool.provided == pytest.approx(0.1 - 0.05 * (29 / 30) ** 30)


def test_a_run_leaves_a_shortfall_and_a_loss() -> None:
    pool, today = make_pool(), make_row(PassportsMetrics)
    p = make_row(Passports, chains=2.0, haircut=0.1, withdrawal=0.3, reserve=0.25, discount=0.2)
    plain(redeem)(pool, MIDDLE, 0.0, 0.5, p, today)
    # 500 USD are mapped twice: 300 USD are asked for, 125 are at hand.
    assert today.passport_shortfall_usd == pytest.approx(175.0)
    assert today.passport_loss_usd == pool.lost == pytest.approx(35.0)
    assert today.passport_shortfalls == 1.0
    plain(redeem)(pool, MIDDLE, 0.0, 0.5, make_row(Passports), today)
    assert (pool.lost, today.passport_shortfalls) == (0.0, 1.0)


def test_losses_are_shared_in_full() -> None:
    pools = [make_pool(held=held, lost=lost) for held, lost in ((1_000.0, 60.0), (3_000.0, 0.0))]
    rollups = [make_row(RollupRow, tvl=10_000.0), make_row(RollupRow, tvl=50_000.0)]
    p = make_row(Passports, mutual=0.5)
    losses = [plain(bear_loss)(pool, rollup, 0.5 * 60.0 / 4_000.0, 0.2, p) for pool, rollup in zip(pools, rollups, strict=True)]
    assert losses == pytest.approx([30.0 + 7.5, 22.5])
    assert sum(losses) == pytest.approx(60.0)
    assert [rollup.tvl for rollup in rollups] == pytest.approx([10_000.0 - 37.5, 50_000.0 - 22.5])
    # Fear per dollar mapped: contagion reaches a rollup that had no shortfall of its own.
    assert [pool.fear for pool in pools] == pytest.approx([20.0 * 37.5 / 200.0 if 37.5 / 200.0 < 0.15 else 3.0, 20.0 * 22.5 / 600.0])


def test_returns_are_fees_less_inventory_and_losses() -> None:
    pool, rollup, state = make_pool(), make_row(RollupRow, tvl=20_000.0), make_row(LiquidityState)
    plain(close_pool_day)(pool, rollup, 0.0, 3e-5, 1e-4, state, P, make_row(Passports))
    earned = 365 * (20_000.0 * 3e-5 / 1_000.0 - 1e-4)
    assert pool.expected == pytest.approx(0.2 + 2 / 31 * (earned - 0.2))
    assert (state.takings, state.returned) == (pytest.approx(0.6), pytest.approx(1_000.0 * pool.expected))
    plain(close_pool_day)(make_pool(held=0.0), rollup, 0.0, 1.0, 1.0, state, P, make_row(Passports))
    assert state.takings == pytest.approx(0.6)


def test_when_everybody_maps_nobody_earns_more() -> None:
    # S1-15 (+60 %) holds for a few who map among many who do not: the fees are the same.
    def earn(uptake: float) -> float:
        state = make_row(LiquidityState, deposits=1_000.0, takings=0.6, uptake=uptake, claims=1.0 + 2.0 * uptake)
        passports = make_row(Passports, chains=3.0, haircut=0.1)
        plain(follow_mapped_return)(state, 0.0, make_row(Liquidity, return_days=1.0), passports)
        return float(state.mapped_return)

    plain_return = 365 * 0.6 / 1_000.0
    assert earn(1.0) == pytest.approx(plain_return)
    assert earn(0.001) == pytest.approx(3 * plain_return, rel=0.01)


def test_uptake_follows_what_mapping_brought() -> None:
    state, passports = make_row(LiquidityState), make_row(Passports)
    plain(open_passports)(state, P, passports)
    # 30 bps of a turnover of .01 on a twentieth of the value, claimed 2.5 times by a fifth of the deposits.
    assert state.mapped_launch == state.mapped_return == pytest.approx(365 * 0.003 * 0.01 / 0.05 * 2.5 / 1.3)
    plain(follow_uptake)(state, P, passports)
    assert (state.uptake, state.claims) == (0.2, pytest.approx(1.3))
    state.mapped_return *= 4.0
    plain(follow_uptake)(state, P, passports)
    assert state.uptake == pytest.approx(0.2 + (0.4 - 0.2) / 30)
    state.mapped_return = -1.0
    for _ in range(1_000):
        plain(follow_uptake)(state, P, passports)
    assert (state.uptake, state.claims) == pytest.approx((0.05, 1.075))


def test_the_day_sums_the_pools() -> None:
    state, today = make_row(LiquidityState), make_row(PassportsMetrics)
    for tvl in (1e6, 3e6):
        plain(open_pool_day)(make_row(PoolRow), make_row(RollupRow, tvl=tvl), MIDDLE, 0.0, state, P, make_row(Passports), today)
    assert (state.pools, state.deposits, state.deepest, state.lost) == (2, pytest.approx(2e5), pytest.approx(1.5e5), 0.0)
