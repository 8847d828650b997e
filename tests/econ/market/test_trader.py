import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metalab.econ.market.exchange import Exchange, ExchangeState
from metalab.econ.market.market import MarketState
from metalab.econ.market.trader import (
    TraderContext,
    TraderDraws,
    TraderKind,
    TraderRow,
    Traders,
    TradersMetrics,
    TradersState,
    choose_kind,
    compute_gap,
    compute_trade,
    compute_wealth,
    compute_weight,
    pick_kind,
    trader_day,
    update_profit,
)
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA
from tests.support import make_row

PLENTY = 10**15
"""A supply with room for any position."""
CALM = {"pace": 0.5, "mood": 0.5, "review": 0.99, "explore": 0.99, "choice": 0.5, "bias": 0.5}


def make_trader(kind, balance=40_000, usd=60_000.0, **values):
    return make_row(TraderRow, **({"kind": int(kind), "balance": balance * ONE_ERA, "usd": usd, "opening_wealth": 1e5} | values))


def live(trader, price=1.0, crowd=None, market=None, draws=None, **parameters):
    """A trader's day; returns its shared accounts and the day's metrics."""
    market = make_row(MarketState, **({"price": price, "fundamental": price} | (market or {})))
    pots, today = make_row(Pots, market_float=10**13), make_row(TradersMetrics)
    desk = make_row(ExchangeState, opening_float=10**13)
    d, p = make_row(TraderDraws, **(CALM | (draws or {}))), make_row(Traders, **parameters)
    floor = TraderContext(p, market, crowd or make_row(TradersState), desk, pots, make_row(Exchange), today, PLENTY, 4)
    plain(trader_day)(trader, d, floor)
    return pots, today


def test_weights_by_the_book():
    p = make_row(Traders)
    weight = plain(compute_weight)
    assert weight(TraderKind.FUNDAMENTALIST, 0.0, 9.0, 0.0, p) == 0.5
    assert weight(TraderKind.FUNDAMENTALIST, -1.0, 9.0, 0.2, p) == 0.5 + 0.35 * math.tanh(-0.8)
    assert weight(TraderKind.CHARTIST, 9.0, 0.0, 0.0, p) == 0.4
    assert weight(TraderKind.CHARTIST, 9.0, -0.012, 0.1, p) == 0.4 + 0.4 * math.tanh(-0.9)
    assert weight(TraderKind.NOISE, 9.0, 9.0, 0.25, p) == 0.65


@given(st.floats(0.01, 10.0), st.floats(-3.0, 5.0))
@settings(deadline=None)
def test_the_usual_premium_is_no_gap(worth, usual):
    """A fundamentalist takes what people are used to pay above the worth for fair, and half of it for ln 2 too low."""
    market, fair = make_row(MarketState, fundamental=worth, premium_usual=usual), worth * math.exp(usual)
    assert plain(compute_gap)(market, fair) == pytest.approx(0.0, abs=1e-12)
    assert plain(compute_gap)(market, fair / 2) == pytest.approx(math.log(2.0), abs=1e-12)
    market.fundamental = worth * 1.1
    assert plain(compute_gap)(market, fair) == pytest.approx(math.log(1.1), abs=1e-12)


@given(st.sampled_from(list(TraderKind)), st.floats(-50, 50), st.floats(-5, 5), st.floats(-5, 5))
def test_weights_allow_no_debt_and_no_short(kind, gap, momentum, opinion):
    assert 0.0 <= plain(compute_weight)(kind, gap, momentum, opinion, make_row(Traders)) <= 1.0


@pytest.mark.parametrize(("kind", "pace"), [(TraderKind.FUNDAMENTALIST, 0.06), (TraderKind.CHARTIST, 0.06), (TraderKind.NOISE, 0.012)])
def test_trade_goes_part_of_the_way(kind, pace):
    """On an average draw a trader closes `pace` of the distance between its holding and its target."""
    market = make_row(MarketState, price=2.0, fundamental=2.0)
    weight = 0.5 if kind == TraderKind.FUNDAMENTALIST else 0.4
    trader = make_trader(kind, balance=10_000, usd=80_000.0)
    wanted = plain(compute_trade)(trader, make_row(TraderDraws, **CALM), market, PLENTY, make_row(Traders))
    assert wanted == pytest.approx(pace * (weight * 100_000 / 2.0 - 10_000) * 1e6, rel=1e-12)


@given(
    st.sampled_from(list(TraderKind)), st.integers(0, 10**6), st.floats(0, 1e7), st.floats(1e-3, 50), st.floats(0.001, 0.999),
    st.floats(0.001, 0.999), st.floats(-3, 3),
)  # fmt: skip
def test_trading_makes_no_debt_no_token_and_no_money(kind, balance, usd, price, pace, mood, bias):
    trader = make_trader(kind, balance=balance, usd=usd, bias=bias, opening_wealth=0.0)
    wealth = plain(compute_wealth)(trader, price)
    pots, today = live(trader, price, draws={"pace": pace, "mood": mood}, pace=0.15)
    assert trader.usd >= 0.0
    assert trader.balance >= 0
    assert trader.balance + pots.market_float == balance * ONE_ERA + 10**13
    assert trader.usd + pots.outside_usd == pytest.approx(usd, rel=1e-12, abs=1e-9)
    assert plain(compute_wealth)(trader, price) == pytest.approx(wealth, rel=1e-12)
    assert today.traders_gross_era * 1e6 == pytest.approx(abs(trader.balance - balance * ONE_ERA), abs=1e-3)


