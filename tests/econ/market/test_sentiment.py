"""A price made by traders: closed forms, bounds, and that clusters of volatility come from their choice and go with it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.market.impact import Impact, ImpactState
from metalab.econ.market.market import MarketState
from metalab.econ.market.premium import Premium
from metalab.econ.market.price import Flow, MarketDraws, Price, PriceContext, PriceMode, process_price
from metalab.econ.market.sentiment import (
    Sentiment,
    SentimentState,
    compute_appeal_of_value,
    compute_demand,
    compute_sentiment_volatility,
    compute_value_share,
    trade_sentiment,
)
from metalab.econ.market.volatility import Volatility
from metalab.experiments.validation.finding import compute_autocorrelation
from metalab.experiments.validation.herding import Herding, simulate_herding
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row

REAL = st.floats(-10.0, 10.0)
QUIET = {"value_noise": 0.0, "trend_noise": 0.0}


def walk(noise, **parameters):
    """Returns of a price that nothing but the two groups moves, from normal `noise` [days, 2]."""
    state, p, gap, last = make_row(SentimentState), make_row(Sentiment, **parameters), 0.0, 0.0
    step, found = plain(trade_sentiment), []
    for value, trend in noise:
        last = step(state, gap, last, float(value), float(trend), p)
        gap -= last
        found.append(last)
    return np.array(found)


def test_without_noise_a_price_at_worth_stays():
    assert not walk(np.ones((30, 2)), **QUIET).any()


def test_without_noise_a_gap_is_closed_by_the_map():
    """With neither trend nor noise the gap falls by 1 - price_slope * n * value_pull a day."""
    p = make_row(Sentiment, trend_pull=0.0, misalignment=0.0, herding=0.0, predisposition=1.0, **QUIET)
    state, gap = make_row(SentimentState, appeal=1.0), 0.8
    for _ in range(100):
        gap -= plain(trade_sentiment)(state, gap, 0.0, 0.0, 0.0, p)
    assert gap == pytest.approx(0.8 * (1.0 - 0.3 * 0.025 / (1.0 + math.exp(-1.0))) ** 100, rel=1e-9)


def test_a_trend_goes_on_by_the_chartists_share():
    p = make_row(Sentiment, **QUIET)
    assert plain(compute_demand)(0.25, 0.0, 0.1, 0.0, 0.0, p) == pytest.approx(0.75 * 0.06 * 0.1, rel=1e-12)


def test_nobody_is_preferred_without_a_reason():
    assert plain(compute_value_share)(0.0) == 0.5
    assert plain(compute_appeal_of_value)(0.5, 0.0, make_row(Sentiment, predisposition=0.0)) == 0.0


@given(REAL, REAL, REAL, REAL, st.floats(-1e6, 1e6))
def test_shares_and_orders_are_bounded(gap, last, value, trend, appeal):
    share = plain(compute_value_share)(appeal)
    assert 0.0 < share < 1.0
    assert abs(plain(compute_demand)(share, gap, last, value, trend, make_row(Sentiment, order_limit=0.7))) <= 0.7


@given(st.floats(0.0, 1.0), st.floats(-3.0, 3.0))
def test_a_gap_up_or_down_makes_fundamentalists_alike(share, gap):
    p = make_row(Sentiment)
    appeal = plain(compute_appeal_of_value)
    assert appeal(share, gap, p) == appeal(share, -gap, p) >= appeal(share, 0.0, p)


def test_the_volatility_is_that_of_the_demand():
    p = make_row(Sentiment, order_limit=5.0)
    noise = np.random.default_rng(1).standard_normal((20_000, 2))
    demands = [plain(compute_demand)(0.8, 0.0, 0.0, value, trend, p) for value, trend in noise.tolist()]
    assert 0.3 * np.std(demands) == pytest.approx(plain(compute_sentiment_volatility)(0.8, p), rel=0.02)


def test_it_is_the_process_that_was_estimated():
    """Day by day equal to the vectorised simulator, in whose units demand is log price / .01."""
    noise = np.random.default_rng(2).standard_normal((400, 2))
    p = make_row(Sentiment, order_limit=5.0)
    unit = p.price_slope / 0.01
    same = Herding(
        p.value_pull * unit, p.trend_pull * unit, p.predisposition, p.herding, p.misalignment, p.value_noise * unit, p.trend_noise * unit
    )
    expected = simulate_herding(same, noise[:, :, None])[0][:, 0]
    assert walk(noise, order_limit=5.0)[300:] == pytest.approx(expected, rel=1e-9)


def test_clusters_come_from_the_choice_and_go_with_it():
    noise = np.random.default_rng(3).standard_normal((3_000, 2))
    choosing = compute_autocorrelation(np.abs(walk(noise)))
    fixed = compute_autocorrelation(np.abs(walk(noise, herding=0.0, misalignment=0.0)))
    assert choosing > 0.15
    assert abs(fixed) < 0.05


CALM = {"tail_radius": 0.5, "tail_angle": 0.5, "factor": 0.5, "factor_angle": 0.25, "volatility": 0.5, "volume": 0.5, "phase": 1.0}
"""Draws of a day on which nothing happens: the factor's shock is 0 to rounding, the normals are 0."""


