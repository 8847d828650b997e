"""Deposits: what depositors want, how they follow, how a run begins and ends, what they see."""

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.kernel.records import COLUMNS
from metalab.econ.rollups.deposits import (
    LARGEST_RUN,
    USUAL_HAZARD,
    USUAL_YIELD,
    Deposits,
    DepositsMetrics,
    DepositsState,
    advance_run,
    compute_move,
    compute_pace,
    compute_run,
    compute_wanted,
    follow_wish,
    measure_deposits,
    scale_all,
    see_losses,
)
from metalab.econ.rollups.rollup import RollupRow, Rollups, RollupsState
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row, make_rows, make_scenario, run_plain

P = make_row(Deposits)
USD = st.floats(1.0, 1e12)
RATES = st.floats(0.0, 1.0)


def want(users: float = 1.0, earned: float = USUAL_YIELD, exposed: float = USUAL_HAZARD) -> Any:
    return plain(compute_wanted)(users, earned, exposed, P)


def test_where_all_is_usual_a_rollup_is_wanted_at_its_own_size() -> None:
    assert want() == 0.0
    assert want(users=4.0) == pytest.approx(0.5 * math.log(4.0))
    assert want(earned=USUAL_YIELD + 0.02) == pytest.approx(0.1)
    assert want(exposed=USUAL_HAZARD + 0.02) == pytest.approx(-0.2)
    # Nobody there is a small number, not the logarithm of 0.
    assert want(users=0.0) == pytest.approx(0.5 * math.log(1e-3))


@given(st.floats(0.01, 10.0), RATES, RATES, st.floats(0.0, 1.0))
def test_more_hazard_or_less_yield_or_fewer_users_never_bring_value(users: float, earned: float, exposed: float, more: float) -> None:
    here = want(users, earned, exposed)
    assert want(users, earned, exposed + more) <= here
    assert want(users, earned - more, exposed) <= here
    assert want(users * (1.0 - 0.5 * more), earned, exposed) <= here


@given(st.floats(0.01, 10.0))
def test_the_elasticity_to_users_is_its_weight(users: float) -> None:
    step = 1e-6
    slope = (want(users * math.exp(step)) - want(users * math.exp(-step))) / (2 * step)
    assert slope == pytest.approx(P.users_weight, rel=1e-6)


def run_share(profit: float, cost: float, p: Any = P) -> Any:
    return plain(compute_run)(profit, cost, p)


@given(USD, USD)
def test_those_run_whose_signal_is_above_the_threshold(profit: float, cost: float) -> None:
    expected = NormalDist(3.5, 1.25).cdf(math.log(profit / cost))
    assert run_share(profit, cost) == pytest.approx(min(expected, LARGEST_RUN), rel=1e-9, abs=1e-15)


def test_half_run_at_the_threshold_and_nobody_where_there_is_nothing_to_take() -> None:
    assert run_share(math.exp(3.5) * 1e6, 1e6) == pytest.approx(0.5)
    assert run_share(0.0, 1e6) == run_share(0.0, 0.0) == run_share(-1.0, 5.0) == 0.0
    # What costs nothing is a finite ratio, and somebody always stays.
    assert run_share(1e12, 0.0) == LARGEST_RUN < 1.0


@given(USD, USD, st.floats(1.0, 100.0), st.floats(0.05, 5.0))
def test_more_profit_or_less_cost_never_calms_a_run(profit: float, cost: float, more: float, spread: float) -> None:
    p = make_row(Deposits, run_spread=spread)
    here = run_share(profit, cost, p)
    assert here <= run_share(profit * more, cost, p)
    assert here >= run_share(profit, cost * more, p)
    assert 0.0 <= here <= LARGEST_RUN


def advance(state: Any, share: float, days: int, return_days: float = 90.0, p: Any = P) -> float:
    return math.fsum(plain(advance_run)(state, share, return_days, p) for _ in range(days))


@given(RATES.filter(lambda share: share < LARGEST_RUN), st.integers(1, 60), st.floats(1.0, 30.0))
def test_a_run_of_so_many_days_by_its_closed_form(share: float, days: int, run_days: float) -> None:
    state = make_row(DepositsState)
    change = advance(state, share, days, p=make_row(Deposits, run_days=run_days))
    assert state.run == pytest.approx(-math.log1p(-share) * (1.0 - (1.0 - 1.0 / run_days) ** days), abs=1e-12)
    # What has left is what is yet to come back.
    assert change == pytest.approx(-state.run, abs=1e-12)


