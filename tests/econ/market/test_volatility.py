import math

import numpy as np
import pytest

from metalab.econ.market.market import MarketState
from metalab.econ.market.volatility import (
    Phase,
    Volatility,
    advance_factor,
    advance_phase,
    advance_volatility,
    compute_log_variance,
    compute_noise_return,
    compute_usual_volatility,
    draw_shock,
    open_phase,
)
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row

MIDDLE = 0.5
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(60)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
"""Gauss-Hermite: expectations over a standard normal."""


def test_log_variance_is_that_of_an_autoregression():
    p = make_row(Volatility)
    assert plain(compute_log_variance)(p) == pytest.approx(sum((0.13 * 0.97**k) ** 2 for k in range(2_000)), rel=1e-12)


def test_volatility_has_its_mean_and_switching_clusters_off_keeps_its_root_mean_square():
    p = make_row(Volatility)
    spread = math.sqrt(plain(compute_log_variance)(p))
    sigmas = []
    for node in NODES:
        market = make_row(MarketState, volatility_log=spread * float(node) / 0.97)
        plain(advance_volatility)(market, MIDDLE, p)
        sigmas.append(market.volatility)
    assert float(WEIGHTS @ np.array(sigmas)) == pytest.approx(0.031, rel=1e-9)
    calm = make_row(MarketState)
    plain(advance_volatility)(calm, 0.9, make_row(Volatility, clustering=0))
    assert calm.volatility == pytest.approx(math.sqrt(float(WEIGHTS @ np.array(sigmas) ** 2)), rel=1e-9)


@pytest.mark.parametrize(("u", "v", "expected"), [(1e-9, 0.0, 12.0), (1e-9, 0.5, -12.0)])
def test_heavy_noise_is_bounded(u, v, expected):
    assert plain(draw_shock)(u, v, make_row(Volatility)) == expected


def test_normal_noise_ignores_the_angle():
    p = make_row(Volatility, heavy_tails=0)
    assert plain(draw_shock)(0.975, 0.1, p) == plain(draw_shock)(0.975, 0.9, p) == pytest.approx(1.959963984540054)


@pytest.mark.parametrize(("phase", "drift"), [(Phase.BULL, 0.0015), (Phase.BEAR, -0.0015), (Phase.FLAT, 0.0)])
def test_the_factor_drifts_with_its_phase(phase, drift):
    p, market = make_row(Volatility, phase=int(phase)), make_row(MarketState)
    plain(open_phase)(market, 0.99, p)
    for _ in range(3):
        plain(advance_phase)(market, 0.0, p)
        plain(advance_factor)(market, 0.0, p)
    assert market.phase == phase
    assert market.factor == pytest.approx(3 * drift)
    assert market.factor_change == drift


def test_random_phases_open_evenly_and_change_with_their_mean_length():
    p = make_row(Volatility, phase_days=100.0)
    low, high = make_row(MarketState), make_row(MarketState)
    plain(open_phase)(low, 0.49, p)
    plain(open_phase)(high, 0.51, p)
    assert (low.phase, high.phase) == (Phase.BULL, Phase.BEAR)
    plain(advance_phase)(low, 0.0101, p)
    assert low.phase == Phase.BULL
    plain(advance_phase)(low, 0.0099, p)
    assert low.phase == Phase.BEAR
    plain(advance_phase)(low, 0.0099, p)
    assert low.phase == Phase.BULL


@pytest.mark.parametrize("beta", [0.0, 0.86, 2.0])
def test_nobody_can_expect_a_gain_from_noise(beta):
    """E exp(r) = 1 over the normal own noise and the normal factor."""
    p = make_row(Volatility, beta=beta, phase=int(Phase.FLAT))
    total = 0.0
    for shared, weight in zip(NODES, WEIGHTS, strict=True):
        market = make_row(MarketState, volatility=0.05)
        plain(advance_factor)(market, float(shared), p)
        own = [math.exp(plain(compute_noise_return)(market, float(node), p)) for node in NODES]
        total += float(weight) * float(WEIGHTS @ np.array(own))
    assert total == pytest.approx(1.0, abs=1e-5)


def test_the_factor_can_be_switched_off():
    market = make_row(MarketState, volatility=0.0, factor_change=0.1)
    assert plain(compute_noise_return)(market, 1.0, make_row(Volatility, beta=0.0)) == 0.0


def test_usual_volatility_adds_variances():
    assert plain(compute_usual_volatility)(2.0, make_row(Volatility, sigma=0.03, factor_sd=0.02)) == pytest.approx(0.05, rel=1e-15)
