"""What the token is worth: paid flows only, over the supply there will be.

Two flows are paid: protocol revenue to those who stake, and the balances that payers in ERA keep. Everything above it is the
speculative premium (`premium.py`). The equation of exchange is the alternative (MODEL 15).
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
    growth: float = parameter(
        0.02, -0.1, 0.1, unit="1/year", source="ECONOMY 26 (g_T)", owner="behaviour",
        doc="Growth expected of what is paid. Observed growth is not extrapolated: a raised fee would read as decline.",
    )  # fmt: skip
    revenue_days: float = parameter(
        30.0, 1.0, 365.0, unit="day", source="chosen, because what is slower is a trend that can be traded, and what is faster is noise",
        owner="behaviour", doc="Days of the mean of revenue that the worth counts.",
    )  # fmt: skip
    usual_usd: float = parameter(
        0.00565, 0.0001, 0.5, unit="USD", owner="nature", binds="opening",
        source="chosen, because launch is worth so much on its first day (presets: .0007 to .0073)",
        doc="Worth at which the token opens at its initial price. A world that is worth more or less moves the price on its first evening.",
    )  # fmt: skip
    velocity: float = parameter(
        10.0, 0.1, 1_000.0, unit="1/year", source=_EQUATION, owner="nature", doc="Equation of exchange: turns of a token a year."
    )
    settled_usd: float = parameter(
        40.0, 0.0, 10_000.0, unit="USD", source="assumed (a tenth of data/defaults.csv messaging.mean_value_usd)", owner="nature",
        doc="Equation of exchange: value settled in ERA with each message.",
    )  # fmt: skip


class FundamentalState(Record):
    """What the valuation remembers."""

    slashed_usd: float = field("USD/year", "365-day mean of the stake that slashing takes from the honest")


class FundamentalMetrics(Record):
    """What the token is worth on a day, by where it comes from; both parts are 0 under the equation of exchange."""

    fundamental_usd: float = metric("USD", "What the token is worth by the flows paid to it.", better="high", chart=True)
    worth_revenue_usd: float = metric("USD", "The part from protocol revenue to those who stake, less what slashing takes.", chart=True)
    worth_balances_usd: float = metric("USD", "The part from balances that payers in ERA keep.", chart=True)


class Claims(NamedTuple):
    """What is paid, in USD a year (balances in USD), and the supply in ERA that shares it."""

    revenue: float
    balances: float
    supply: float


@rule
def note_slashing(state: FundamentalState, slashed_usd: float) -> None:
    """Take in what a day's slashing took."""
    state.slashed_usd = smooth(state.slashed_usd, DAYS_A_YEAR * slashed_usd, DAYS_A_YEAR)


@rule
def compute_multiple(p: Fundamental) -> float:
    """Years of a flow that its claim is worth: (1 + g) / (rho - g), the first payment after a year of growth (Gordon)."""
    # Bounds keep the discount above the growth by .1.
    return (1.0 + p.growth) / (p.discount - p.growth)


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
        today.worth_revenue_usd = claims.revenue * compute_multiple(p) / claims.supply
        today.worth_balances_usd = claims.balances / claims.supply
    today.fundamental_usd = today.worth_revenue_usd + today.worth_balances_usd


@rule
def update_fundamental(market: MarketState, value: float, supply: float) -> None:
    """Put a new valuation in force, its log change is news; one that cannot be known leaves the last. `supply` shares the worth."""
    market.news = 0.0
    market.news_supply = 0.0
    if value > 0.0:
        if market.fundamental > 0.0:
            market.news = safe_log(value) - safe_log(market.fundamental)
            market.news_supply = safe_log(market.sharing) - safe_log(supply)
        market.fundamental = value
        market.sharing = supply
