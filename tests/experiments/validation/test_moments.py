"""Moments, their intervals and coverage against oracles."""

import numpy as np
import pytest

from metalab.experiments.validation.finding import compute_autocorrelation
from metalab.experiments.validation.moments import (
    LAGS,
    NAMES,
    compute_coverage,
    compute_distance,
    compute_moments,
    compute_tail_index,
    find_moment_intervals,
)

NOISE = np.random.default_rng(1).standard_t(5, (3, 500)) * 0.03


def test_moments_are_those_of_their_definitions() -> None:
    moments = dict(zip(NAMES, compute_moments(NOISE).T, strict=True))
    assert moments["sd"] == pytest.approx(NOISE.std(axis=1))
    for lag in LAGS:
        # Over pairs, not over days: a factor of n / (n - lag), and the variance of the days that have one before them.
        expected = compute_autocorrelation(np.abs(NOISE), lag) * 500 / (500 - lag)
        assert moments[f"acf_size_{lag}"] == pytest.approx(expected, abs=0.03)


def test_the_tail_index_of_a_pareto_tail_comes_back() -> None:
    sizes = np.random.default_rng(2).pareto(3.0, (20, 5_000)) + 1.0
    assert compute_tail_index(sizes).mean() == pytest.approx(3.0, rel=0.05)


def test_scale_changes_the_spread_and_nothing_else() -> None:
    one, two = compute_moments(NOISE), compute_moments(2.0 * NOISE)
    assert two[:, 0] == pytest.approx(2.0 * one[:, 0])
    assert two[:, 1:] == pytest.approx(one[:, 1:])


def test_an_interval_holds_the_moments_it_was_made_from() -> None:
    intervals = find_moment_intervals(NOISE[0], draws=300)
    moments = compute_moments(NOISE[0])
    assert (intervals[0] < moments)[[0, 2, 3]].all()
    assert (moments < intervals[1])[[0, 2, 3]].all()


def test_coverage_counts() -> None:
    intervals = np.array([[0.0, 0.0], [1.0, 1.0]])
    cover = compute_coverage(np.array([[0.5, 0.5], [0.5, 2.0], [2.0, 2.0], [0.1, 0.9]]), intervals)
    assert cover.each.tolist() == [0.75, 0.5]
    assert cover.joint == 0.5
    assert compute_distance(np.array([[0.5, 0.5]]), np.array([0.5, 0.5]), intervals) == 0.0
