"""The market factor of a panel, and what each token's returns are besides it."""

from typing import Any, NamedTuple

import numpy as np

from metalab.experiments.validation.finding import compute_autocorrelation, compute_excess_kurtosis

Values = np.ndarray[Any, np.dtype[np.float64]]
FEWEST_OTHERS = 5
"""Tokens whose median counts as the market; with fewer it is the price of one of them."""
LISTING_DAYS = 7
"""First returns of a token that are left out: days in which a listing finds its price, by tens of percent a day."""
FEWEST_DAYS = 60
"""Returns below which no regression is made."""


class Regression(NamedTuple):
    """Least squares of a token's returns on the market's, with a constant."""

    beta: float
    r_squared: float
    own_sd: float
    market_sd: float
    residuals: Values


class TokenMoments(NamedTuple):
    """One token: its regression and the shape of its own returns; an autocorrelation is that of absolute own returns at lag 1."""

    token: str
    days: int
    beta: float
    r_squared: float
    own_sd: float
    own_kurtosis: float
    own_clustering: float


def compute_factor(returns: Values, fewest: int = FEWEST_OTHERS) -> Values:
    """Median daily log return over tokens [days]; NaN where fewer than `fewest` have one."""
    known = np.isfinite(returns).sum(axis=1) >= fewest
    factor = np.full(len(returns), np.nan)
    factor[known] = np.nanmedian(returns[known], axis=1)
    return factor


def drop_listing(returns: Values, days: int = LISTING_DAYS) -> Values:
    """A copy in which each token's first `days` returns are unknown."""
    kept = returns.copy()
    for column in kept.T:
        column[np.flatnonzero(np.isfinite(column))[:days]] = np.nan
    return kept


def regress(token: Values, market: Values) -> Regression:
    """Regress a token on the market over the days that both are known."""
    both = np.isfinite(token) & np.isfinite(market)
    y, x = token[both] - token[both].mean(), market[both] - market[both].mean()
    beta = float(x @ y / (x @ x))
    residuals = y - beta * x
    own, total = float(residuals.std(ddof=1)), float(y.std(ddof=1))
    return Regression(beta, 1.0 - (own / total) ** 2, own, float(x.std(ddof=1)), residuals)


def align(returns: Values, column: int, listing_days: int = LISTING_DAYS) -> tuple[Values, Values]:
    """A token's returns after its listing week and the median of all *other* tokens on the same days, unknown days dropped."""
    market = compute_factor(np.delete(returns, column, axis=1))
    token = drop_listing(returns[:, [column]], listing_days)[:, 0]
    both = np.isfinite(token) & np.isfinite(market)
    return token[both], market[both]


def compute_own(returns: Values, column: int) -> Values:
    """A token's returns less beta times the market, centred; empty when too few days are known."""
    token, market = align(returns, column)
    return regress(token, market).residuals if len(token) >= FEWEST_DAYS else np.empty(0)


def describe_tokens(tokens: list[str], returns: Values) -> list[TokenMoments]:
    """Every token with enough days, in the panel's order."""
    found = []
    for column, name in enumerate(tokens):
        token, market = align(returns, column)
        if len(token) >= FEWEST_DAYS:
            fit = regress(token, market)
            clustering = float(compute_autocorrelation(np.abs(fit.residuals)))
            kurtosis = float(compute_excess_kurtosis(fit.residuals))
            found.append(TokenMoments(name, len(token), fit.beta, fit.r_squared, fit.own_sd, kurtosis, clustering))
    return found
