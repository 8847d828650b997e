"""Adoption: who joins, who leaves, and how much cohorts send after what they have experienced."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.users.adoption import (
    CLASSES,
    LEVELS,
    USUAL,
    Adoption,
    AdoptionState,
    compute_class_factor,
    compute_join,
    compute_response,
    get_level,
    prepare_leaving,
    prepare_rates,
)
from metalab.econ.users.demand import (
    USUAL_SUCCESS,
    Demand,
    DemandState,
    compute_share,
)
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row

P, Q = make_row(Adoption), make_row(Demand)
SCALE = USUAL / USUAL_SUCCESS
VALUES = st.floats(-8.0, 8.0)


def leave(value: float, rival: float = 0.0, churn: float = 0.3) -> list[float]:
    state = make_row(AdoptionState, trust_scale=SCALE)
    plain(prepare_leaving)(state, make_row(DemandState, value=value, rival=rival), make_row(Adoption, churn=churn), Q)
    return list(state.leave)


def get_rates(value: float, rival: float = 0.0, scale: float = 1.0) -> list[float]:
    """Messages a day of class 0 by level."""
    state = make_row(AdoptionState, opened=P.messages_per_day / 10.0, norm=0.5, trust_scale=SCALE)
    plain(prepare_rates)(state, make_row(DemandState, value=value, rival=rival), scale, P, Q)
    return list(state.rates)


def test_the_hazard_of_joining_is_that_of_bass_times_market_and_attraction() -> None:
    assert plain(compute_join)(P, 0.35, 0.0, 1.0) == pytest.approx(0.205 / 365, rel=1e-12)
    assert plain(compute_join)(P, 0.35, 0.4, 1.0) == pytest.approx(0.205 / 365 * math.exp(0.1), rel=1e-12)
    assert plain(compute_join)(P, 0.35, 0.0, 0.5) == 0.5 * plain(compute_join)(P, 0.35, 0.0, 1.0)
    assert plain(compute_join)(P, 1.0, 200.0, 9.0) == 1.0


def test_where_all_is_usual_cohorts_leave_at_the_usual_hazard() -> None:
    assert leave(0.0)[USUAL] == pytest.approx(0.3 / 365, rel=1e-12)
    # An offer as much better here as at the rival changes nobody's mind.
    assert leave(1.5, 1.5) == leave(0.0)
    # A level's experience counts as any other value.
    assert leave(0.0)[8] == pytest.approx(0.3 / 365 * math.exp(Q.stay_weight * 5.0 * 8 / SCALE), rel=1e-12)


@given(VALUES, VALUES, st.floats(0.0, 3.0), st.floats(0.0, 4.0))
def test_less_value_or_a_better_rival_never_keeps_anybody(value: float, rival: float, churn: float, worse: float) -> None:
    now = leave(value, rival, churn)
    assert all(a <= b for a, b in zip(now, leave(value - worse, rival, churn), strict=True))
    assert all(a <= b for a, b in zip(now, leave(value, rival + worse, churn), strict=True))
    assert now == sorted(now, reverse=True)
    assert 0.0 <= min(now) <= max(now) <= 1.0


def test_where_all_is_usual_cohorts_send_at_the_rate_of_launch() -> None:
    for k in range(CLASSES):
        rate = 10.0 * 0.5 * plain(compute_class_factor)(k, P.rate_spread)
        assert get_rates(0.0)[k * LEVELS + USUAL] == pytest.approx(rate, rel=1e-12)
    assert get_rates(0.0, scale=1.3)[USUAL] == pytest.approx(1.3 * get_rates(0.0)[USUAL])


@given(VALUES, VALUES)
def test_rates_follow_the_share_at_each_level_of_trust(value: float, rival: float) -> None:
    rates = get_rates(value, rival)
    usual = get_rates(0.0)[USUAL]
    for level in (0, 5, USUAL, LEVELS - 1):
        own = value + 5.0 * (level / SCALE - USUAL_SUCCESS)
        expected = usual * plain(compute_share)(own, rival, Q) / Q.usual_share
        assert rates[level] == pytest.approx(expected, rel=1e-9)
    assert rates[:LEVELS] == sorted(rates[:LEVELS])
    # Never more than all that a cohort has to send.
    assert max(rates[:LEVELS]) <= usual / Q.usual_share * (1 + 1e-12)


def test_levels_are_the_nearest_and_one_can_always_learn_again() -> None:
    assert plain(get_level)(USUAL_SUCCESS, SCALE) == USUAL
    assert plain(get_level)(0.0, SCALE) == 1
    assert plain(get_level)(9.0, SCALE) == LEVELS - 1


def answer(value: float, launch: float, elasticity: float) -> Any:
    return plain(compute_response)(value, launch, elasticity)


def test_a_response_is_a_power_of_the_change_since_launch() -> None:
    assert answer(4.0, 1.0, -0.5) == pytest.approx(0.5)
    assert answer(0.0, 1.0, -0.5) == answer(4.0, 0.0, -0.5) == 1.0
