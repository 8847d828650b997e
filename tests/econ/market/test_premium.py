import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metalab.econ.market.market import MarketState
from metalab.econ.market.premium import Premium, compute_decay, compute_news_return, compute_premium, take_news
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row


def test_the_premium_is_the_log_of_price_over_worth():
    assert plain(compute_premium)(make_row(MarketState, price=2.0, fundamental=0.5)) == pytest.approx(math.log(4.0))


@given(st.floats(1e-4, 1e3), st.floats(1e-4, 1e3))
@settings(deadline=None)
def test_price_is_worth_times_the_premium(price, worth):
    """ln P = ln F + b."""
    premium = plain(compute_premium)(make_row(MarketState, price=price, fundamental=worth))
    assert worth * math.exp(premium) == pytest.approx(price, rel=1e-12)


@pytest.mark.parametrize(("years", "start"), [(2, 3.0), (20, -1.0)])
def test_it_halves_in_its_half_life(years, start):
    p, premium = make_row(Premium, half_life_years=float(years)), start
    for _ in range(365 * years):
        premium += plain(compute_decay)(premium, p)
    assert premium == pytest.approx(start / 2, rel=1e-3)


@pytest.mark.parametrize("follow", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("after", [0.25, 0.5, 0.8])
def test_the_premium_follows_the_news_in_part(follow, after):
    """A worth of .5 at a price of 2 becomes `after`."""
    market = make_row(MarketState, price=2.0, fundamental=after, news=math.log(after / 0.5))
    price = 2.0 * math.exp(plain(compute_news_return)(market, make_row(Premium, follow=follow)))
    assert price == pytest.approx(after + 1.5 * (after / 0.5) ** follow, rel=1e-12)


@pytest.mark.parametrize("follow", [0.0, 0.25, 1.0])
def test_a_larger_supply_shares_worth_and_premium_alike(follow):
    shared = -math.log(1.1)
    market = make_row(MarketState, price=2.0, fundamental=0.5 / 1.1, news=shared, news_supply=shared)
    assert plain(compute_news_return)(market, make_row(Premium, follow=follow)) == pytest.approx(shared)


def test_a_price_below_the_worth_follows_it_in_full():
    market = make_row(MarketState, price=0.5, fundamental=1.0, news=math.log(0.5))
    assert plain(compute_news_return)(market, make_row(Premium, follow=0.0)) == pytest.approx(math.log(0.5))


def test_news_leave_a_price():
    market = make_row(MarketState, price=0.5, fundamental=1e-5, news=math.log(1e-5 / 2.0))
    assert plain(compute_news_return)(market, make_row(Premium)) == pytest.approx(math.log(0.01))


@pytest.mark.parametrize("follow", [0.0, 0.25, 1.0])
def test_what_news_do_to_the_log_premium_surprises_nobody(follow):
    market = make_row(MarketState, price=2.0, fundamental=0.25, news=math.log(0.5), premium_usual=math.log(4.0))
    change = plain(take_news)(market, make_row(Premium, follow=follow))
    assert market.premium_usual == pytest.approx(math.log(2.0 * math.exp(change) / 0.25))
