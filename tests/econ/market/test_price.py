import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metalab.econ.market.impact import Impact, ImpactState
from metalab.econ.market.market import MarketState
from metalab.econ.market.premium import Premium
from metalab.econ.market.price import (
    POOL_LIMIT,
    Flow,
    MarketDraws,
    Price,
    PriceContext,
    PriceMode,
    open_pool,
    process_price,
    quote_pool,
    set_price,
    trade_pool,
)
from metalab.econ.market.sentiment import Sentiment, SentimentState
from metalab.econ.market.volatility import Phase, Volatility
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA
from tests.support import make_row

CALM = {"tail_radius": 0.5, "tail_angle": 0.5, "volatility": 0.5, "factor": 0.5, "factor_angle": 0.5, "volume": 0.5, "phase": 0.5}
"""Draws of a day on which nothing happens to a market with normal noise."""
QUIET = {"phase": int(Phase.FLAT), "heavy_tails": 0, "sigma": 0.0, "beta": 0.0}
FLOAT = 12_000_000 * ONE_ERA


def make_market(price=1.0, **values):
    return make_row(MarketState, **({"price": price, "price_mean": price, "fundamental": price, "volume": 1e6} | values))


def step(market, net=0.0, state=None, pots=None, noise=None, premium=None, draws=None, impact=None, **parameters):
    """One day of the price; returns the log return."""
    d = make_row(MarketDraws, **(CALM | (draws or {})))
    context = PriceContext(
        market,
        state or make_row(ImpactState),
        pots or make_row(Pots, market_float=FLOAT),
        make_row(Price, **parameters),
        make_row(Volatility, **(QUIET | (noise or {}))),
        make_row(Premium, **(premium or {})),
        make_row(Impact, **(impact or {})),
        make_row(SentimentState),
        make_row(Sentiment),
        0.0,
    )
    plain(process_price)(context, d, Flow(net, 1e6, 1e8, 12e6))
    return market.log_return


def test_without_noise_news_and_orders_the_price_stays():
    assert step(make_market(3.0)) == 0.0


@pytest.mark.parametrize("news", [-0.2, 0.0, 0.1])
def test_news_of_worth_move_a_price_that_is_all_worth_in_proportion(news):
    # The worth is in force already: a price of 1 was all worth before the news.
    market = make_market(fundamental=math.exp(news), news=news)
    assert step(market, premium={"half_life_years": 1e9}) == pytest.approx(news, abs=1e-9)


def test_a_premium_that_does_not_follow_stays_in_usd():
    worth = 0.5 * math.exp(1e-4)
    market = make_market(2.0, fundamental=worth, news=1e-4)
    step(market, premium={"follow": 0.0, "half_life_years": 1e9})
    assert market.price - worth == pytest.approx(1.5, abs=1e-8)


@given(st.floats(-0.5, 0.5))
@settings(deadline=None)
def test_a_premium_that_follows_in_full_stays_in_logs(news):
    market = make_market(2.0, fundamental=0.5 * math.exp(news), news=news)
    step(market, premium={"follow": 1.0, "half_life_years": 1e9})
    assert market.price / market.fundamental == pytest.approx(4.0, rel=1e-9)


def test_the_premium_decays_but_not_what_orders_will_take_back():
    market = make_market(1.0, fundamental=0.5)
    decay = math.log(2.0) * math.log(2.0) / (20.0 * 365.0)
    assert step(market) == pytest.approx(-decay, rel=1e-6)
    state = make_row(ImpactState, passing=math.log(2.0))
    explained = step(make_market(1.0, fundamental=0.5), state=state, impact={"acting": 0})
    assert explained == pytest.approx(0.0, abs=1e-15)


def test_an_alarm_is_forgotten_and_gives_the_price_back():
    state = make_row(ImpactState, alarm=math.log(0.5))
    market = make_market(0.5, fundamental=1.0)
    for _ in range(60):
        step(market, state=state, premium={"half_life_years": 1_000.0})
    assert state.alarm == pytest.approx(math.log(0.5) / 2, rel=1e-12)
    assert market.price == pytest.approx(0.5**0.5, rel=1e-3)