def test_a_run_of_a_day_takes_the_whole_share_at_once() -> None:
    state, today = make_row(DepositsState), make_row(DepositsMetrics)
    advance(state, 0.3, 1, p=make_row(Deposits, run_days=1.0))
    plain(measure_deposits)(state, 0.05, today)
    assert today.run_share == pytest.approx(0.3)
    assert today.deposit_yield == 0.05


@pytest.mark.parametrize("return_days", [10, 90, 365])
def test_half_of_what_ran_is_back_after_the_half_life(return_days: int) -> None:
    state = make_row(DepositsState, run=0.8)
    back = advance(state, 0.0, return_days, float(return_days))
    assert state.run == pytest.approx(0.4)
    assert back == pytest.approx(0.4)
    # It comes back to what still runs, not to nothing.
    advance(state, 0.1, 60 * return_days, float(return_days))
    assert state.run == pytest.approx(-math.log(0.9))


def test_a_run_takes_from_all_that_live_and_gives_it_all_back() -> None:
    rollups, network, state = make_rows(RollupRow, 3), make_row(RollupsState, count=3), make_row(DepositsState)
    for i in range(3):
        rollups[i].tvl, rollups[i].live = 100.0 * (i + 1), int(i < 2)
    for day in range(2_000):
        share = 0.4 if day < 5 else 0.0
        plain(scale_all)(rollups, network, plain(advance_run)(state, share, 20.0, P))
        if day == 4:
            kept = 0.6 ** (1.0 - (2.0 / 3.0) ** 5)
            assert [row.tvl for row in rollups] == pytest.approx([100.0 * kept, 200.0 * kept, 300.0])
    assert [row.tvl for row in rollups] == pytest.approx([100.0, 200.0, 300.0])
    plain(scale_all)(rollups, network, 0.0)
    assert rollups[1].tvl == pytest.approx(200.0)


VALUES = st.floats(-2.0, 2.0)


@given(VALUES, VALUES, VALUES, st.floats(0.0, 2.0), st.floats(5.0, 365.0))
def test_a_gap_closes_by_its_part_and_the_market_does_not_change_it(
    gap: float, move: float, wanted: float, left: float, days: float
) -> None:
    p, size = make_row(Deposits, following_days=days), 15.0
    row = make_row(RollupRow, own_size=size, tvl=math.exp(size + wanted - left - gap))
    plain(follow_wish)(row, move, left, wanted, plain(compute_pace)(p))
    assert row.own_size == size + move
    rest = row.own_size + wanted - left - math.log(row.tvl)
    assert rest == pytest.approx(gap * math.exp(-1.0 / days), abs=1e-12)


def test_value_at_rest_stays_and_two_thirds_of_a_gap_are_gone_in_time() -> None:
    row = make_row(RollupRow, own_size=15.0, tvl=math.exp(15.0))
    plain(follow_wish)(row, 0.0, 0.0, 0.0, plain(compute_pace)(P))
    assert row.tvl == pytest.approx(math.exp(15.0), rel=1e-14)
    for _ in range(60):
        plain(follow_wish)(row, 0.0, 0.0, 1.0, plain(compute_pace)(P))
    assert math.log(row.tvl) - 15.0 == pytest.approx(1.0 - math.exp(-1.0))


@given(VALUES, st.floats(0.0, 0.9))
def test_those_who_ran_are_not_followed_a_second_time(gap: float, share: float) -> None:
    rollups, network, state = make_rows(RollupRow, 1), make_row(RollupsState, count=1), make_row(DepositsState)
    rollups[0].live, rollups[0].own_size, rollups[0].tvl = 1, 15.0, math.exp(15.0 - gap)
    for _ in range(10):
        plain(scale_all)(rollups, network, plain(advance_run)(state, share, 90.0, P))
        plain(follow_wish)(rollups[0], 0.0, state.run, 0.0, plain(compute_pace)(P))
    rest = 15.0 - state.run - math.log(rollups[0].tvl)
    assert rest == pytest.approx(gap * math.exp(-10.0 / P.following_days), abs=1e-12)