def step(mode=PriceMode.TRADERS, net=0.0, gap=0.0, draws=None, state=None, **sentiment):
    """The log return of one day with the phases of the market off."""
    market = make_row(MarketState, price=1.0, price_mean=1.0, fundamental=0.01, volume=1e6)
    context = PriceContext(
        market,
        make_row(ImpactState),
        make_row(Pots, market_float=10**13),
        make_row(Price, mode=int(mode)),
        make_row(Volatility, phase=3),
        make_row(Premium),
        make_row(Impact),
        state or make_row(SentimentState),
        make_row(Sentiment, **sentiment),
        gap,
    )
    plain(process_price)(context, make_row(MarketDraws, **(CALM | (draws or {}))), Flow(net, 1e6, 1e7, 1e7))
    return market.log_return


def test_orders_and_the_market_move_this_price_as_the_default_one():
    """What is added to a quiet day is the same in both modes: the agents' orders, and the market factor."""
    for change in ({"net": 4e5}, {"draws": {"factor": 0.9, "factor_angle": 0.01}}):
        added = [step(mode, **change) - step(mode) for mode in (PriceMode.MARKET, PriceMode.TRADERS)]
        assert added[0] == pytest.approx(added[1], abs=1e-12)
        assert added[0] > 0.01


def test_nothing_but_traders_brings_the_premium_back():
    """The default's premium decays by itself; here it falls by what fundamentalists sell, and stays when they don't."""
    rest = step(value_noise=0.0, trend_noise=0.0)
    noise = make_row(Volatility)
    # Half the variance of the factor's part is all that is left: no decay of a premium of ln 100.
    assert rest == pytest.approx(-0.5 * (noise.beta * noise.factor_sd) ** 2, abs=1e-9)
    assert step(gap=-0.5, value_noise=0.0, trend_noise=0.0) - rest == pytest.approx(-0.3 * 0.5 * 0.025 * 0.5, rel=1e-9)
    assert step(gap=-0.5, value_pull=0.0, value_noise=0.0, trend_noise=0.0) == rest


def test_the_mean_price_does_not_rise_by_noise():
    quiet = step(value_noise=0.0, trend_noise=0.0)
    assert step() - quiet == pytest.approx(-0.5 * plain(compute_sentiment_volatility)(0.5, make_row(Sentiment)) ** 2, abs=1e-12)


def test_a_move_of_the_whole_market_opens_no_gap():
    """After it fundamentalists see the price lower by as much as what they are used to."""
    state = make_row(SentimentState)
    moved = step(state=state, draws={"factor": 0.9, "factor_angle": 0.01}, value_noise=0.0, trend_noise=0.0)
    assert state.shift == pytest.approx(moved, rel=1e-12)
    assert moved > 0.01
    assert step(state=make_row(SentimentState, shift=0.2), gap=-0.2, value_noise=0.0) == step(value_noise=0.0)
