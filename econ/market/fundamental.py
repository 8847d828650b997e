"""What the token is worth to its holders (ECONOMY 26), and what the equation of exchange says instead (MODEL 15)."""

from metalab.econ.market.market import MarketState
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, parameter
from metalab.protocol.kernel.units import clip, power

_SOURCE = "ECONOMY 26"
"""Source of the defaults."""
_EQUATION = "assumed (MODEL 15 names the equation of exchange without numbers)"
"""Source of the defaults of the equation of exchange."""


class Fundamental(Record):
    """How the fundamental follows from revenue, value secured and supply."""

    holder_share: float = parameter(
        0.9,
        0.0,
        1.0,
        unit="share",
        source=_SOURCE,
        owner="behaviour",
        doc="Part of the revenue that is counted (all but the users' tenth).",
    )
    discount: float = parameter(0.30, 0.2, 0.5, unit="1/year", source=_SOURCE, owner="behaviour", doc="Discount rate of revenue.")
    growth_end: float = parameter(
        0.02, -0.1, 0.1, unit="1/year", source=_SOURCE, owner="behaviour", doc="Growth that every forecast fades to."
    )
    growth_years: int = parameter(
        5, 1, 50, unit="year", source=_SOURCE, owner="behaviour", doc="Years over which a forecast's growth fades."
    )
    spread_min: float = parameter(
        0.1, 0.02, 0.5, unit="1/year", source=_SOURCE, owner="behaviour", doc="Least discount rate minus final growth."
    )
    growth_limit: float = parameter(
        0.3, 0.0, 1.0, unit="1/year", source=_SOURCE, owner="behaviour", doc="Largest growth, up or down, believed."
    )
    secured_share: float = parameter(
        0.05, 0.0, 0.15, unit="1", source=_SOURCE, owner="behaviour", doc="Convenience value of the token per USD secured."
    )
    scarcity: float = parameter(
        0.5, 0.0, 1.0, unit="1", source=_SOURCE, owner="behaviour", doc="Exponent of the premium on tokens not locked."
    )
    locked_limit: float = parameter(
        0.7, 0.0, 0.95, unit="share", source=_SOURCE, owner="behaviour", doc="Largest locked share that counts."
    )
    refresh_days: int = parameter(7, 1, 90, unit="day", source=_SOURCE, owner="behaviour", doc="Days between two valuations.")
    fallback_usd: float = parameter(
        0.165,
        0.0001,
        100.0,
        unit="USD",
        source="assumed (what the launch data give: 400M USD secured, 15,000 messages a day)",
        owner="nature",
        doc="Fundamental in force as long as nothing is known to compute it from.",
    )
    value_usd: float = parameter(
        400.0,
        1.0,
        10_000.0,
        unit="USD",
        source="data/defaults.csv messaging.mean_value_usd",
        owner="nature",
        doc="Equation of exchange: value a message moves.",
    )
    settled_share: float = parameter(
        0.1, 0.0, 1.0, unit="share", source=_EQUATION, owner="nature", doc="Equation of exchange: part settled in ERA."
    )
    velocity: float = parameter(
        10.0,
        0.1,
        1_000.0,
        unit="1/year",
        source=_EQUATION,
        owner="nature",
        doc="Equation of exchange: turns of a token a year.",
    )


@rule
def compute_multiple(growth: float, p: Fundamental) -> float:
    """Present value of a revenue of 1 a year: growth for some years that fades evenly to `growth_end`, then a perpetuity."""
    begin = clip(growth, -p.growth_limit, p.growth_limit)
    total = 0.0
    term = 1.0
    for k in range(p.growth_years):
        # g_k fades linearly from g to g_T; the last year of growth is one step short of g_T (ECONOMY 26: k = 0..4).
        pace = begin + (p.growth_end - begin) * k / p.growth_years
        term *= (1.0 + pace) / (1.0 + p.discount)
        total += term
    return total + term * (1.0 + p.growth_end) / max(p.discount - p.growth_end, p.spread_min)


@rule
def compute_premium(locked: float, circulating: float, p: Fundamental) -> float:
    """(1 - L)^-scarcity for the locked share L of the effective supply; 1 when nothing circulates."""
    if circulating <= 0.0:
        return 1.0
    # The limit below 1 keeps the premium finite when nearly all is locked.
    return power(1.0 - clip(locked / circulating, 0.0, p.locked_limit), -p.scarcity)


@rule
def compute_fundamental(revenue: float, growth: float, secured: float, supply: float, premium: float, p: Fundamental) -> float:
    """F in USD per ERA from revenue and value secured in USD and the mean supply ahead in ERA; 0 when it cannot be known."""
    if supply <= 0.0:
        return 0.0
    return (p.holder_share * revenue * compute_multiple(growth, p) + p.secured_share * secured) / supply * premium


@rule
def compute_secured_share(revenue: float, growth: float, secured: float, p: Fundamental) -> float:
    """Part of the fundamental that comes from value secured and not from revenue; 0 where both are nothing."""
    convenience = p.secured_share * secured
    total = p.holder_share * revenue * compute_multiple(growth, p) + convenience
    return convenience / total if total > 0.0 else 0.0


@rule
def compute_exchange_value(messages: float, revenue: float, supply: float, p: Fundamental) -> float:
    """P of M * V = P * T in USD per ERA; 0 when it cannot be known.

    M is the effective circulating supply in ERA, V the velocity, and P * T the year's value settled in ERA in USD: the fees
    plus a share of what `messages` a day move.
    """
    if supply <= 0.0:
        return 0.0
    return (revenue + DAYS_A_YEAR * messages * p.value_usd * p.settled_share) / (supply * p.velocity)


@rule
def update_fundamental(market: MarketState, value: float) -> None:
    """Put a new valuation in force; one that cannot be known leaves the last."""
    if value > 0.0:
        market.fundamental = value
