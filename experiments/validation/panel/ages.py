"""Reference class: what tokens were worth at an age, relative to the close of their first full day."""

from typing import NamedTuple

import numpy as np

from metalab.experiments.validation.panel.bootstrap import Values
from metalab.experiments.validation.panel.table import PricePanel

AGES = (7, 30, 60, 90, 120, 180, 240)
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
EARLIER = ("ARB", "AXL", "ACX", "METIS")
"""Tokens of the fitted panel that had traded elsewhere for months before its first bar (public launch dates): no listing is seen."""


class AgeRow(NamedTuple):
    """Quantiles of the log price at an age in days, over `tokens` tokens that have reached it."""

    age: int
    tokens: int
    quantiles: tuple[float, ...]


def align_ages(panel: PricePanel, earlier: tuple[str, ...] = EARLIER) -> Values:
    """Log price [tokens, ages] relative to the first full day, the second bar; the first bar is a part of a day."""
    columns = [k for k, token in enumerate(panel.tokens) if token not in earlier]
    table = np.full((len(columns), len(panel.days)), np.nan)
    for row, column in zip(table, columns, strict=True):
        start = int(panel.first_rows[column]) + 1
        path = np.log(panel.close[start:, column])
        row[: len(path)] = path - path[0] if len(path) else path
    return table


def describe_ages(panel: PricePanel, ages: tuple[int, ...] = AGES) -> list[AgeRow]:
    """Quantiles at each age that some token has reached."""
    table = align_ages(panel)
    reached = [(age, table[np.isfinite(table[:, age]), age]) for age in ages if age < table.shape[1]]
    return [AgeRow(age, len(values), tuple(np.quantile(values, QUANTILES).tolist())) for age, values in reached if len(values)]
