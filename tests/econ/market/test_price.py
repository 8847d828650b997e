import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.market.market import MarketState
from metalab.econ.market.price import (
    MarketDraws,
    Price,
    PriceMode,
    add_jump,
    compute_impact,
    compute_orders,
    compute_pull,
    open_pool,
    process_price,
    quote_pool,
    set_price,
    trade_pool,
)
from metalab.econ.market.volatility import Volatility
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA
from tests.support import make_row

CALM = {"tail_radius": 0.5, "tail_angle": 0.25, "volatility": 0.5, "factor": 0.5, "volume": 0.5, "orders": 0.5}
"""Draws of a day on which nothing happens: every normal is 0, the noise is 0 to rounding."""
FLOAT = 12_000_000 * ONE_ERA


def make_market(price=1.0, **values):
    return make_row(MarketState, **({"price": price, "price_mean": price, "fundamental": 1.0, "volume": 1e6} | values))


def step(market, net=0.0, day=0, pots=None, noise=None, draws=None, **parameters):
    """One day of the price; returns the log return."""
    d = make_row(MarketDraws, **(CALM | (draws or {})))
    pots = pots or make_row(Pots, market_float=FLOAT)
    plain(process_price)(market, pots, d, day, net, make_row(Price, **parameters), make_row(Volatility, **(noise or {})))
    return market.log_return


def test_impact_is_a_square_root_and_odd():
    impact = plain(compute_impact)
    assert impact(1.0, 100.0, 0.05) == pytest.approx(0.005, rel=1e-15)
    assert impact(4.0, 100.0, 0.05) == 2 * impact(1.0, 100.0, 0.05)
    assert impact(-3.0, 100.0, 0.05) == -impact(3.0, 100.0, 0.05)
    assert impact(0.0, 100.0, 0.05) == 0.0
    assert impact(5.0, 0.0, 0.05) == 0.0


def test_passing_impact_fades_and_leaves_the_lasting_part():
    market, p = make_market(), make_row(Price)
    total = 0.7 * 0.1 + plain(add_jump)(market, 0.1, p)
    assert total == pytest.approx(0.1, rel=1e-15)
    for _ in range(300):
        total += plain(add_jump)(market, 0.0, p)
    assert total == pytest.approx(0.07, rel=1e-12)


def test_an_order_moves_the_price_by_the_law_and_seven_tenths_of_it_last():
    """Y s sqrt(q / V) on the day, pi of it for ever; s is the total volatility of ECONOMY 23."""
    market = make_market()
    first = step(market, net=4e4, anchor=0)
    scale = math.sqrt(market.volatility**2 + (1.2 * 0.022) ** 2)
    assert first == pytest.approx(scale * math.sqrt(0.04), rel=1e-12)
    for _ in range(300):
        step(market, anchor=0)
    assert math.log(market.price) == pytest.approx(0.7 * first, rel=1e-9)


@pytest.mark.parametrize("opening", [0.2, 1.545, 7.0])
def test_without_noise_the_gap_closes_geometrically(opening):
    """ln P - ln F after t days is (1 - kappa)^t of what it was."""
    market = make_market(opening)
    for _ in range(60):
        step(market)
    assert math.log(market.price) == pytest.approx(0.99**60 * math.log(opening), abs=1e-12)


def test_anchor_does_not_pull_back_what_fades_by_itself():
    p = make_row(Price)
    assert plain(compute_pull)(make_market(1.2, jump=math.log(1.2)), 0, p) == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize("off", [{"anchor": 0}, {"kappa": 0.0}])
def test_anchor_can_be_switched_off(off):
    market = make_market(3.0)
    assert step(market, **off) == pytest.approx(0.0, abs=1e-15)


def test_exogenous_price_follows_its_path_and_no_order():
    market = make_market(1.545)
    quiet = {"order_noise": 0.0, "mode": int(PriceMode.EXOGENOUS), "kappa": 0.03, "path_drift": -0.01}
    for day in range(400):
        step(market, net=5e5, day=day, **quiet)
    lag = 0.01 / 0.03
    assert math.log(market.price) == pytest.approx(math.log(1.545) - 0.01 * 400 + lag, abs=1e-3)


