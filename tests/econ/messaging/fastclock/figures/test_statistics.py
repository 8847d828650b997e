"""Means and quantiles."""

from metalab.econ.messaging.fastclock.figures.statistics import mean, quantile, share


def test_nothing_is_zero() -> None:
    assert (mean([]), quantile([], 0.5), share(3.0, 0.0)) == (0.0, 0.0, 0.0)


def test_something() -> None:
    assert mean(iter([1.0, 2.0, 6.0])) == 3.0
    assert quantile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.5
    assert share(1.0, 4.0) == 0.25
