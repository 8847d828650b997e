"""Intervals against independent formulas and exact enumeration."""

from itertools import product
from math import comb, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from metalab.experiments.studies.intervals import (
    compute_deviation,
    compute_half_width,
    compute_mean,
    compute_quantile,
    describe_sample,
    find_median_interval,
    find_share_interval,
)

SAMPLE = [3.0, 1.0, 4.0, 1.5, 5.0, 9.0, 2.0, 6.0]
VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40)


def test_mean_and_deviation_of_a_small_sample() -> None:
    assert compute_mean([1.0, 2.0, 3.0, 6.0]) == 3.0
    assert compute_deviation([1.0, 2.0, 3.0, 6.0]) == pytest.approx((14 / 3) ** 0.5)
    assert compute_mean([]) == compute_deviation([7.0]) == 0.0


def test_interval_of_the_mean_is_students() -> None:
    low, high = stats.t.interval(0.95, len(SAMPLE) - 1, loc=compute_mean(SAMPLE), scale=stats.sem(SAMPLE))
    half = compute_half_width(SAMPLE)
    assert compute_mean(SAMPLE) - half == pytest.approx(low)
    assert compute_mean(SAMPLE) + half == pytest.approx(high)


def test_equal_values_leave_no_doubt() -> None:
    assert compute_half_width([0.0] * 5) == 0.0
    assert compute_half_width([3.0]) == 0.0


@given(VALUES, st.floats(0, 1))
def test_quantile_lies_between_its_neighbours(values: list[float], share: float) -> None:
    quantile = compute_quantile(values, share)
    assert min(values) <= quantile <= max(values)
    assert sum(value <= quantile for value in values) >= share * (len(values) - 1)


def test_quantiles_of_eleven_values_are_the_values() -> None:
    values = [float(k * k) for k in range(11)]
    assert [compute_quantile(values, k / 10) for k in range(11)] == pytest.approx(values)


@pytest.mark.parametrize("n", [6, 7, 12, 16, 25, 64])
def test_median_interval_covers_with_the_binomial_probability_and_no_narrower_one_does(n: int) -> None:
    low, high = find_median_interval([float(k) for k in range(n)])
    assert low + high == n - 1

    def miss(first: int) -> float:
        return 2 * sum(comb(n, k) for k in range(first + 1)) / 2**n

    assert miss(int(low)) <= 0.05 < miss(int(low) + 1)


def test_median_interval_of_few_values_is_their_range() -> None:
    assert find_median_interval([2.0, 9.0, 4.0]) == [2.0, 9.0]


def test_coverage_of_the_median_by_enumeration() -> None:
    # Every sample of eight signs around a median of 0, each equally likely.
    covered = 0
    for signs in product((-1.0, 1.0), repeat=8):
        values = [sign * (k + 1) for k, sign in enumerate(signs)]
        low, high = find_median_interval(values)
        covered += low < 0 < high
    assert covered / 2**8 >= 0.95


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (10, 10), (3, 16), (8.5, 17), (500, 1000)])
def test_share_interval_is_wilsons(hits: float, n: int) -> None:
    low, high = find_share_interval(hits, n)
    z = stats.norm.ppf(0.975)
    # Its ends solve (p - share)^2 = z^2 p (1 - p) / n.
    for p in (low, high):
        assert isclose((p - hits / n) ** 2, z * z * p * (1 - p) / n, rel_tol=1e-9, abs_tol=1e-12)
    assert 0.0 <= low <= hits / n <= high <= 1.0


def test_share_of_nothing_is_unknown() -> None:
    assert find_share_interval(0, 0) == [0.0, 1.0]


def test_description_holds_what_it_says() -> None:
    described = describe_sample(SAMPLE)
    assert (described["min"], described["max"]) == (1.0, 9.0)
    assert described["quantiles"]["0.5"] == pytest.approx(3.5)
    assert sum(described["interval"]) == pytest.approx(2 * described["mean"])
