"""What the token is worth: paid flows only, over the supply there will be.

Three flows are paid: protocol revenue to those who stake, the charge for shared security, and the balances that payers in ERA
keep. Everything above it is the speculative premium (`premium.py`). The equation of exchange is the alternative (MODEL 15).
"""

from enum import IntEnum
from typing import NamedTuple

from metalab.econ.market.market import MarketState
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, choice, field, metric, parameter
from metalab.protocol.kernel.units import safe_log, smooth

_EQUATION = "assumed (MODEL 15 names the equation of exchange without numbers)"
"""Source of the defaults of the equation of exchange."""


class Valuation(IntEnum):
    """What the worth is computed from."""

    CLAIMS = 0
    EXCHANGE_EQUATION = 1


class Fundamental(Record):
    """How the worth follows from paid flows and supply."""

    valuation: int = choice(Valuation.CLAIMS, source="MODEL 15", owner="nature", doc="What the token's worth is computed from.")
    discount: float = parameter(
        0.30, 0.2, 0.5, unit="1/year", source="ECONOMY 26", owner="behaviour", doc="Discount rate, the charge for risk included."
    )
    growth_end: float = parameter(
        0.02, -0.1, 0.1, unit="1/year", source="ECONOMY 26", owner="behaviour", doc="Growth that every forecast fades to."
    )
    growth_years: int = parameter(
        5, 1, 50, unit="year", source="ECONOMY 26", owner="behaviour", doc="Years over which a forecast's growth fades."
    )
    velocity: float = parameter(
        10.0, 0.1, 1_000.0, unit="1/year", source=_EQUATION, owner="nature", doc="Equation of exchange: turns of a token a year."
    )
    settled_usd: float = parameter(
        40.0, 0.0, 10_000.0, unit="USD", source="assumed (a tenth of data/defaults.csv messaging.mean_value_usd)", owner="nature",
        doc="Equation of exchange: value settled in ERA with each message.",
    )  # fmt: skip


class FundamentalState(Record):
    """What the valuation remembers."""

    slashed_usd: float = field("USD/year", "365-day mean of the stake that slashing takes")


class FundamentalMetrics(Record):
    """What the token is worth on a day, by where it comes from; the three parts sum to the whole."""

    fundamental_usd: float = metric("USD", "What the token is worth by the flows paid to it.", better="high", chart=True)
    worth_revenue_usd: float = metric("USD", "The part from protocol revenue to those who stake, less what slashing takes.", chart=True)
    worth_security_usd: float = metric("USD", "The part from the charge for shared security.", chart=True)
    worth_balances_usd: float = metric("USD", "The part from balances that payers in ERA keep.", chart=True)


class Claims(NamedTuple):
    """What is paid, in USD a year (balances in USD), and the supply in ERA that shares it."""

    revenue: float
    security: float
    balances: float
    growth: float
    supply: float


@rule
def note_slashing(state: FundamentalState, slashed_usd: float) -> None:
    """Take in what a day's slashing took."""
    state.slashed_usd = smooth(state.slashed_usd, DAYS_A_YEAR * slashed_usd, DAYS_A_YEAR)


@rule
def compute_multiple(growth: float, p: Fundamental) -> float:
    """Present value of a flow of 1 a year: growth for some years that fades evenly to `growth_end`, then a perpetuity."""
    total = 0.0
    term = 1.0
    for k in range(p.growth_years):
        # g_k fades linearly from g to g_T; the last year of growth is one step short of g_T (ECONOMY 26: k = 0..4).
        pace = growth + (p.growth_end - growth) * k / p.growth_years
        term *= (1.0 + pace) / (1.0 + p.discount)
        total += term
    # Bounds keep the discount above the final growth by .1.
    return total + term * (1.0 + p.growth_end) / (p.discount - p.growth_end)


@rule
def compute_exchange_value(messages: float, revenue: float, supply: float, p: Fundamental) -> float:
    """P of M * V = P * T in USD per ERA; 0 when it cannot be known.

    M is the effective circulating supply in ERA, V the velocity, and P * T the year's value settled in ERA in USD: the fees
    plus what `messages` a day settle.
    """
    if supply <= 0.0:
        return 0.0
    return (revenue + DAYS_A_YEAR * messages * p.settled_usd) / (supply * p.velocity)


@rule
def value_claims(claims: Claims, p: Fundamental, today: FundamentalMetrics) -> None:
    """F in USD per ERA and its parts; 0 when the supply is not known."""
    if claims.supply > 0.0:
        years = compute_multiple(claims.growth, p)
        today.worth_revenue_usd = claims.revenue * years / claims.supply
        today.worth_security_usd = claims.security * years / claims.supply
        today.worth_balances_usd = claims.balances / claims.supply
    today.fundamental_usd = today.worth_revenue_usd + today.worth_security_usd + today.worth_balances_usd


@rule
def update_fundamental(market: MarketState, value: float) -> None:
    """Put a new valuation in force, its log change is news; one that cannot be known leaves the last."""
    market.news = 0.0
    if value > 0.0:
        # The first valuation is no news: the opening premium is measured from it.
        if market.fundamental > 0.0:
            market.news = safe_log(value) - safe_log(market.fundamental)
        market.fundamental = value
