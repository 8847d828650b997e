"""The speculative premium: what the price is above what the token is worth.

ln P = ln F + b. The premium b is declared, not explained: it opens with the launch price and wanders with noise and orders. It
has no pull that anybody could trade on, but for a decay over years. In both futures of a comparison it is the same chance.
"""

import math
from enum import IntEnum

from metalab.econ.market.market import MarketState
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, choice, parameter
from metalab.protocol.kernel.units import safe_exp, safe_log

LEAST_LEFT = 0.01
"""Least part of a price that news leaves: keeps the logarithm finite, not a rule."""


class PremiumForm(IntEnum):
    """How the premium stands to what the token is worth."""

    PROPORTIONAL = 0
    ABSOLUTE = 1


class Premium(Record):
    """How the premium behaves."""

    form: int = choice(
        PremiumForm.PROPORTIONAL,
        source="chosen, because speculators bid a multiple of what is there; absolute: a sum of its own",
        owner="nature",
        doc="Whether a change of worth moves the price in proportion or by its own amount.",
    )
    half_life_years: float = parameter(
        20.0, 1.0, 1_000.0, unit="year", source="chosen, because a faster decay would be a drift that anybody could trade", owner="nature",
        doc="Half-life of the log premium.",
    )  # fmt: skip
    usual_days: float = parameter(
        365.0, 30.0, 3_650.0, unit="day", source="assumed", owner="behaviour", doc="Days of the mean premium that people are used to."
    )


@rule
def compute_premium(market: MarketState) -> float:
    """b = ln P - ln F; 0 while nobody knows what the token is worth."""
    if market.fundamental <= 0.0:
        return 0.0
    return safe_log(market.price) - safe_log(market.fundamental)


@rule
def compute_decay(premium: float, p: Premium) -> float:
    """The day's log return by which the premium decays."""
    return -premium * math.log(2.0) / (p.half_life_years * DAYS_A_YEAR)


@rule
def compute_news_return(market: MarketState, p: Premium) -> float:
    """Log return of the news of what the token is worth: the same change in logs, or in USD."""
    if p.form == PremiumForm.PROPORTIONAL:
        return market.news
    change = market.fundamental * (1.0 - safe_exp(-market.news))
    # A price does not fall below a hundredth of itself in a day.
    return safe_log(max(1.0 + change / market.price, LEAST_LEFT))
