"""The statistics of a panel as rows: name, value, interval, how it was found."""

import csv
import io
from typing import Any, NamedTuple

import numpy as np

from metalab.experiments.errors import ProblemError
from metalab.experiments.validation.finding import compute_autocorrelation, compute_excess_kurtosis
from metalab.experiments.validation.panel import clustering
from metalab.experiments.validation.panel.ages import QUANTILES, AgeRow
from metalab.experiments.validation.panel.bootstrap import Values, bootstrap
from metalab.experiments.validation.panel.factor import align, compute_factor, compute_own, describe_tokens, regress
from metalab.experiments.validation.panel.regimes import fit_phases
from metalab.experiments.validation.panel.table import PricePanel

MARKET_TAILS = 8.0
"""Degrees of freedom of the noise in which phases are looked for: what the factor's kurtosis gives, 4 + 6 / kurtosis."""


class Row(NamedTuple):
    """One statistic with its 95 % interval."""

    name: str
    value: float
    low: float
    high: float
    days: int
    method: str


def describe_token(panel: PricePanel, token: str) -> list[Row]:
    """One token's beta, R2, own and market spread, with the days resampled in blocks."""
    y, x = align(panel.returns, panel.tokens.index(token))
    fit = regress(y, x)
    rows = []
    for name in ("beta", "r_squared", "own_sd", "market_sd"):
        low, high = bootstrap(lambda days, name=name: float(getattr(regress(y[days], x[days]), name)), len(y))  # type: ignore[misc]
        rows.append(
            Row(f"{token.lower()}_{name}", getattr(fit, name), low, high, len(y), "regression on the median of the others; blocks of days")
        )
    return rows


def describe_factor(factor: Values) -> list[Row]:
    """The market factor's spread, tails, memory and drift."""
    days, method = len(factor), "median of the tokens; blocks of days"
    statistics: dict[str, Any] = {
        "factor_sd": lambda k: factor[k].std(ddof=1),
        "factor_kurtosis": lambda k: compute_excess_kurtosis(factor[k]),
        "factor_drift": lambda k: factor[k].mean(),
        "factor_acf_return_1": lambda k: compute_autocorrelation(factor[k]),
        "factor_acf_size_1": lambda k: compute_autocorrelation(np.abs(factor[k])),
    }
    every = np.arange(days)
    rows = [Row(name, float(get(every)), *bootstrap(get, days), days, method) for name, get in statistics.items()]
    return rows + describe_clustering([factor - factor.mean()], "factor") + describe_phases(factor)


def describe_phases(factor: Values) -> list[Row]:
    """Bull and bear: half the distance of the drifts, the stay, and what two phases add to the likelihood of one."""
    fit, method, days = fit_phases(factor, MARKET_TAILS), "likelihood grid, within 1.92 of the best", len(factor)
    gain = Row("phase_gain", fit.gain, np.nan, np.nan, days, "log likelihood of two phases over one")
    return [Row("phase_gap", fit.best.gap, *fit.gaps, days, method), Row("phase_stay", fit.best.stay, *fit.stays, days, method), gain]


def describe_clustering(series: list[Values], prefix: str) -> list[Row]:
    """Persistence and shock of log volatility and the tails; of one series by the grid's weight, of several over series."""
    scanned = clustering.scan(series)
    best, days = clustering.find_best(scanned.sum(axis=1)), sum(map(len, series))
    rows = []
    for name in ("persistence", "innovation", "tail_df"):
        one = len(series) == 1
        low, high = clustering.weigh(scanned[:, 0], name) if one else clustering.resample(scanned, name)
        method = "likelihood grid, flat prior" if one else "likelihood grid; tokens resampled"
        rows.append(Row(f"{prefix}_{name}", float(getattr(best, name)), low, high, days, method))
    return rows


def describe_cross_section(panel: PricePanel) -> list[Row]:
    """Median over tokens of beta and of the own returns' moments; low and high are the quartiles."""
    found = describe_tokens(panel.tokens, panel.returns)
    rows, days = [], sum(token.days for token in found)
    for name in ("beta", "r_squared", "own_sd", "own_kurtosis", "own_clustering"):
        low, middle, high = np.quantile([getattr(token, name) for token in found], (0.25, 0.5, 0.75)).tolist()
        rows.append(Row(f"tokens_{name}", middle, low, high, days, f"median and quartiles of {len(found)} tokens"))
    return rows


def describe_panel(panel: PricePanel, token: str = "ERA") -> list[Row]:
    """Every statistic of the panel. Raises `ProblemError` when it is too short or too narrow for a market."""
    if not describe_tokens(panel.tokens, panel.returns):
        raise ProblemError("--panel: no token has 67 daily returns on days with five others; give a longer or wider panel")
    factor = compute_factor(panel.returns)
    own = [values for k in range(len(panel.tokens)) if len(values := compute_own(panel.returns, k))]
    rows = describe_factor(factor[np.isfinite(factor)]) + describe_cross_section(panel) + describe_clustering(own, "own")
    known = token in panel.tokens and len(compute_own(panel.returns, panel.tokens.index(token)))
    return describe_token(panel, token) + rows if known else rows


def write_rows(rows: list[Row], source: str = "") -> str:
    """Statistics as CSV."""
    return _write(["statistic", "value", "low", "high", "days", "method"], [list(row) for row in rows], source)


def write_ages(ages: list[AgeRow], source: str = "") -> str:
    """The reference class as CSV."""
    head = ["age_days", "tokens", *(f"q{int(100 * share):02d}" for share in QUANTILES)]
    return _write(head, [[row.age, row.tokens, *row.quantiles] for row in ages], source)


def _write(head: list[str], rows: list[list[Any]], source: str) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*head, "source"] if source else head)
    for row in rows:
        cells = [("" if np.isnan(cell) else f"{cell:.4g}") if isinstance(cell, float) else cell for cell in row]
        writer.writerow([*cells, source] if source else cells)
    return text.getvalue()
