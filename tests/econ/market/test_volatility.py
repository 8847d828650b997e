import math

import numpy as np
import pytest

from metalab.econ.market.market import MarketState
from metalab.econ.market.volatility import (
    Volatility,
    advance_factor,
    advance_volatility,
    compute_impact_scale,
    compute_log_variance,
    draw_shock,
)
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row

MIDDLE = 0.5


def test_log_variance_is_that_of_an_autoregression():
    p = make_row(Volatility)
    assert plain(compute_log_variance)(p) == pytest.approx(sum((0.13 * 0.97**k) ** 2 for k in range(2_000)), rel=1e-12)


def test_volatility_has_its_mean_and_switching_clusters_off_keeps_its_root_mean_square():
    p = make_row(Volatility)
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    spread = math.sqrt(plain(compute_log_variance)(p))
    sigmas = []
    for node in nodes:
        market = make_row(MarketState, volatility_log=spread * float(node) / 0.97)
        plain(advance_volatility)(market, MIDDLE, p, 1)
        sigmas.append(market.volatility)
    assert float(weights @ np.array(sigmas)) == pytest.approx(0.041, rel=1e-9)
    calm = make_row(MarketState)
    plain(advance_volatility)(calm, 0.9, p, 0)
    assert calm.volatility == pytest.approx(math.sqrt(float(weights @ np.array(sigmas) ** 2)), rel=1e-9)


def test_volatility_remembers():
    p = make_row(Volatility)
    market = make_row(MarketState, volatility_log=1.0)
    plain(advance_volatility)(market, MIDDLE, p, 1)
    assert market.volatility_log == 0.97
    assert market.volatility == 0.041 * math.exp(0.97 - plain(compute_log_variance)(p) / 2)


@pytest.mark.parametrize(("u", "v", "expected"), [(1e-9, 0.0, 12.0), (1e-9, 0.5, -12.0)])
def test_heavy_noise_is_bounded(u, v, expected):
    assert plain(draw_shock)(u, v, make_row(Volatility), 1) == expected


def test_normal_noise_ignores_the_angle():
    p = make_row(Volatility)
    assert plain(draw_shock)(0.975, 0.1, p, 0) == plain(draw_shock)(0.975, 0.9, p, 0) == pytest.approx(1.959963984540054)


def test_factor_halves_in_its_half_life_and_reports_its_change():
    p = make_row(Volatility, factor_half_life=10.0)
    market = make_row(MarketState, factor=0.8)
    for _ in range(10):
        before = market.factor
        plain(advance_factor)(market, MIDDLE, p)
        assert market.factor_change == market.factor - before
    assert market.factor == pytest.approx(0.4, rel=1e-12)


def test_factor_drifts_in_bull_and_bear():
    bull, bear = make_row(MarketState), make_row(MarketState)
    plain(advance_factor)(bull, MIDDLE, make_row(Volatility, factor_drift=0.0015))
    plain(advance_factor)(bear, MIDDLE, make_row(Volatility, factor_drift=-0.0015))
    assert bull.factor == 0.0015 == -bear.factor


def test_impact_scale_adds_variances():
    assert plain(compute_impact_scale)(0.03, 2.0, make_row(Volatility, factor_sd=0.02)) == pytest.approx(0.05, rel=1e-15)
