"""Statistics of the validation tables against independent oracles, and their form."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from metalab.experiments.validation.finding import (
    Finding,
    compute_autocorrelation,
    compute_excess_kurtosis,
    compute_wilson,
    show_spread,
    write_table,
)
from metalab.experiments.validation.laboratory import Laboratory
from metalab.experiments.validation.patterns import get_lives


def make_noise(rows: int = 3, columns: int = 500) -> np.ndarray:  # type: ignore[type-arg]
    """Something uneven without a random generator."""
    k = np.arange(rows * columns).reshape(rows, columns)
    return np.sin(k * 12.9898) * 43758.5453 % 1.0 + 0.3 * np.sin(k / 7)


def test_kurtosis_is_scipys() -> None:
    values = make_noise()
    assert compute_excess_kurtosis(values) == pytest.approx(stats.kurtosis(values, axis=1), rel=1e-12)


def test_autocorrelation_is_that_of_its_definition() -> None:
    values = make_noise(1, 200)[0]
    centred = values - values.mean()
    expected = sum(centred[k] * centred[k + 1] for k in range(199)) / sum(x * x for x in centred)
    assert float(compute_autocorrelation(values[None])[0]) == pytest.approx(expected, rel=1e-12)
    assert float(compute_autocorrelation(values[None])[0]) == pytest.approx(pd.Series(values).autocorr(), abs=0.02)


def test_what_never_varies_has_no_autocorrelation() -> None:
    assert compute_autocorrelation(np.ones((2, 50))).tolist() == [0.0, 0.0]
    assert compute_excess_kurtosis(np.ones((2, 50))).tolist() == [-3.0, -3.0]


@pytest.mark.parametrize(("hits", "count"), [(0, 20), (1, 20), (18, 20), (20, 20), (350, 1000)])
def test_the_interval_of_a_share_is_wilsons(hits: int, count: int) -> None:
    expected = stats.binomtest(hits, count).proportion_ci(method="wilson")
    assert compute_wilson(hits, count) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_a_spread_names_median_and_both_ends() -> None:
    assert show_spread(range(101)) == "50 [5, 95]"


def test_a_failing_check_is_said_to_fail_and_empty_columns_are_left_out() -> None:
    table = write_table([Finding("1", "x", "> 0", "-1", False, 5), Finding("2", "y", "any", "none", None, 0)])
    assert "FAILS" in table
    assert "not judged" in table
    assert "mechanism off" not in table
    assert "mechanism off" in write_table([Finding("1", "x", "> 0", "1", True, 5, without="0")])


def test_a_laboratory_simulates_each_ensemble_once_and_pairs_them() -> None:
    lab = Laboratory("minimal", runs=2, days=5)
    base = lab.simulate()
    assert base is lab.simulate()
    assert base.rows.shape[:2] == (2, 5)
    same = lab.simulate({"fees.message_fee_usd": 0.30})
    assert same is not base
    assert same.rows.tobytes() == base.rows.tobytes()
    assert lab.simulate({"fees.message_fee_usd": 0.60}).rows.tobytes() != base.rows.tobytes()
    assert len(base.table("nodes")) == 2


def test_lives_of_rollups_are_those_of_the_table() -> None:
    """`validate` reads them out of worlds at their end: every row in use, none of the empty ones."""
    ensemble = Laboratory("minimal", runs=2, days=3).simulate()
    for k in range(2):
        assert len(get_lives(ensemble, k).entry) == 3
