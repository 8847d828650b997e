"""Means, quantiles and how surely they are known. Everything is deterministic; sums are exactly rounded."""

from collections.abc import Sequence
from math import comb, fsum, sqrt
from typing import Any

LEVEL = 0.95
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
FEWEST = 6
"""Runs below which no order statistics enclose the median with 95 %."""


def compute_mean(values: Sequence[float]) -> float:
    """The arithmetic mean; 0 for no values."""
    return fsum(values) / len(values) if values else 0.0


def compute_deviation(values: Sequence[float]) -> float:
    """The sample standard deviation (n - 1); 0 for fewer than two values."""
    if len(values) < 2:
        return 0.0
    mean = compute_mean(values)
    return sqrt(fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def compute_half_width(values: Sequence[float]) -> float:
    """Half of Student's 95 % interval of the mean; 0 for fewer than two values, which tell nothing about it."""
    from scipy.special import stdtrit

    if len(values) < 2:
        return 0.0
    return float(stdtrit(len(values) - 1, 0.5 + LEVEL / 2)) * compute_deviation(values) / sqrt(len(values))


def compute_quantile(values: Sequence[float], share: float) -> float:
    """Linear interpolation between order statistics (Hyndman and Fan type 7)."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def find_median_interval(values: Sequence[float]) -> list[float]:
    """Order statistics that enclose the median with at least 95 %, whatever the distribution (binomial, exact).

    For fewer than six values no pair does: their range is returned.
    """
    ordered, n = sorted(values), len(values)
    below, k = 0, 0
    while n >= FEWEST and 2 * (below + comb(n, k)) <= (1 - LEVEL) * 2**n:
        below += comb(n, k)
        k += 1
    first = max(k - 1, 0)
    return [ordered[first], ordered[n - 1 - first]]


def find_share_interval(hits: float, n: int) -> list[float]:
    """Wilson's 95 % interval of a share `hits` / n."""
    z = 1.959963984540054
    if n == 0:
        return [0.0, 1.0]
    share = hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # The share itself lies inside; rounding must not put it outside.
    return [min(share, max(0.0, centre - half)), max(share, min(1.0, centre + half))]


def describe_sample(values: Sequence[float]) -> dict[str, Any]:
    """Mean with Student's interval, median with an exact one, deviation, range and quantiles of a sample."""
    mean, half = compute_mean(values), compute_half_width(values)
    return {
        "mean": mean,
        "interval": [mean - half, mean + half],
        "deviation": compute_deviation(values),
        "min": min(values),
        "max": max(values),
        "median_interval": find_median_interval(values),
        "quantiles": {f"{share:g}": compute_quantile(values, share) for share in QUANTILES},
    }
