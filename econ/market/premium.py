"""The speculative premium: what the price is above what the token is worth.

ln P = ln F + b. The premium b is declared, not explained: it opens with the launch price and wanders with noise and orders. It
has no pull that anybody could trade on, but for a decay over years. In both futures of a comparison it is the same chance.
"""

import math

from metalab.econ.market.market import MarketState
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, parameter
from metalab.protocol.kernel.units import safe_exp, safe_log

LEAST_LEFT = 0.01
"""Least part of a price that news leaves: keeps the logarithm finite, not a rule."""


class Premium(Record):
    """How the premium behaves."""

    follow: float = parameter(
        0.25, 0.0, 1.0, unit="1", owner="nature",
        source="assumed (0: speculators bid a sum of their own; 1: a multiple of what is there)",
        doc="Log change of the premium of all tokens together per log change of what they are worth together.",
    )  # fmt: skip
    half_life_years: float = parameter(
        20.0, 5.0, 1_000.0, unit="year", source="chosen, because a faster decay would be a drift that anybody could trade", owner="nature",
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
    """Log return of the news of what the token is worth.

    All tokens together are worth more or less, and their premium follows in part; a larger supply shares worth and premium alike.
    A price below the worth is all worth: it follows in full.
    """
    claims = market.news - market.news_supply
    worth = min(market.fundamental * safe_exp(-market.news), market.price)
    after = worth * safe_exp(claims) + (market.price - worth) * safe_exp(p.follow * claims)
    # A price does not fall below a hundredth of itself in a day.
    return safe_log(max(after / market.price, LEAST_LEFT)) + market.news_supply


@rule
def take_news(market: MarketState, p: Premium) -> float:
    """The return of the news; what it changes of the log premium is nobody's surprise, so that the usual premium moves along."""
    change = compute_news_return(market, p)
    market.premium_usual += change - market.news
    return change
