import math
from types import SimpleNamespace

import pytest
from hypothesis import given
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
from metalab.econ.market.pricing import read_claims
from metalab.protocol.fees.fees import compute_staker_share
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Table, make_defaults
from metalab.protocol.kernel.units import ONE_ERA
from tests.support import make_row

PARAMETERS = Table(Params, make_defaults(Params))[0]
MILLION = 1_000_000 * ONE_ERA


def value(**claims):
    today = make_row(FundamentalMetrics)
    usual = {"revenue": 1.4e6, "balances": 1e4, "supply": 1e9}
    plain(value_claims)(Claims(**(usual | claims)), make_row(Fundamental), today)
    return today


@pytest.mark.parametrize(("growth", "discount"), [(0.02, 0.3), (-0.1, 0.2), (0.1, 0.5)])
def test_a_flow_is_worth_the_sum_of_its_years(growth, discount):
    """Gordon's (1 + g) / (rho - g), against the years written out."""
    total = sum(((1.0 + growth) / (1.0 + discount)) ** year for year in range(1, 2_000))
    assert plain(compute_multiple)(make_row(Fundamental, growth=growth, discount=discount)) == pytest.approx(total, rel=1e-12)


def test_worth_is_the_sum_of_what_is_paid():
    today = value()
    assert today.worth_revenue_usd == pytest.approx(1.4e6 * 1.02 / 0.28 / 1e9, rel=1e-14)
    assert today.worth_balances_usd == pytest.approx(1e4 / 1e9, rel=1e-14)
    assert today.fundamental_usd == today.worth_revenue_usd + today.worth_balances_usd


@given(st.floats(1e3, 1e9), st.floats(1e6, 1e9), st.floats(0.1, 0.9))
def test_burning_raises_the_worth_by_the_share_of_supply_that_is_gone(revenue, supply, left):
    before, after = value(revenue=revenue, supply=supply), value(revenue=revenue, supply=supply * left)
    assert after.fundamental_usd * left == pytest.approx(before.fundamental_usd, rel=1e-12)


def read(circulating=0, slashed=0.0, reserve=0):
    """Claims of a world of 900M ERA to come, 150M of them out today, paid 2M USD a year; all amounts but USD in millions of ERA.

    So many more circulate than were released, and the protocol itself holds a reserve.
    """
    state = make_row(State)
    state.supply.ahead, state.supply.scheduled = 900 * MILLION, 150 * MILLION
    state.supply.effective, state.supply.withheld = (150 + circulating) * MILLION, reserve * MILLION
    state.fees.lasting_mean_usd, state.fundamental.slashed_usd = 2e6, slashed
    # No flow of policy takes a part of revenue.
    state.flows.kept = 1.0
    return plain(read_claims)(SimpleNamespace(state=[state], params=[PARAMETERS]))


def test_a_burned_token_has_no_share_in_the_claims():
    whole, burned = read(), read(circulating=-90)
    assert (whole.supply, burned.supply) == (9e8, 8.1e8)
    assert value(**burned._asdict()).fundamental_usd == pytest.approx(value(**whole._asdict()).fundamental_usd / 0.9, rel=1e-12)


def test_the_reserve_counts_with_the_part_that_is_expected_to_be_paid():
    before = read(reserve=300).supply
    assert before == 9e8 + 0.5 * 3e8
    assert read(reserve=280, circulating=20).supply == before + 0.5 * 20e6
    # A burn out of the treasury changes nobody's share but by what was expected of it.
    assert read(reserve=280).supply == before - 0.5 * 20e6


def test_slashing_lowers_what_stakers_are_paid_but_not_below_nothing():
    paid, slashed, ruined = read(), read(slashed=1e5), read(slashed=1e9)
    assert paid.revenue == 2e6 * plain(compute_staker_share)(PARAMETERS.fees) > 0.0
    assert slashed.revenue == pytest.approx(paid.revenue - 1e5, rel=1e-14)
    assert ruined.revenue == 0.0


def test_slashing_is_remembered_for_a_year():
    state = make_row(FundamentalState)
    for _ in range(3_000):
        plain(note_slashing)(state, 100.0)
    assert state.slashed_usd == pytest.approx(36_500.0, rel=1e-3)


def test_what_cannot_be_known_leaves_the_last_value_and_is_no_news():
    market = make_row(MarketState, fundamental=0.2)
    plain(update_fundamental)(market, value(supply=0.0).fundamental_usd, 1.0)
    assert (market.fundamental, market.news) == (0.2, 0.0)
    plain(update_fundamental)(market, 0.3, 2.0)
    assert (market.fundamental, market.sharing) == (0.3, 2.0)
    assert market.news == pytest.approx(math.log(1.5))
    # What a larger supply makes of it is told apart.
    plain(update_fundamental)(market, 0.1, 4.0)
    assert market.news_supply == pytest.approx(-math.log(2.0))


def test_the_first_valuation_is_no_news():
    market = make_row(MarketState)
    plain(update_fundamental)(market, 0.3, 1.0)
    assert (market.fundamental, market.news) == (0.3, 0.0)


def test_equation_of_exchange_balances():
    """M V = P T: supply x velocity x price = value settled in a year."""
    p = make_row(Fundamental)
    price = plain(compute_exchange_value)(15_000.0, 1.752e6, 148.5e6, p)
    assert 148.5e6 * 10.0 * price == pytest.approx(1.752e6 + 365 * 15_000 * 40.0, rel=1e-14)
    assert plain(compute_exchange_value)(15_000.0, 1.752e6, 0.0, p) == 0.0