def test_exogenous_price_follows_its_path_and_no_order():
    market = make_market(1.545)
    for _ in range(100):
        step(market, net=5e5, mode=int(PriceMode.EXOGENOUS), path_drift=-0.01)
    assert math.log(market.price) == pytest.approx(math.log(1.545) - 1.0, rel=1e-9)


@pytest.mark.parametrize("mode", list(PriceMode))
def test_every_mode_makes_a_price_and_says_how_orders_count(mode):
    bought, sold, idle = make_market(), make_market(), make_market()
    for market, net in ((bought, 1e5), (sold, -1e5), (idle, 0.0)):
        step(market, net=net, mode=int(mode))
    if mode != PriceMode.EXOGENOUS:
        assert sold.price < idle.price < bought.price
    else:
        assert sold.price == idle.price == bought.price == 1.0
    moved = make_market()
    step(moved, mode=int(mode), noise={"sigma": 0.03}, draws={"tail_radius": 0.99})
    assert moved.price > 1.02


@pytest.mark.parametrize("mode", [PriceMode.MARKET, PriceMode.POOL])
def test_impact_can_be_switched_off(mode):
    assert step(make_market(), net=3e5, mode=int(mode), impact={"acting": 0}) == pytest.approx(0.0, abs=1e-9)


def test_market_factor_moves_the_price_by_beta():
    up = step(make_market(), draws={"factor": 0.975}, noise={"beta": 0.86})
    assert up == pytest.approx(0.86 * 0.043 * 1.959963984540054 - 0.5 * (0.86 * 0.043) ** 2, rel=1e-9)


def test_noise_goes_with_volatility():
    far = {"tail_radius": 0.999}
    calm = make_market()
    wild = make_market(volatility_log=1.0)
    step(calm, draws=far, noise={"sigma": 0.03})
    step(wild, draws=far, noise={"sigma": 0.03})
    assert wild.volatility == pytest.approx(calm.volatility * math.exp(0.97), rel=1e-12)
    assert wild.log_return > calm.log_return > 0.0


def test_means_take_in_the_day_that_ends():
    market = make_market(2.0, price_mean=1.0, momentum=0.01)
    plain(set_price)(market, 4.0, make_row(Price))
    assert market.price == 4.0
    assert market.price_mean == pytest.approx(1.0 + 2 / 31, rel=1e-15)
    assert market.log_return == math.log(4.0) - math.log(2.0)
    assert market.momentum == pytest.approx(0.01 + 2 / 21 * (math.log(2.0) - 0.01), rel=1e-15)


def make_pool(price=2.0, era=4_000_000, float_era=8_000_000):
    pots = make_row(Pots, market_float=(era + float_era) * ONE_ERA)
    plain(open_pool)(pots, price, make_row(Price, pool_era=era * ONE_ERA))
    return pots


@pytest.mark.parametrize("net", [-1_000_000.0, -1.0, 0.0, 1.0, 1_000_000.0])
def test_pool_keeps_its_product(net):
    """Buying n out of a reserve E moves the price from P to P (E / (E - n))^2."""
    pots = make_pool()
    price = plain(trade_pool)(pots, net, 2.0)
    assert price == pytest.approx(2.0 * (4e6 / (4e6 - net)) ** 2, rel=1e-9)
    assert pots.pool * pots.pool_usd == pytest.approx(4e12 * 8e6, rel=1e-12)
    assert price == plain(quote_pool)(pots)


@given(st.floats(-2e7, 2e7), st.floats(0.01, 100.0))
def test_pool_makes_no_token_and_no_money(net, price):
    pots = make_pool()
    tokens = pots.market_float + pots.pool
    result = plain(trade_pool)(pots, net, price)
    assert pots.market_float + pots.pool == tokens
    assert pots.pool_usd + pots.outside_usd == pytest.approx(0.0, abs=1e-6)
    assert pots.market_float >= 0
    assert pots.pool >= 4_000_000 * ONE_ERA * POOL_LIMIT
    assert 0.0 < result < math.inf


def test_outsiders_bring_the_pool_to_the_market_price():
    pots = make_pool()
    assert plain(trade_pool)(pots, 0.0, 3.0) == pytest.approx(3.0, rel=1e-12)


def test_without_a_pool_the_price_is_the_outsiders():
    pots = make_row(Pots)
    plain(open_pool)(pots, 1.0, make_row(Price))
    assert plain(trade_pool)(pots, 5.0, 1.25) == 1.25
