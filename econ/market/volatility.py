"""What the market brings of its own: clustered volatility, heavy tails and a market-wide factor (ECONOMY 24)."""

import math

from metalab.econ.kernel.chance.distributions import normal, student_t
from metalab.econ.market.market import MarketState
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, parameter
from metalab.protocol.kernel.units import clip, safe_exp

_SOURCE = "ECONOMY 24"
"""Source of the defaults."""


class Volatility(Record):
    """Noise of the market."""

    sigma: float = parameter(
        0.041, 0.0, 0.5, unit="1", source=_SOURCE, owner="nature", doc="Mean daily volatility of the token's own noise."
    )
    persistence: float = parameter(
        0.97, 0.0, 0.999, unit="1", source=_SOURCE, owner="nature", doc="Share of log volatility left after a day."
    )
    innovation: float = parameter(0.13, 0.0, 0.5, unit="1", source=_SOURCE, owner="nature", doc="Daily shock of log volatility.")
    tail_df: float = parameter(
        4.5,
        2.5,
        100.0,
        unit="1",
        source=_SOURCE,
        owner="nature",
        doc="Degrees of freedom of the return noise; smaller is heavier.",
    )
    tail_limit: float = parameter(12.0, 3.0, 100.0, unit="1", source=_SOURCE, owner="nature", doc="Largest noise in standard deviations.")
    factor_half_life: float = parameter(
        365.0, 10.0, 10_000.0, unit="day", source=_SOURCE, owner="nature", doc="Half-life of the market factor."
    )
    factor_sd: float = parameter(0.022, 0.0, 0.1, unit="1", source=_SOURCE, owner="nature", doc="Daily shock of the market factor.")
    factor_drift: float = parameter(
        0.0,
        -0.0015,
        0.0015,
        unit="1/day",
        source=_SOURCE,
        owner="nature",
        doc="Drift of the market factor: bull above 0, bear below.",
    )


@rule
def compute_log_variance(p: Volatility) -> float:
    """Stationary variance of log volatility."""
    return p.innovation * p.innovation / (1.0 - p.persistence * p.persistence)


@rule
def advance_volatility(market: MarketState, u: float, p: Volatility, is_clustered: int) -> None:
    """Today's sigma = sigma0 * exp(v - var / 2) with v' = persistence * v + innovation * n.

    Without clustering it is constant, at the same root mean square: sigma0 * exp(var / 2).
    """
    market.volatility_log = p.persistence * market.volatility_log + p.innovation * normal(u)
    half = 0.5 * compute_log_variance(p)
    market.volatility = p.sigma * safe_exp(market.volatility_log - half if is_clustered == 1 else half)


@rule
def draw_shock(u: float, v: float, p: Volatility, is_heavy: int) -> float:
    """Return noise of variance 1: Student's t, bounded; or normal."""
    if is_heavy == 0:
        return normal(u)
    return clip(student_t(u, v, p.tail_df), -p.tail_limit, p.tail_limit)


@rule
def advance_factor(market: MarketState, u: float, p: Volatility) -> None:
    """One day of the market factor m (log, AR(1)) and its change."""
    # What its half-life leaves of the factor after a day.
    left = safe_exp(-math.log(2.0) / p.factor_half_life)
    after = left * market.factor + p.factor_drift + p.factor_sd * normal(u)
    market.factor_change = after - market.factor
    market.factor = after


@rule
def compute_impact_scale(volatility: float, beta: float, p: Volatility) -> float:
    """s of the impact law: total daily volatility, the token's own and the factor's (ECONOMY 23)."""
    shared = beta * p.factor_sd
    return math.sqrt(volatility * volatility + shared * shared)
