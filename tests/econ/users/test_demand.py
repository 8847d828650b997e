"""Demand: logit shares, their elasticity, where revenue is largest, what never helps; and a dearer fee in a whole world."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.day import open_world
from metalab.econ.kernel.memory import allocate, as_rows
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.market.price import PriceMode
from metalab.econ.users.demand import (
    USUAL_DELAY_S,
    USUAL_PRICE_USD,
    USUAL_REACH_USD,
    USUAL_RIVAL_DELAY_S,
    USUAL_RIVAL_PRICE_USD,
    USUAL_SUCCESS,
    Demand,
    DemandMetrics,
    DemandState,
    compute_attachment,
    compute_experience,
    compute_rival_value,
    compute_share,
    compute_value,
    measure_demand,
)
from metalab.econ.users.users import compute_price_of_sending, prepare_choice
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row, make_scenario, run_plain

P = make_row(Demand)
PRICES = st.floats(0.0, 5.0)
VALUES = st.floats(-10.0, 10.0)
CHOICES = st.builds(
    lambda weight, usual, rest, effort: make_row(
        Demand, price_weight=weight, usual_share=usual, idle_share=rest * (1.0 - usual), effort_usd=effort
    ),
    st.floats(0.5, 6.0), st.floats(0.05, 0.9), st.floats(0.0, 0.95), st.floats(0.005, 1.0),
)  # fmt: skip


def value(
    price: float = USUAL_PRICE_USD,
    delay: float = USUAL_DELAY_S,
    reach: float = USUAL_REACH_USD,
    hazard: float = 0.0,
    usable: float = 1.0,
) -> Any:
    return plain(compute_value)(price, delay, reach, usable, hazard, P)


def share_at(price: float, rival: float = USUAL_RIVAL_PRICE_USD, p: Any = P) -> float:
    """Share at a price here and at a rival, all else usual."""
    own = plain(compute_value)(price, USUAL_DELAY_S, USUAL_REACH_USD, 1.0, 0.0, p)
    other = plain(compute_rival_value)(rival, USUAL_RIVAL_DELAY_S, p)
    return plain(compute_share)(own, other, p)


def elasticity_at(price: float, share: float, p: Any = P) -> float:
    today = make_row(DemandMetrics)
    plain(measure_demand)(make_row(DemandState, share=share), price, p, today)
    assert (today.demand_share, today.price_of_sending_usd) == (share, price)
    return today.demand_elasticity


@given(CHOICES)
def test_where_all_is_usual_shares_are_the_usual_ones(p: Any) -> None:
    assert share_at(USUAL_PRICE_USD, USUAL_RIVAL_PRICE_USD, p) == pytest.approx(p.usual_share, rel=1e-12)
    assert plain(compute_experience)(USUAL_SUCCESS, p) == 0.0
    assert plain(compute_attachment)(0.0, p) == 1.0


@given(VALUES, VALUES, CHOICES)
def test_odds_are_those_of_a_logit(own: float, rival: float, p: Any) -> None:
    share = plain(compute_share)(own, rival, p)
    rest = 1.0 - p.usual_share - p.idle_share
    odds = (rest * math.exp(rival) + p.idle_share) / (p.usual_share * math.exp(own))
    assert 1.0 / share - 1.0 == pytest.approx(odds, rel=1e-9)
    assert 0.0 < share < 1.0


def test_values_by_hand() -> None:
    assert value() == 0.0
    # Four times what sending usually costs, effort included.
    assert value(price=4.0 * 0.27 - 0.05) == pytest.approx(-2.5 * math.log(4.0))
    assert value(delay=30.0) == pytest.approx(-0.2 * math.log(2.0))
    assert value(reach=0.25 * USUAL_REACH_USD) == pytest.approx(-0.2 * math.log(4.0))
    assert value(hazard=0.1) == pytest.approx(-1.0)
    # What cannot be used from here is worth as little as a message that fails.
    assert value(usable=0.7) == pytest.approx(-1.5)
    assert plain(compute_rival_value)(2.0 * 0.37 - 0.05, 48.0, P) == pytest.approx(-2.7 * math.log(2.0))
    assert plain(compute_experience)(0.13, P) == pytest.approx(5.0 * (0.13 - 0.7285))
    # What pays to send is free, and no delay or value is below the least that counts.
    assert value(price=-1.0) == value(price=0.0)
    assert math.isfinite(value(0.0, 0.0, 0.0, 0.0))


@given(st.floats(0.02, 5.0), PRICES, CHOICES)
def test_the_own_price_elasticity_is_that_of_a_small_rise(price: float, rival: float, p: Any) -> None:
    step = 1e-5
    up, down = share_at(price * math.exp(step), rival, p), share_at(price * math.exp(-step), rival, p)
    measured = -(math.log(up) - math.log(down)) / (2.0 * step)
    assert elasticity_at(price, share_at(price, rival, p), p) == pytest.approx(measured, rel=1e-4, abs=1e-7)


def test_revenue_has_its_only_maximum_inside_where_the_elasticity_is_one() -> None:
    prices = np.arange(1, 5_000) / 1_000
    revenue = np.array([price * share_at(price) for price in prices])
    best = int(revenue.argmax())
    assert 0.1 < prices[best] < 0.5
    assert (np.diff(revenue)[:best] > 0).all()
    assert (np.diff(revenue)[best:] < 0).all()
    assert elasticity_at(prices[best], share_at(prices[best])) == pytest.approx(1.0, abs=0.01)


def test_a_dearer_rival_lets_revenue_peak_at_a_higher_price() -> None:
    prices = np.arange(1, 2_000) / 400
    peaks = [prices[np.argmax([p * share_at(p, rival) for p in prices])] for rival in (0.1, 0.32, 1.0, 3.0)]
    assert peaks == sorted(peaks)
    assert peaks[0] < peaks[1] < peaks[2] < 5.0


@given(PRICES, st.floats(0.1, 1e4), st.floats(1.0, 1e12), st.floats(-0.5, 1.0), VALUES, st.floats(0.0, 1.0))
def test_dearer_slower_riskier_or_emptier_never_raises_the_share(
    price: float, delay: float, reach: float, hazard: float, rival: float, more: float
) -> None:
    share = plain(compute_share)(value(price, delay, reach, hazard), rival, P)
    worse = (
        value(price + more, delay, reach, hazard),
        value(price, delay * (1.0 + more), reach, hazard),
        value(price, delay, reach * (1.0 - 0.9 * more), hazard),
        value(price, delay, reach, hazard + more),
        value(price, delay, reach, hazard, 1.0 - more),
    )
    for own in worse:
        assert plain(compute_share)(own, rival, P) <= share
    assert plain(compute_share)(value(price, delay, reach, hazard), rival + more, P) <= share
    assert plain(compute_experience)(0.5 - more, P) <= plain(compute_experience)(0.5, P)


@given(st.floats(0.05, 2.5), st.floats(0.05, 2.5), CHOICES)
def test_twice_the_cost_here_and_at_the_rival_moves_only_the_idle_share(price: float, rival: float, p: Any) -> None:
    dear, dear_rival = (2.0 * cost + p.effort_usd for cost in (price, rival))
    before, after = share_at(price, rival, p), share_at(dear, dear_rival, p)
    # Odds against sending here are the rival's and those of not sending: the first stay, the second rise by 2^weight.
    idle = p.idle_share / p.usual_share * math.exp(-plain(compute_value)(price, USUAL_DELAY_S, USUAL_REACH_USD, 1.0, 0.0, p))
    assert 1.0 / after == pytest.approx(1.0 / before + idle * (2.0**p.price_weight - 1.0), rel=1e-9)
    assert after <= before * (1.0 + 1e-12)


@given(VALUES)
def test_attachment_is_even_in_logs_and_bounded(own: float) -> None:
    ahead, behind = plain(compute_attachment)(own, P), plain(compute_attachment)(-own, P)
    assert ahead * behind == pytest.approx(1.0)
    assert ahead == pytest.approx(math.exp(max(min(0.4 * own, 2.0), -2.0)))


def open_rows(**values: Any) -> Any:
    rows = as_rows(allocate(make_scenario(**values).parameters))
    plain(open_world)(rows, 3, 0, 0)
    return rows


def test_what_is_given_back_lowers_the_price_of_sending_and_never_below_nothing() -> None:
    rows = open_rows()
    s, p = rows.state[0], rows.params[0]
    base = plain(compute_price_of_sending)(s, p)
    fee = s.fees.message_fee * 1e-6 * s.market.price
    s.activity_rewards.spared += 0.1
    assert base - plain(compute_price_of_sending)(s, p) == pytest.approx(0.1 * fee)
    s.activity_rewards.spared = 50.0
    assert plain(compute_price_of_sending)(s, p) == 0.0


def test_the_morning_weighs_price_delay_reach_and_losses() -> None:
    rows = open_rows()
    s, p, today = rows.state[0], rows.params[0], rows.today[0].demand
    s.activity.delay_s, s.competition.reach_usd = USUAL_DELAY_S, USUAL_REACH_USD
    plain(prepare_choice)(s, p, today)
    price = plain(compute_price_of_sending)(s, p)
    # Usual losses are no news.
    assert s.demand.value == value(price)
    assert s.demand.rival == pytest.approx(0.0, abs=1e-12)
    assert today.demand_share == s.demand.share == plain(compute_share)(s.demand.value, s.demand.rival, p.demand)
    before = s.demand.value
    s.deposits.exposed += 0.02
    plain(prepare_choice)(s, p, today)
    assert s.demand.value == pytest.approx(before - p.demand.hazard_weight * 0.02)
    p.liquidity.composability = 0
    plain(prepare_choice)(s, p, today)
    lost = p.demand.hazard_weight * 0.02 + p.demand.success_weight * p.liquidity.foreign_share
    assert s.demand.value == pytest.approx(before - lost)


def get(table: Any, name: str) -> Any:
    return table[:, COLUMNS.index(name)]


def test_a_fee_twice_as_high_is_answered_by_fewer_messages_and_fewer_users() -> None:
    crowd = {"population__users": 400, "adoption__churn": 3.0, "incidents__hazard": (0.0,) * 4, "defection__arrival": 0.0}
    # The same price in both futures: fees are quoted in tokens, and their fall would undo the rise of the fee.
    crowd |= {"price__mode": int(PriceMode.EXOGENOUS)}
    usual, dear = (run_plain(make_scenario(**crowd, fees__message_fee_usd=fee), 3, 40)[1] for fee in (0.3, 0.6))
    assert (get(usual, "price_usd") == get(dear, "price_usd")).all()
    assert (get(dear, "demand_share") < get(usual, "demand_share")).all()
    assert (get(dear, "demand_elasticity") > get(usual, "demand_elasticity")).all()
    assert get(dear, "messages").sum() < 0.6 * get(usual, "messages").sum()
    assert (get(dear, "users_active") <= get(usual, "users_active")).all()
    assert get(dear, "users_left").sum() > get(usual, "users_left").sum()
    # Where the elasticity is above 1 a dearer fee earns less.
    elastic = get(usual, "demand_elasticity") > 1.0
    assert elastic[0]
    assert get(dear, "revenue_era")[elastic].sum() < get(usual, "revenue_era")[elastic].sum()
