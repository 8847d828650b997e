"""Means and quantiles of lists that may be empty: then 0, as everywhere."""

from collections.abc import Iterable, Sequence

import numpy as np


def mean(values: Iterable[float]) -> float:
    """Arithmetic mean."""
    listed = list(values)
    return float(np.mean(listed)) if listed else 0.0


def quantile(values: Sequence[float], level: float) -> float:
    """Quantile, linear between neighbours."""
    return float(np.quantile(values, level)) if len(values) else 0.0


def share(part: float, whole: float) -> float:
    """A ratio; 0 without denominator."""
    return part / whole if whole else 0.0
