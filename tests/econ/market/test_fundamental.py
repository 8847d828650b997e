import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metalab.econ.kernel.records import Params, State
from metalab.econ.market.fundamental import (
    Claims,
    Fundamental,
    FundamentalMetrics,
    FundamentalState,
    compute_exchange_value,
    compute_multiple,
    note_slashing,
    update_fundamental,
    value_claims,
)
from metalab.econ.market.market import MarketState
from metalab.econ.market.pricing import compute_staker_share, read_claims
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Table, make_defaults
from metalab.protocol.kernel.units import ONE_ERA
from tests.support import make_row

PARAMETERS = Table(Params, make_defaults(Params))[0]


def value(**claims):
    today = make_row(FundamentalMetrics)
    usual = {"revenue": 1.4e6, "security": 0.0, "balances": 1e4, "growth": 0.02, "supply": 1e9}
    plain(value_claims)(Claims(**(usual | claims)), make_row(Fundamental), today)
    return today


def test_steady_growth_is_the_textbook_perpetuity():
    """Gordon: growth g for ever, first payment after one year of growth, is worth (1 + g) / (rho - g)."""
    assert plain(compute_multiple)(0.02, make_row(Fundamental)) == pytest.approx(1.02 / 0.28, rel=1e-14)


@pytest.mark.parametrize("years", [1, 5, 12])
def test_multiple_by_a_long_sum(years):
    """The same years written out: growth fades evenly over some years, then 2 % for ever."""
    growth, total, term = 0.25, 0.0, 1.0
    for year in range(600):
        pace = 0.02 + (growth - 0.02) * max(years - year, 0) / years
        term *= (1.0 + pace) / 1.3
        total += term
    assert plain(compute_multiple)(growth, make_row(Fundamental, growth_years=years)) == pytest.approx(total, rel=1e-12)


@given(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3))
def test_multiple_rises_with_growth(a, b):
    low, high = (plain(compute_multiple)(g, make_row(Fundamental)) for g in sorted((a, b)))
    assert low <= high


def test_worth_is_the_sum_of_what_is_paid():
    today = value(security=4e5)
    assert today.worth_revenue_usd == pytest.approx(1.4e6 * 1.02 / 0.28 / 1e9, rel=1e-14)
    assert today.worth_security_usd == pytest.approx(4e5 * 1.02 / 0.28 / 1e9, rel=1e-14)
    assert today.worth_balances_usd == pytest.approx(1e4 / 1e9, rel=1e-14)
    assert today.fundamental_usd == today.worth_revenue_usd + today.worth_security_usd + today.worth_balances_usd


@given(st.floats(1e3, 1e9), st.floats(1e6, 1e9), st.floats(0.1, 0.9))
def test_burning_raises_the_worth_by_the_share_of_supply_that_is_gone(revenue, supply, left):
    before, after = value(revenue=revenue, supply=supply), value(revenue=revenue, supply=supply * left)
    assert after.fundamental_usd * left == pytest.approx(before.fundamental_usd, rel=1e-12)


@given(st.floats(0.0, 1e9), st.floats(0.0, 1e9), st.floats(0.0, 1e9), st.floats(-0.2, 0.3), st.floats(1.0, 1e9))
@settings(deadline=None)
def test_each_claim_is_worth_what_it_is_worth_alone(revenue, security, balances, growth, supply):
    nothing = {"revenue": 0.0, "security": 0.0, "balances": 0.0, "growth": growth, "supply": supply}
    claims = {"revenue": revenue, "security": security, "balances": balances}
    alone = [value(**(nothing | {name: flow})).fundamental_usd for name, flow in claims.items()]
    assert value(**(nothing | claims)).fundamental_usd == pytest.approx(sum(alone), rel=1e-12)


def read(burned=0, slashed=0.0):
    """Claims of a world of 900M ERA to come, 150M of them out today, paid 2M USD a year."""
    state = make_row(State)
    state.supply.ahead, state.supply.scheduled = 900_000_000 * ONE_ERA, 150_000_000 * ONE_ERA
    state.supply.effective = state.supply.scheduled - burned
    state.fees.revenue_mean_usd, state.fundamental.slashed_usd = 2e6, slashed
    return plain(read_claims)(state, PARAMETERS)


def test_a_burned_token_has_no_share_in_the_claims():
    whole, burned = read(), read(burned=90_000_000 * ONE_ERA)
    assert (whole.supply, burned.supply) == (9e8, 8.1e8)
    assert value(**burned._asdict()).fundamental_usd == pytest.approx(value(**whole._asdict()).fundamental_usd / 0.9, rel=1e-12)


def test_slashing_lowers_what_stakers_are_paid_but_not_below_nothing():
    paid, slashed, ruined = read(), read(slashed=1e5), read(slashed=1e9)
    assert paid.revenue == 2e6 * plain(compute_staker_share)(PARAMETERS) > 0.0
    assert slashed.revenue == pytest.approx(paid.revenue - 1e5, rel=1e-14)
    assert ruined.revenue == 0.0
    lost = value(**paid._asdict()).fundamental_usd - value(**slashed._asdict()).fundamental_usd
    # The growth of a world that is not simulated is 0 and fades to 2 %.
    assert lost == pytest.approx(1e5 * plain(compute_multiple)(0.0, make_row(Fundamental)) / 9e8, rel=1e-9)


def test_slashing_is_remembered_for_a_year():
    state = make_row(FundamentalState)
    for _ in range(3_000):
        plain(note_slashing)(state, 100.0)
    assert state.slashed_usd == pytest.approx(36_500.0, rel=1e-3)


def test_what_cannot_be_known_leaves_the_last_value_and_is_no_news():
    market = make_row(MarketState, fundamental=0.2)
    plain(update_fundamental)(market, value(supply=0.0).fundamental_usd)
    assert (market.fundamental, market.news) == (0.2, 0.0)
    plain(update_fundamental)(market, 0.3)
    assert market.fundamental == 0.3
    assert market.news == pytest.approx(math.log(1.5))


def test_the_first_valuation_is_no_news():
    market = make_row(MarketState)
    plain(update_fundamental)(market, 0.3)
    assert (market.fundamental, market.news) == (0.3, 0.0)


def test_equation_of_exchange_balances():
    """M V = P T: supply x velocity x price = value settled in a year."""
    p = make_row(Fundamental)
    price = plain(compute_exchange_value)(15_000.0, 1.752e6, 148.5e6, p)
    assert 148.5e6 * 10.0 * price == pytest.approx(1.752e6 + 365 * 15_000 * 40.0, rel=1e-14)
    assert plain(compute_exchange_value)(15_000.0, 1.752e6, 0.0, p) == 0.0
