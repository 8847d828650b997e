"""Traders: fundamentalist, chartist, noise; they switch by recent profit (ECONOMY 18)."""

import math
from enum import IntEnum
from typing import NamedTuple

from metalab.econ.kernel.chance.distributions import normal
from metalab.econ.market.exchange import Exchange, ExchangeState, order_buy_for_cash, order_sell_for_cash
from metalab.econ.market.market import MarketState
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import OK
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, draw, field, metric, parameter
from metalab.protocol.kernel.units import clip, safe_exp, safe_log, smooth, to_count, to_era, to_usd
from metalab.protocol.market.ledger import receive_cash

_SOURCE = "ECONOMY 18"
"""Source of the defaults."""


class TraderKind(IntEnum):
    """What a trader trades on."""

    FUNDAMENTALIST = 0
    CHARTIST = 1
    NOISE = 2


KINDS = 3
"""Members of `TraderKind`."""


class Traders(Record):
    """How traders think. A weight is the share of wealth held in ERA, in [0, 1]: no debt, no short sales."""

    era_total: int = parameter(
        8_000_000,
        0,
        22_000_000,
        unit="ERA",
        source="ECONOMY 2",
        owner="nature",
        binds="opening",
        doc="What traders hold at the start, out of the airdrop.",
    )
    usd_per_era: float = parameter(
        1.5,
        0.0,
        100.0,
        unit="USD",
        source="ECONOMY 18 (60k USD to 40k ERA)",
        owner="nature",
        binds="opening",
        doc="Opening money per opening ERA.",
    )
    size_spread: float = parameter(
        0.8, 0.0, 2.0, unit="1", source=_SOURCE, owner="nature", binds="opening", doc="Spread of log opening wealth."
    )
    value_level: float = parameter(
        0.5, 0.0, 1.0, unit="share", source=_SOURCE, owner="behaviour", doc="Fundamentalist's weight at fair price."
    )
    value_slope: float = parameter(0.35, 0.0, 1.0, unit="share", source=_SOURCE, owner="behaviour", doc="Most it moves with the gap to F.")
    trend_level: float = parameter(0.4, 0.0, 1.0, unit="share", source=_SOURCE, owner="behaviour", doc="Chartist's weight without a trend.")
    trend_slope: float = parameter(0.4, 0.0, 1.0, unit="share", source=_SOURCE, owner="behaviour", doc="Most it moves with the trend.")
    trend_unit: float = parameter(0.012, 0.001, 0.1, unit="1/day", source=_SOURCE, owner="behaviour", doc="Trend that counts as one.")
    noise_level: float = parameter(0.4, 0.0, 1.0, unit="share", source=_SOURCE, owner="behaviour", doc="Noise trader's mean weight.")
    noise_slope: float = parameter(0.4, 0.0, 1.0, unit="share", source=_SOURCE, owner="behaviour", doc="Daily spread of it.")
    bias_sd: float = parameter(
        0.3, 0.0, 2.0, unit="1", source=_SOURCE, owner="behaviour", binds="entry", doc="Spread of traders' lasting opinions."
    )
    pace: float = parameter(
        0.06,
        0.02,
        0.15,
        unit="1/day",
        source=_SOURCE,
        owner="behaviour",
        doc="Part of the way to its weight a trader goes a day.",
    )
    noise_pace: float = parameter(
        0.2, 0.0, 1.0, unit="share", source=_SOURCE, owner="behaviour", doc="A noise trader's pace in shares of it."
    )
    review: float = parameter(0.02, 0.0, 1.0, unit="1/day", source=_SOURCE, owner="behaviour", doc="Chance to review one's type.")
    random_share: float = parameter(
        0.1, 0.0, 1.0, unit="share", source=_SOURCE, owner="behaviour", doc="Of these, share that picks any type."
    )
    intensity: float = parameter(12.0, 0.0, 100.0, unit="1", source=_SOURCE, owner="behaviour", doc="Slope of the choice in past profit.")
    exponent_limit: float = parameter(
        1.0, 0.0, 10.0, unit="1", source=_SOURCE, owner="behaviour", doc="Bound of the choice's exponents, up and down."
    )
    trend_cost: float = parameter(0.3, 0.0, 2.0, unit="1", source=_SOURCE, owner="behaviour", doc="Cost of chartism in exponents.")
    memory_days: float = parameter(90.0, 1.0, 1_000.0, unit="day", source=_SOURCE, owner="behaviour", doc="Days of the mean profit.")
    position_limit: float = parameter(
        0.0005,
        0.00005,
        0.01,
        unit="share",
        source="assumed (without a limit, traders buy up the market float in a fifth of the runs of launch)",
        owner="behaviour",
        doc="Largest position a trader builds up, as a share of the effective circulating supply.",
    )
    broke_share: float = parameter(
        0.02,
        0.0,
        0.5,
        unit="share",
        source=_SOURCE,
        owner="behaviour",
        doc="Share of opening wealth below which a newcomer takes over.",
    )


