"""A price made by traders: fundamentalists and chartists whose numbers follow sentiment, instead of the token's own noise.

Discrete choice with herding, predisposition and misalignment (Franke and Westerhoff 2012). n is the share of fundamentalists,
gap what the price lacks to its worth at the usual premium, which moves with the whole market, r yesterday's return; demands are
in daily volumes:
d_f = value_pull gap + value_noise e,  d_c = trend_pull r + trend_noise e',  n = 1 / (1 + exp(-a)),
a = predisposition + herding (2 n - 1) + misalignment gap^2 (yesterday's).
The groups are aggregates, not the agents of the market's trader table, and trade with each other and with everybody who is not
modelled. Their wealth is finite in that they cannot ask for more than `order_limit` daily volumes; no account is kept of it.
"""

import math

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field, metric, parameter
from metalab.protocol.kernel.units import clip, safe_exp

_FIT = "data/panel_statistics.csv (estimated by simulated moments on nine of its tokens, at the own spread of ERA: docs/decisions/0009)"
"""Source of what is estimated."""
STEEPEST = 30.0
"""Largest size of an appeal: keeps both shares above 0 in floating point, not a rule."""


class Sentiment(Record):
    """How fundamentalists and chartists trade, and what makes one into the other."""

    value_pull: float = parameter(
        0.025, 0.0, 0.1, unit="1", source=_FIT, owner="behaviour", doc="Fundamentalists' demand, in daily volumes, per log gap to worth."
    )
    value_noise: float = parameter(
        0.08, 0.0, 0.3, unit="1", source=_FIT, owner="behaviour", doc="Spread of fundamentalists' demand, in daily volumes."
    )
    trend_pull: float = parameter(
        0.06, 0.0, 1.0, unit="1", source=_FIT, owner="behaviour", doc="Chartists' demand, in daily volumes, per log return of yesterday."
    )
    trend_noise: float = parameter(
        0.52, 0.0, 1.5, unit="1", source=_FIT, owner="behaviour", doc="Spread of chartists' demand, in daily volumes."
    )
    predisposition: float = parameter(
        -0.6, -3.0, 3.0, unit="1", source=_FIT, owner="behaviour", doc="Appeal of fundamentalism when nothing speaks for either."
    )
    herding: float = parameter(
        1.22, 0.0, 1.9, unit="1", source=_FIT + "; from 2 on a majority would be for ever", owner="behaviour",
        doc="Appeal of a group that everybody has joined.",
    )  # fmt: skip
    misalignment: float = parameter(
        270.0, 0.0, 1_000.0, unit="1", source=_FIT, owner="behaviour", doc="Appeal of fundamentalism per squared log gap to worth."
    )
    price_slope: float = parameter(
        0.3, 0.05, 1.0, unit="1", owner="nature", doc="Log price per daily volume of the groups' net demand.",
        source="assumed (the lasting impact of a daily volume, .22 of the supply, on a liquid supply that is two thirds of it)",
    )  # fmt: skip
    order_limit: float = parameter(
        1.0, 0.1, 5.0, unit="1", source="assumed", owner="behaviour", doc="Most that the groups can ask for on a day, in daily volumes."
    )


class SentimentState(Record):
    """What traders' numbers follow."""

    appeal: float = field("1", "a: log odds of a fundamentalist")
    shift: float = field("1", "what the whole market has added to the log price and people are not used to yet")


class SentimentMetrics(Record):
    """The groups on a day; 0 where the price is not made by traders."""

    sentiment_value_share: float = metric("share", "Share of fundamentalists among the groups that make the price.")


@rule
def compute_value_share(appeal: float) -> float:
    """n, the share of fundamentalists: strictly between 0 and 1."""
    return 1.0 / (1.0 + safe_exp(-clip(appeal, -STEEPEST, STEEPEST)))


@rule
def compute_demand(share: float, gap: float, last_return: float, value: float, trend: float, p: Sentiment) -> float:
    """Net demand of both groups in daily volumes; `value` and `trend` are standard normal."""
    fundamentalists = p.value_pull * gap + p.value_noise * value
    chartists = p.trend_pull * last_return + p.trend_noise * trend
    return clip(share * fundamentalists + (1.0 - share) * chartists, -p.order_limit, p.order_limit)


@rule
def compute_appeal_of_value(share: float, gap: float, p: Sentiment) -> float:
    """Tomorrow's log odds of a fundamentalist: who is in the majority, and how far the price has gone."""
    return p.predisposition + p.herding * (2.0 * share - 1.0) + p.misalignment * gap * gap


@rule
def compute_sentiment_volatility(share: float, p: Sentiment) -> float:
    """Spread of the day's return that the groups' noise makes."""
    value = share * p.value_noise
    trend = (1.0 - share) * p.trend_noise
    return p.price_slope * math.sqrt(value * value + trend * trend)


@rule
def trade_sentiment(state: SentimentState, gap: float, last_return: float, value: float, trend: float, p: Sentiment) -> float:
    """One day of the groups; returns the log return that their orders make."""
    share = compute_value_share(state.appeal)
    state.appeal = compute_appeal_of_value(share, gap, p)
    return p.price_slope * compute_demand(share, gap, last_return, value, trend, p)
