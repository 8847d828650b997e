import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metalab.econ.market.market import MarketState
from metalab.econ.market.premium import Premium, PremiumForm, compute_decay, compute_news_return, compute_premium
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


@pytest.mark.parametrize("form", list(PremiumForm))
@pytest.mark.parametrize("after", [0.25, 0.5, 0.8])
def test_news_pass_in_proportion_or_by_their_own_amount(form, after):
    """A worth of .5 at a price of 2 becomes `after`."""
    market = make_row(MarketState, price=2.0, fundamental=after, news=math.log(after / 0.5))
    price = 2.0 * math.exp(plain(compute_news_return)(market, make_row(Premium, form=int(form))))
    assert price == pytest.approx({PremiumForm.PROPORTIONAL: 4.0 * after, PremiumForm.ABSOLUTE: 1.5 + after}[form], rel=1e-12)


def test_news_leave_a_price():
    market = make_row(MarketState, price=0.5, fundamental=0.01, news=math.log(0.01 / 2.0))
    assert plain(compute_news_return)(market, make_row(Premium, form=int(PremiumForm.ABSOLUTE))) == pytest.approx(math.log(0.01))