class TraderRow(Record):
    """A trader."""

    index: int = field("row", "own place in the table")
    balance: int = field("uERA", "liquid", token=True)
    usd: float = field("USD", "money")
    kind: int = field("code", "Kind")
    bias: float = field("1", "lasting opinion")
    opening_wealth: float = field("USD", "what it came with, at the prices of that day")


class TradersState(Record):
    """Traders as a group. Vectors in the order of `TraderKind`."""

    profit: list[float] = field("1/day", "mean of weight x return / volatility that each type's unbiased view earned", length=KINDS)


class TraderDraws(Record):
    """Chance of a trader's day."""

    pace: float = draw(0, "how fast it adjusts")
    mood: float = draw(1, "a noise trader's opinion")
    review: float = draw(2, "whether it reviews its type")
    explore: float = draw(3, "whether it then picks any type")
    choice: float = draw(4, "which type")
    bias: float = draw(5, "a newcomer's lasting opinion")


class TradersMetrics(Record):
    """Traders on a day."""

    traders_gross_era: float = metric("ERA", "Bought plus sold by traders.", chart=True)
    fundamentalists_share: float = metric("share", "Traders who follow the fundamental.", chart=True)
    chartists_share: float = metric("share", "Traders who follow the trend.", chart=True)
    noise_traders_share: float = metric("share", "Traders who follow neither.", chart=True)
    traders_replaced: float = metric("1", "Bankrupt traders whose place a newcomer took.", better="low", chart=True)


class TraderContext(NamedTuple):
    """What surrounds a trader on a day: what everybody sees, the desk, and how many traders there are."""

    p: Traders
    market: MarketState
    crowd: TradersState
    desk: ExchangeState
    pots: Pots
    exchange: Exchange
    today: TradersMetrics
    circulating: int
    traders: int


@rule
def compute_weight(kind: int, gap: float, momentum: float, opinion: float, p: Traders) -> float:
    """Share of wealth a type wants in ERA. `gap` is that of `compute_gap`; `opinion` is the bias, with a noise trader's mood in it."""
    weight = p.noise_level + opinion
    if kind == TraderKind.FUNDAMENTALIST:
        weight = p.value_level + p.value_slope * math.tanh(gap + opinion)
    elif kind == TraderKind.CHARTIST:
        weight = p.trend_level + p.trend_slope * math.tanh(momentum / p.trend_unit + opinion)
    return clip(weight, 0.0, 1.0)


@rule
def compute_gap(market: MarketState, price: float) -> float:
    """How far a price is below the worth at the usual premium, in logs."""
    if market.fundamental <= 0.0:
        return 0.0
    return safe_log(market.fundamental) + market.premium_usual - safe_log(price)


@rule
def compute_appeal(kind: int, crowd: TradersState, p: Traders) -> float:
    """Odds of a type in the choice by past profit."""
    cost = p.trend_cost if kind == TraderKind.CHARTIST else 0.0
    return safe_exp(clip(p.intensity * crowd.profit[kind] - cost, -p.exponent_limit, p.exponent_limit))


@rule
def choose_kind(u: float, crowd: TradersState, p: Traders) -> int:
    """A type by logit over past profit."""
    value = compute_appeal(TraderKind.FUNDAMENTALIST, crowd, p)
    trend = compute_appeal(TraderKind.CHARTIST, crowd, p)
    mark = u * (value + trend + compute_appeal(TraderKind.NOISE, crowd, p))
    if mark < value:
        return 0
    return 1 if mark < value + trend else 2


@rule
def pick_kind(u: float) -> int:
    """Any type with equal chance."""
    return min(to_count(u * KINDS), KINDS - 1)