def test_the_own_size_moves_by_noise_of_mean_one_and_with_the_market() -> None:
    p = make_row(Rollups)
    moves = np.array([plain(compute_move)(u, 0.0, p) for u in (np.arange(2_000) + 0.5) / 2_000])
    assert np.exp(moves).mean() == pytest.approx(1.0, abs=1e-4)
    assert moves.std() == pytest.approx(0.02, rel=0.01)
    assert plain(compute_move)(0.5, 0.1, p) == pytest.approx(0.04 - 0.0002)


def test_what_is_seen_of_losses_is_their_mean_over_its_days() -> None:
    state, p = make_row(DepositsState, hazard=0.01, exposed=0.01), make_row(Deposits, hazard_days=100.0)
    plain(see_losses)(state, 3e6, 1e6, 1e9, p)
    weight = 2.0 / 101.0
    assert state.hazard == pytest.approx(0.01 + weight * (365 * 3e-3 - 0.01))
    assert state.exposed == pytest.approx(0.01 + weight * (365 * 1e-3 - 0.01))
    before = state.hazard, state.exposed
    for _ in range(10):
        plain(see_losses)(state, 0.0, 0.0, 1e9, p)
    assert (state.hazard, state.exposed) == pytest.approx(tuple(seen * (1 - weight) ** 10 for seen in before))
    # Where nothing is held nothing can be seen to be lost.
    plain(see_losses)(make_row(DepositsState), 1.0, 1.0, 0.0, p)


@given(st.lists(st.tuples(st.floats(0.0, 1e8), RATES), min_size=1, max_size=20))
def test_who_is_not_exposed_to_more_than_is_lost_never_sees_more(days: list[tuple[float, float]]) -> None:
    state = make_row(DepositsState, hazard=0.01, exposed=0.01)
    for lost, covered in days:
        plain(see_losses)(state, lost, lost * (1.0 - covered), 1e9, P)
    assert 0.0 < state.exposed <= state.hazard * (1 + 1e-12)


def get(table: Any, name: str) -> Any:
    return table[:, COLUMNS.index(name)]


QUIET = {"incidents__hazard": (0.0,) * 4, "defection__arrival": 0.0, "population__rollups": 12}


def test_in_a_world_cheap_corruption_makes_depositors_run_and_their_value_leave() -> None:
    calm, run = (run_plain(make_scenario(**QUIET, deposits__run_threshold=at), 3, 12)[1] for at in (10.0, 0.0))
    shares = get(run, "run_share")
    ratio = np.log(get(run, "profit_from_corruption_usd") / get(run, "cost_of_corruption_usd"))
    wished = [NormalDist(0.0, 1.25).cdf(value) for value in ratio]
    # The first morning knows of no cost or profit; from then on a third of the gap to yesterday's figures closes, in logs.
    assert shares[0] == 0.0
    assert shares[1] == pytest.approx(1.0 - (1.0 - wished[0]) ** (1.0 / 3.0))
    assert shares[-1] > shares[1] > 0.05
    assert (get(run, "tvl_usd")[1:] < get(calm, "tvl_usd")[1:]).all()
    assert get(run, "tvl_usd")[1] / get(calm, "tvl_usd")[1] == pytest.approx((1.0 - shares[1]) / (1.0 - get(calm, "run_share")[1]))


def test_in_a_world_losses_that_are_seen_lower_value_by_more_than_they_are() -> None:
    shaken = run_plain(make_scenario(**(QUIET | {"incidents__hazard": (50.0, 0.0, 0.0, 0.0)})), 3, 40)[1]
    deaf = run_plain(
        make_scenario(
            **(QUIET | {"incidents__hazard": (50.0, 0.0, 0.0, 0.0)}),
            deposits__hazard_weight=0.0,
            deposits__users_weight=0.0,
        ),
        3,
        40,
    )[1]
    assert get(shaken, "hazard_seen")[-1] > 10 * USUAL_HAZARD
    assert get(shaken, "tvl_usd")[-1] < 0.9 * get(deaf, "tvl_usd")[-1]