@pytest.mark.parametrize(("balance", "room"), [(0, 500.0), (400, 100.0), (500, 0.0), (90_000, 0.0)])
def test_no_trader_builds_up_more_than_the_limit(balance, room):
    market = make_row(MarketState, price=1.0, fundamental=1.0)
    trader = make_trader(TraderKind.FUNDAMENTALIST, balance=balance, usd=1e6)
    wanted = plain(compute_trade)(trader, make_row(TraderDraws, **CALM), market, 10**6 * ONE_ERA, make_row(Traders))
    assert wanted == pytest.approx(room * ONE_ERA, abs=1.0)


def test_one_with_more_than_the_limit_may_still_sell():
    market = make_row(MarketState, price=1.0, fundamental=1.0)
    trader = make_trader(TraderKind.FUNDAMENTALIST, balance=90_000, usd=0.0)
    assert plain(compute_trade)(trader, make_row(TraderDraws, **CALM), market, 1, make_row(Traders)) == pytest.approx(-2.7e9)


def test_a_bankrupt_trader_is_replaced_with_outside_money():
    trader = make_trader(TraderKind.CHARTIST, balance=1_000, usd=999.0)
    pots, today = live(trader, draws={"choice": 0.9, "bias": 0.975, "review": 0.0})
    assert today.traders_replaced == 1.0
    assert trader.kind == TraderKind.NOISE
    assert trader.bias == pytest.approx(0.3 * 1.959963984540054)
    assert plain(compute_wealth)(trader, 1.0) == pytest.approx(1e5, rel=1e-12)
    assert trader.usd + pots.outside_usd == pytest.approx(999.0)


def test_a_poor_trader_goes_on():
    trader = make_trader(TraderKind.CHARTIST, balance=1_000, usd=1_000.0)
    assert live(trader)[1].traders_replaced == 0.0


def test_types_are_counted_as_shares():
    for kind, name in zip(TraderKind, ("fundamentalists_share", "chartists_share", "noise_traders_share"), strict=True):
        today = live(make_trader(kind))[1]
        assert getattr(today, name) == 0.25
        assert today.fundamentalists_share + today.chartists_share + today.noise_traders_share == 0.25


def get_shares(profit):
    crowd, p = make_row(TradersState, profit=profit), make_row(Traders)
    picks = [plain(choose_kind)((k + 0.5) / 10_000, crowd, p) for k in range(10_000)]
    return [picks.count(kind) / 10_000 for kind in range(3)]


def test_choice_without_a_record_costs_the_chartist():
    cost = math.exp(-0.3)
    assert get_shares([0.0, 0.0, 0.0]) == pytest.approx([1 / (2 + cost), cost / (2 + cost), 1 / (2 + cost)], abs=2e-4)


@pytest.mark.parametrize("winner", range(3))
def test_no_type_is_chosen_by_more_than_four_in_five(winner):
    """e / (e + 2 / e) = .787 however large the profit."""
    profit = [-9.0, -9.0, -9.0]
    profit[winner] = 9.0
    assert get_shares(profit)[winner] == pytest.approx(math.e / (math.e + 2 / math.e), abs=2e-4)


def test_review_follows_profit_or_chance():
    crowd = make_row(TradersState, profit=[5.0, -5.0, -5.0])
    follower, explorer, content = (make_trader(TraderKind.CHARTIST) for _ in range(3))
    live(follower, crowd=crowd, draws={"review": 0.01, "choice": 0.7})
    live(explorer, crowd=crowd, draws={"review": 0.01, "explore": 0.05, "choice": 0.7})
    live(content, crowd=crowd, draws={"review": 0.03, "choice": 0.7})
    assert (follower.kind, explorer.kind, content.kind) == (TraderKind.FUNDAMENTALIST, TraderKind.NOISE, TraderKind.CHARTIST)


@pytest.mark.parametrize(("u", "kind"), [(0.001, 0), (0.333, 0), (0.334, 1), (0.667, 2), (0.999999, 2)])
def test_any_type_is_picked_with_equal_chance(u, kind):
    assert plain(pick_kind)(u) == kind


def test_profit_is_weight_times_return_in_volatilities():
    crowd = make_row(TradersState, profit=[0.0, 0.0, 0.1])
    market = make_row(MarketState, log_return=-0.1, volatility=0.05)
    plain(update_profit)(crowd, market, 0.0, 0.012, make_row(Traders))
    weight = 2 / 91
    assert crowd.profit[0] == pytest.approx(weight * 0.5 * -2.0, rel=1e-12)
    assert crowd.profit[1] == pytest.approx(weight * (0.4 + 0.4 * math.tanh(1.0)) * -2.0, rel=1e-12)
    assert crowd.profit[2] == pytest.approx(0.1 + weight * (0.4 * -2.0 - 0.1), rel=1e-12)


def test_a_market_without_noise_leaves_no_record():
    crowd = make_row(TradersState)
    plain(update_profit)(crowd, make_row(MarketState, log_return=0.1), 0.0, 0.0, make_row(Traders))
    assert list(crowd.profit) == [0.0, 0.0, 0.0]
