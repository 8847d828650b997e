"""Prices made by fundamentalists and chartists: closed forms, scale, and what herding does."""

import numpy as np
import pytest

from metalab.experiments.validation.finding import compute_autocorrelation
from metalab.experiments.validation.herding import (
    PACE,
    PUBLISHED,
    WARM_UP,
    Herding,
    Target,
    draw_noise,
    estimate,
    judge,
    sample_moments,
    simulate_herding,
)
from metalab.experiments.validation.moments import compute_moments, find_moment_intervals

QUIET = PUBLISHED._replace(sigma_f=0.0, sigma_c=0.0)


def test_without_noise_a_price_at_worth_stays() -> None:
    returns, shares = simulate_herding(QUIET, draw_noise(20, 2))
    assert not returns.any()
    # With no gap the share solves n = 1 / (1 + exp(-(predisposition + herding (2 n - 1)))).
    appeal = QUIET.predisposition + QUIET.herding * (2.0 * shares - 1.0)
    assert shares == pytest.approx(1.0 / (1.0 + np.exp(-appeal)), abs=1e-6)


def test_one_push_follows_the_map() -> None:
    """A shock on the last day but one of the warm-up returns by chi and phi at the rest share, to first order in the gap."""
    p = Herding(2.0, 3.0, 0.0, 0.0, 0.0, 1e-3, 0.0)
    noise = np.zeros((WARM_UP + 3, 2, 1))
    noise[WARM_UP, 0] = 1.0
    returns = simulate_herding(p, noise)[0][:, 0]
    push = PACE * 0.5 * 1e-3
    assert returns[0] == pytest.approx(push, rel=1e-12)
    assert returns[1] == pytest.approx(PACE * 0.5 * (-2.0 * push + 3.0 * push), rel=1e-9)


def test_shares_stay_between_none_and_all() -> None:
    returns, shares = simulate_herding(PUBLISHED, draw_noise(400, 20))
    assert np.isfinite(returns).all()
    assert ((shares > 0.0) & (shares < 1.0)).all()


def test_a_rescaled_process_is_the_same_at_another_scale() -> None:
    noise = draw_noise(50, 3)
    one, two = simulate_herding(PUBLISHED, noise), simulate_herding(PUBLISHED.rescale(2.0), noise)
    assert two[0] == pytest.approx(2.0 * one[0], rel=1e-9)
    assert two[1] == pytest.approx(one[1], rel=1e-9)


def test_clusters_come_from_the_choice_and_go_with_it() -> None:
    noise = draw_noise(1_500, 8)
    choosing = np.abs(simulate_herding(PUBLISHED, noise)[0].T)
    fixed = np.abs(simulate_herding(PUBLISHED._replace(herding=0.0, misalignment=0.0), noise)[0].T)
    assert compute_autocorrelation(choosing, 10).mean() > 0.1
    assert abs(compute_autocorrelation(fixed, 10).mean()) < 0.03


def test_the_estimate_meets_what_it_was_made_from() -> None:
    p = PUBLISHED.rescale(5.0)
    series = simulate_herding(p, draw_noise(500, 1, seed=3))[0][:, 0]
    target = Target(compute_moments(series), find_moment_intervals(series, draws=200), 500)
    found, distance = estimate(target, rounds=6, points=30, samples=6)
    assert sample_moments(found, 500, 20).shape == (20, 9)
    middle = float(judge(np.array([[1.0, 4.0, 0.0, 1.1, 200.0, 3.5, 15.0]]), target, draw_noise(500, 6))[0])
    assert distance < middle
