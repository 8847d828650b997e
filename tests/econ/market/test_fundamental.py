import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.market.fundamental import (
    Fundamental,
    compute_exchange_value,
    compute_fundamental,
    compute_multiple,
    compute_premium,
    compute_secured_share,
    update_fundamental,
)
from metalab.econ.market.market import MarketState
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row


def test_steady_growth_is_the_textbook_perpetuity():
    """Gordon: growth g for ever, first payment after one year of growth, is worth (1 + g) / (rho - g)."""
    assert plain(compute_multiple)(0.02, make_row(Fundamental)) == pytest.approx(1.02 / 0.28, rel=1e-14)


@pytest.mark.parametrize("years", [1, 5, 12])
def test_multiple_by_a_long_sum(years):
    """The same years written out: growth fades evenly over some years, then 2 % for ever."""
    growth, value, term = 0.25, 0.0, 1.0
    for year in range(600):
        pace = 0.02 + (growth - 0.02) * max(years - year, 0) / years
        term *= (1.0 + pace) / 1.3
        value += term
    assert plain(compute_multiple)(growth, make_row(Fundamental, growth_years=years)) == pytest.approx(value, rel=1e-12)


@given(st.floats(-5.0, 5.0), st.floats(-5.0, 5.0))
def test_multiple_rises_with_growth_and_believes_30_percent_at_most(a, b):
    p = make_row(Fundamental)
    low, high = (plain(compute_multiple)(g, p) for g in sorted((a, b)))
    assert low <= high
    assert plain(compute_multiple)(-0.3, p) <= low
    assert high <= plain(compute_multiple)(0.3, p)


def test_spread_is_never_below_its_bound():
    """With rho - g below the bound the perpetuity counts as if it were at it."""
    p = make_row(Fundamental, discount=0.2, growth_end=0.1, spread_min=0.5, growth_limit=0.3)
    quotient = 1.1 / 1.2
    expected = sum(quotient**k for k in range(1, 6)) + quotient**5 * 1.1 / 0.5
    assert plain(compute_multiple)(0.1, p) == pytest.approx(expected, rel=1e-14)


def test_fundamental_adds_revenue_and_convenience():
    p = make_row(Fundamental)
    value = plain(compute_fundamental)(1.752e6, 0.02, 400e6, 160e6, 1.0, p)
    assert value == pytest.approx((0.9 * 1.752e6 * 1.02 / 0.28 + 0.05 * 400e6) / 160e6, rel=1e-14)


@given(st.floats(1.0, 1e9), st.floats(0.0, 1e10), st.floats(1e3, 1e9), st.floats(0.5, 4.0))
def test_fundamental_is_money_per_token(revenue, secured, supply, scale):
    p = make_row(Fundamental)
    once = plain(compute_fundamental)(revenue, 0.1, secured, supply, 1.0, p)
    assert plain(compute_fundamental)(revenue * scale, 0.1, secured * scale, supply, 1.0, p) == pytest.approx(once * scale)
    assert plain(compute_fundamental)(revenue, 0.1, secured, supply * scale, 1.0, p) == pytest.approx(once / scale)


@pytest.mark.parametrize(("locked", "expected"), [(0.0, 1.0), (30.0, 0.7**-0.5), (70.0, 0.3**-0.5), (99.0, 0.3**-0.5)])
def test_premium_of_locked_supply(locked, expected):
    assert plain(compute_premium)(locked, 100.0, make_row(Fundamental)) == pytest.approx(expected, rel=1e-14)


def test_premium_without_supply_is_one():
    assert plain(compute_premium)(5.0, 0.0, make_row(Fundamental)) == 1.0


def test_what_cannot_be_known_leaves_the_last_value():
    market = make_row(MarketState, fundamental=0.2)
    p = make_row(Fundamental)
    plain(update_fundamental)(market, plain(compute_fundamental)(1e6, 0.0, 1e8, 0.0, 1.0, p))
    plain(update_fundamental)(market, plain(compute_fundamental)(0.0, 0.0, 0.0, 1e8, 1.0, p))
    plain(update_fundamental)(market, plain(compute_exchange_value)(15_000.0, 1e6, 0.0, p))
    assert market.fundamental == 0.2
    plain(update_fundamental)(market, 0.3)
    assert market.fundamental == 0.3


def test_equation_of_exchange_balances():
    """M V = P T: supply x velocity x price = value settled in a year."""
    p = make_row(Fundamental)
    price = plain(compute_exchange_value)(15_000.0, 1.752e6, 148.5e6, p)
    assert 148.5e6 * 10.0 * price == pytest.approx(1.752e6 + 365 * 15_000 * 400.0 * 0.1, rel=1e-14)
    assert math.isfinite(price)


def test_the_part_of_value_secured_is_what_is_left_without_revenue():
    p = make_row(Fundamental)
    whole = plain(compute_fundamental)(1.6e6, 0.1, 4e8, 1.5e8, 1.2, p)
    secured = plain(compute_fundamental)(0.0, 0.1, 4e8, 1.5e8, 1.2, p)
    assert plain(compute_secured_share)(1.6e6, 0.1, 4e8, p) == pytest.approx(secured / whole, rel=1e-12)
    assert plain(compute_secured_share)(0.0, 0.1, 0.0, p) == 0.0
