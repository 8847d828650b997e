import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.market.market import MarketState
from metalab.econ.market.volume import Volume, advance_volume, compute_volume
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row

CIRCULATING = 148.5e6


def test_listing_day_turns_the_supply_over_several_times():
    """An ordinary return counts .7, which leaves level x exp(shift): (.22 + 4.78) x exp(-.16)."""
    volume = plain(compute_volume)(CIRCULATING, 0, 0.0, 0.035, make_row(Volume))
    assert volume == pytest.approx(CIRCULATING * 5.0 * math.exp(-0.16), rel=1e-14)


def test_listing_wears_off():
    p = make_row(Volume)
    days = [plain(compute_volume)(CIRCULATING, age, 0.0, 0.035, p) / CIRCULATING for age in (0, 3, 35, 1_000)]
    assert days[0] > days[1] > 1.2 > 0.35 > days[2] > 0.12
    assert days[3] == pytest.approx(0.22 * math.exp(-0.16), rel=1e-12)


def test_response_to_returns_is_even_and_bounded():
    p = make_row(Volume)
    up, down, crash = (plain(compute_volume)(1.0, 100, 0.0, r, p) for r in (0.05, -0.05, -5.0))
    assert up == down
    assert crash == plain(compute_volume)(1.0, 100, 0.0, 0.15, p) == pytest.approx(up * math.exp(0.25 * 2.0), rel=1e-14)


def test_surge_fades_by_its_persistence():
    market = make_row(MarketState, surge=1.0)
    plain(advance_volume)(market, 0.5, CIRCULATING, 0.0, 50, make_row(Volume))
    assert market.surge == 0.85


@given(st.floats(0.0, 1e9), st.floats(0.0, 1e9), st.floats(0.001, 0.999), st.floats(-1.0, 1.0))
def test_volume_is_never_below_what_agents_traded(reported, gross, u, log_return):
    market = make_row(MarketState, log_return=log_return)
    plain(advance_volume)(market, u, reported, gross, 10, make_row(Volume))
    assert market.volume >= gross
    assert math.isfinite(market.volume)