@rule
def compute_wealth(trader: TraderRow, price: float) -> float:
    """USD plus the value of ERA."""
    return trader.usd + to_usd(trader.balance, price)


@rule
def replace_broke(trader: TraderRow, d: TraderDraws, pots: Pots, price: float, p: Traders) -> bool:
    """Let a newcomer with outside money take the place of a bankrupt trader; True when that happened."""
    wealth = compute_wealth(trader, price)
    if wealth >= p.broke_share * trader.opening_wealth:
        return False
    receive_cash(trader, pots, trader.opening_wealth - wealth)
    trader.kind = pick_kind(d.choice)
    trader.bias = p.bias_sd * normal(d.bias)
    return True


@rule
def review_kind(trader: TraderRow, d: TraderDraws, crowd: TradersState, p: Traders) -> None:
    """Now and then a trader asks whether another type earned more."""
    if d.review < p.review:
        trader.kind = pick_kind(d.choice) if d.explore < p.random_share else choose_kind(d.choice, crowd, p)


@rule
def compute_room(trader: TraderRow, circulating: int, p: Traders) -> float:
    """uERA a trader may still add to its position; 0 for one that came with more than the limit."""
    return max(p.position_limit * circulating - trader.balance, 0.0)


@rule
def compute_trade(trader: TraderRow, d: TraderDraws, market: MarketState, circulating: int, p: Traders) -> float:
    """uERA a trader wants to buy (above 0) or sell (below 0) today; `circulating` is the effective supply in uERA."""
    is_noise = trader.kind == TraderKind.NOISE
    opinion = trader.bias + (p.noise_slope * normal(d.mood) if is_noise else 0.0)
    weight = compute_weight(trader.kind, compute_gap(market, market.price), market.momentum, opinion, p)
    target = weight * compute_wealth(trader, market.price) / market.price * 1e6
    # 2 d.pace is U(0, 2): traders adjust at different paces with the mean as given (ECONOMY 18).
    pace = p.pace * (p.noise_pace if is_noise else 1.0) * 2.0 * d.pace
    # Sales are below 0 and pass: the limit is one of purchases.
    return min(min(pace, 1.0) * (target - trader.balance), compute_room(trader, circulating, p))


@rule
def trade(trader: TraderRow, wanted: float, w: TraderContext) -> int:
    """Order `wanted` uERA with own money; returns what was bought or sold."""
    price = w.market.price
    if wanted > 0.0:
        return order_buy_for_cash(trader, w.desk, w.pots, w.exchange, to_count(wanted), price)
    # A target is never below 0 and the pace never above 1: only rounding can ask for more than there is.
    amount = min(to_count(-wanted), trader.balance)
    return amount if order_sell_for_cash(trader, w.desk, w.pots, amount, price) == OK else 0


@rule
def count_kind(kind: int, share: float, today: TradersMetrics) -> None:
    """Count a trader, as a share of all, with its type."""
    if kind == TraderKind.FUNDAMENTALIST:
        today.fundamentalists_share += share
    elif kind == TraderKind.CHARTIST:
        today.chartists_share += share
    else:
        today.noise_traders_share += share


@rule
def trader_day(trader: TraderRow, d: TraderDraws, w: TraderContext) -> None:
    """One day of a trader: review the type, then go part of the way to the weight it calls for."""
    if replace_broke(trader, d, w.pots, w.market.price, w.p):
        w.today.traders_replaced += 1.0
    else:
        review_kind(trader, d, w.crowd, w.p)
    count_kind(trader.kind, 1.0 / w.traders, w.today)
    filled = trade(trader, compute_trade(trader, d, w.market, w.circulating, w.p), w)
    w.today.traders_gross_era += to_era(filled)


@rule
def update_profit(crowd: TradersState, market: MarketState, gap: float, momentum: float, p: Traders) -> None:
    """Credit each type with what its weight of the day (at `gap` and `momentum`) earned by the return it led to.

    Weights are those of an unbiased member, so that a type nobody follows has a record too.
    """
    if market.volatility <= 0.0:
        return
    for kind in range(KINDS):
        earned = compute_weight(kind, gap, momentum, 0.0, p) * market.log_return / market.volatility
        crowd.profit[kind] = smooth(crowd.profit[kind], earned, p.memory_days)