@pytest.mark.parametrize("mode", list(PriceMode))
def test_every_mode_makes_a_price_and_says_how_orders_count(mode):
    bought, sold, idle = make_market(), make_market(), make_market()
    for market, net in ((bought, 1e5), (sold, -1e5), (idle, 0.0)):
        step(market, net=net, mode=int(mode))
    if mode in (PriceMode.MARKET, PriceMode.POOL):
        assert sold.price < idle.price < bought.price
    else:
        assert sold.price == idle.price == bought.price
    moved = make_market()
    step(moved, mode=int(mode), draws={"tail_radius": 0.05, "tail_angle": 0.01})
    assert moved.price > 1.02


@pytest.mark.parametrize("mode", [PriceMode.MARKET, PriceMode.POOL])
def test_impact_can_be_switched_off(mode):
    market = make_market()
    assert step(market, net=3e5, mode=int(mode), impact=0) == pytest.approx(0.0, abs=1e-9)


def test_unmodelled_orders_scale_with_volume():
    p = make_row(Price)
    assert plain(compute_orders)(0.0, 1e6, 0.975, p) == pytest.approx(0.03e6 * 1.959963984540054)
    assert plain(compute_orders)(7.0, 1e6, 0.5, p) == 7.0


def test_market_factor_moves_the_price_by_beta_and_can_be_switched_off():
    shock = {"factor": 0.975}
    assert step(make_market(), draws=shock) == pytest.approx(1.2 * 0.022 * 1.959963984540054, rel=1e-9)
    assert step(make_market(), draws=shock, market_factor_on=0) == pytest.approx(0.0, abs=1e-15)


def test_noise_goes_with_volatility_and_switches():
    far = {"tail_radius": 0.999}
    heavy = step(make_market(), draws=far | {"tail_angle": 0.0})
    normal = step(make_market(), draws=far, heavy_tails=0)
    wild = step(make_market(volatility_log=1.0), draws=far, heavy_tails=0)
    flat = step(make_market(volatility_log=1.0), draws=far, heavy_tails=0, volatility_clustering=0)
    assert heavy != normal
    assert wild == pytest.approx(normal * math.exp(0.97), rel=1e-12)
    assert flat == step(make_market(), draws=far, heavy_tails=0, volatility_clustering=0)


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
    price = plain(trade_pool)(pots, net, 2.0, make_row(Price))
    assert price == pytest.approx(2.0 * (4e6 / (4e6 - net)) ** 2, rel=1e-9)
    assert pots.pool * pots.pool_usd == pytest.approx(4e12 * 8e6, rel=1e-12)
    assert price == plain(quote_pool)(pots)


@given(st.floats(-2e7, 2e7), st.floats(0.01, 100.0))
def test_pool_makes_no_token_and_no_money(net, price):
    pots = make_pool()
    tokens = pots.market_float + pots.pool
    p = make_row(Price)
    result = plain(trade_pool)(pots, net, price, p)
    assert pots.market_float + pots.pool == tokens
    assert pots.pool_usd + pots.outside_usd == pytest.approx(0.0, abs=1e-6)
    assert pots.market_float >= 0
    assert pots.pool >= 4_000_000 * ONE_ERA * p.pool_limit
    assert 0.0 < result < math.inf


def test_outsiders_bring_the_pool_to_the_market_price():
    pots = make_pool()
    assert plain(trade_pool)(pots, 0.0, 3.0, make_row(Price)) == pytest.approx(3.0, rel=1e-12)


def test_without_a_pool_the_price_is_the_outsiders():
    pots = make_row(Pots)
    plain(open_pool)(pots, 1.0, make_row(Price))
    assert plain(trade_pool)(pots, 5.0, 1.25, make_row(Price)) == 1.25
