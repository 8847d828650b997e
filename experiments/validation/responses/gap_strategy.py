"""A strategy that trades on the gap between price and fundamental, with the cost of its own orders."""

import numpy as np

from metalab.experiments.validation.responses.ensembles import PairedRuns
from metalab.experiments.validation.responses.entry import Values
from metalab.experiments.validation.responses.figures import SETTLED

YEAR = 365
SHARE = 0.01
"""Share of a day's volume that a full position is."""
MEMORY = 60
"""Days over which the usual gap and the usual volatility are known at first; they grow to all days so far."""


def measure_sharpe(ensemble: PairedRuns, is_relative: bool) -> Values:
    """Yearly Sharpe ratio of one run each, from day 30 on, after impact.

    The position is long where the price is below the fundamental and short where it is above (`is_relative`: where the gap is wider or
    narrower than it has been so far, in standard deviations, at most a full position). It is known in the morning, held for a day.
    """
    gap = np.log(ensemble.get("fundamental_usd") / ensemble.get("price_usd"))
    returns = np.diff(np.log(ensemble.get("price_usd")), axis=1)
    position = (weigh(gap) if is_relative else np.sign(gap))[:, :-1]
    # Simple returns: who is short earns by them, and not by logs, whose mean falls with the variance.
    earned = position * np.expm1(returns) - charge(position, returns)
    kept = earned[:, SETTLED:]
    spread = kept.std(axis=1, ddof=1)
    return np.asarray(np.divide(kept.mean(axis=1), spread, out=np.zeros_like(spread), where=spread > 0) * np.sqrt(YEAR))


def weigh(gap: Values) -> Values:
    """The gap against its mean so far in standard deviations, within -1 to 1; nothing in the first days."""
    count = np.arange(1, gap.shape[1] + 1)
    mean = np.cumsum(gap, axis=1) / count
    variance = np.maximum(np.cumsum(gap**2, axis=1) / count - mean**2, 0.0)
    score = np.divide(gap - mean, np.sqrt(variance), out=np.zeros_like(gap), where=variance > 0)
    score[:, :MEMORY] = 0.0
    return np.clip(score, -1.0, 1.0)


def charge(position: Values, returns: Values) -> Values:
    """Cost of each day's order: Y = 1 daily volatility so far x sqrt(order / volume), a full position being 1 % of volume.

    The square root is that of large orders (Toth and others 2011); it is charged on the part of the position that changes hands.
    """
    order = np.abs(np.diff(position, axis=1, prepend=0.0))
    count = np.arange(1, returns.shape[1] + 1)
    # Known in the morning: the volatility up to yesterday.
    squares = np.concatenate([returns[:, :1] ** 2, np.cumsum(returns**2, axis=1)[:, :-1]], axis=1)
    volatility = np.sqrt(squares / np.maximum(count - 1, 1))
    return np.asarray(order * volatility * np.sqrt(SHARE * order))
