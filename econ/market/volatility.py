"""What the market brings of its own: clustered volatility, heavy tails, and a market factor with bull and bear phases.

The factor and the token's exposure to it are fitted to a panel of tokens (docs/data/panel_statistics.csv), so that the price can
fall with the market and not for a reason made up. Noise has no drift: the expected price of tomorrow is that of today.
"""

import math
from enum import IntEnum

from metalab.econ.kernel.chance.distributions import normal, student_t
from metalab.econ.market.market import MarketState
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, choice, parameter, switch
from metalab.protocol.kernel.units import clip, safe_exp

_PANEL = "data/panel_statistics.csv"
"""Source of what is fitted to the panel."""


class Phase(IntEnum):
    """Which phases the market goes through."""

    RANDOM = 0
    BULL = 1
    BEAR = 2
    FLAT = 3


class Volatility(Record):
    """Noise of the market."""

    beta: float = parameter(0.86, 0.0, 2.0, unit="1", source=_PANEL + ": ERA .86", owner="nature", doc="Response to the market factor.")
    sigma: float = parameter(
        0.031, 0.0, 0.08, unit="1", source=_PANEL + ": own daily volatility of ERA .031", owner="nature",
        doc="Mean daily volatility of the token's own noise.",
    )  # fmt: skip
    persistence: float = parameter(
        0.97, 0.0, 0.999, unit="1", source="ECONOMY 24", owner="nature", doc="Share of log volatility left after a day."
    )
    innovation: float = parameter(0.13, 0.0, 0.5, unit="1", source="ECONOMY 24", owner="nature", doc="Daily shock of log volatility.")
    tail_df: float = parameter(
        4.5, 2.5, 100.0, unit="1", source="ECONOMY 24", owner="nature", doc="Degrees of freedom of all noise; smaller is heavier."
    )
    tail_limit: float = parameter(
        12.0, 3.0, 100.0, unit="1", source="ECONOMY 24", owner="nature", doc="Largest noise in standard deviations."
    )
    factor_sd: float = parameter(
        0.043,
        0.0,
        0.1,
        unit="1",
        source=_PANEL + ": the median token while ERA was listed .043",
        owner="nature",
        doc="Daily shock of the market factor.",
    )
    phase: int = choice(
        Phase.RANDOM, source="chosen, because bull and bear worlds are draws of one market", owner="nature", doc="Phases of the market."
    )
    phase_days: float = parameter(
        180.0, 10.0, 2_000.0, unit="day", source="assumed (bull and bear phases last for months)", owner="nature",
        doc="Mean length of a bull or bear phase.",
    )  # fmt: skip
    phase_drift: float = parameter(
        0.0015, 0.0, 0.006, unit="1/day", source="assumed (ECONOMY 24)", owner="nature",
        doc="Drift of the market factor in a bull phase; its negative in a bear phase.",
    )  # fmt: skip
    clustering: int = switch(True, source="ECONOMY 24", owner="nature", doc="Whether volatility comes in clusters.")
    heavy_tails: int = switch(True, source="ECONOMY 24", owner="nature", doc="Whether noise has heavy tails; else it is normal.")


@rule
def compute_log_variance(p: Volatility) -> float:
    """Stationary variance of log volatility."""
    return p.innovation * p.innovation / (1.0 - p.persistence * p.persistence)


@rule
def advance_volatility(market: MarketState, u: float, p: Volatility) -> None:
    """Today's sigma = sigma0 * exp(v - var / 2) with v' = persistence * v + innovation * n.

    Without clustering it is constant, at the same root mean square: sigma0 * exp(var / 2).
    """
    market.volatility_log = p.persistence * market.volatility_log + p.innovation * normal(u)
    half = 0.5 * compute_log_variance(p)
    market.volatility = p.sigma * safe_exp(market.volatility_log - half if p.clustering == 1 else half)


@rule
def draw_shock(u: float, v: float, p: Volatility) -> float:
    """Noise of variance 1: Student's t, bounded; or normal."""
    if p.heavy_tails == 0:
        return normal(u)
    return clip(student_t(u, v, p.tail_df), -p.tail_limit, p.tail_limit)


@rule
def open_phase(market: MarketState, u: float, p: Volatility) -> None:
    """The phase on the first day: either with even chance, or the one that the world is in for good."""
    market.phase = Phase.BULL if u < 0.5 else Phase.BEAR
    if p.phase != Phase.RANDOM:
        market.phase = p.phase


@rule
def advance_phase(market: MarketState, u: float, p: Volatility) -> None:
    """A random phase ends with the same chance every day."""
    if p.phase == Phase.RANDOM and u * p.phase_days < 1.0:
        market.phase = Phase.BEAR if market.phase == Phase.BULL else Phase.BULL


@rule
def get_drift(market: MarketState, p: Volatility) -> float:
    """Drift of the factor in the phase of the day."""
    if market.phase == Phase.BULL:
        return p.phase_drift
    return -p.phase_drift if market.phase == Phase.BEAR else 0.0


@rule
def advance_factor(market: MarketState, shock: float, p: Volatility) -> None:
    """One day of the market factor m (log): a random walk that drifts with the phase; `shock` has variance 1."""
    market.factor_change = get_drift(market, p) + p.factor_sd * shock
    market.factor += market.factor_change


@rule
def compute_usual_volatility(beta: float, p: Volatility) -> float:
    """Usual daily volatility of the price: the token's own and the factor's."""
    shared = beta * p.factor_sd
    return math.sqrt(p.sigma * p.sigma + shared * shared)


@rule
def compute_noise_return(market: MarketState, shock: float, p: Volatility) -> float:
    """The day's return of the token's own noise and the factor; half the variance is taken off, so that nobody can expect a gain."""
    return market.volatility * shock - 0.5 * market.volatility * market.volatility + compute_factor_return(market, p)


@rule
def compute_factor_return(market: MarketState, p: Volatility) -> float:
    """The factor's part of the day's return, half its variance taken off."""
    beta = p.beta
    shared = beta * p.factor_sd
    return beta * market.factor_change - 0.5 * shared * shared
