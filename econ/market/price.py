"""The price process: how worth, a day's orders and the market's own noise become tomorrow's price (LOOPS 3 and 5)."""

import math
from enum import IntEnum
from typing import NamedTuple

from metalab.econ.kernel.chance.distributions import normal
from metalab.econ.market.impact import Impact, ImpactState, fade_alarm, get_scale, take_orders
from metalab.econ.market.market import MarketState
from metalab.econ.market.premium import Premium, compute_decay, compute_premium, take_news
from metalab.econ.market.sentiment import Sentiment, SentimentState, compute_sentiment_volatility, compute_value_share, trade_sentiment
from metalab.econ.market.volatility import (
    Volatility,
    advance_factor,
    advance_phase,
    advance_volatility,
    compute_factor_return,
    compute_noise_return,
    draw_shock,
)
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, choice, draw, parameter
from metalab.protocol.kernel.units import safe_exp, safe_log, smooth, to_count, to_usd
from metalab.protocol.market.ledger import buy_from_pool, fill_pool, sell_to_pool

POOL_LIMIT = 0.5
"""Most of the pool that can leave in a day: as of the market float (ECONOMY 3)."""


class PriceMode(IntEnum):
    """How tomorrow's price comes about."""

    MARKET = 0
    EXOGENOUS = 1
    POOL = 2
    TRADERS = 3


class Price(Record):
    """The price process."""

    mode: int = choice(PriceMode.MARKET, source="MODEL 15", owner="nature", doc="How the price comes about.")
    initial_usd: float = parameter(
        1.545,
        0.05,
        20.0,
        unit="USD",
        source="data/era_price.csv 2025-07-17; range assumed (a thirtieth to 13 times)",
        owner="nature",
        binds="opening",
        doc="Price on day 0.",
    )
    path_drift: float = parameter(
        0.0, -0.02, 0.01, unit="1/day", source="chosen, because noise has no drift either (range data/defaults.csv price.drift_daily)",
        owner="nature", doc="Drift of the log price in the exogenous mode, which hears no agent.",
    )  # fmt: skip
    pool_era: int = parameter(
        6_000_000, 1_000, 12_000_000, unit="ERA",
        source="assumed (half of the market float of ECONOMY 2; 2 % depth 0.09M USD, data/market_microstructure.csv depth)",
        owner="nature", binds="entry", doc="ERA side of the constant-product pool at the start, out of the market float.",
    )  # fmt: skip
    mean_days: float = parameter(
        30.0, 1.0, 365.0, unit="day", source="ECONOMY 19", owner="behaviour", doc="Days of the mean price on which people decide."
    )
    momentum_days: float = parameter(20.0, 1.0, 365.0, unit="day", source="ECONOMY 19", owner="behaviour", doc="Days of the mean return.")


class MarketDraws(Record):
    """Chance of the market."""

    tail_radius: float = draw(0, "return noise, size")
    tail_angle: float = draw(1, "return noise, angle")
    volatility: float = draw(2, "shock of log volatility")
    factor: float = draw(3, "shock of the market factor, size")
    volume: float = draw(4, "shock of log volume")
    factor_angle: float = draw(5, "shock of the market factor, angle")
    phase: float = draw(6, "whether the market's phase ends")


class Flow(NamedTuple):
    """The day's trade, all in ERA: net purchases filled, volume, what can be traded, what the market float holds."""

    net: float
    volume: float
    liquid: float
    left: float


class PriceContext(NamedTuple):
    """What tomorrow's price is made by."""

    market: MarketState
    impact: ImpactState
    pots: Pots
    p: Price
    noise: Volatility
    premium: Premium
    orders: Impact
    sentiment: SentimentState
    moods: Sentiment
    gap: float


@rule
def advance_noise(w: PriceContext, d: MarketDraws) -> float:
    """Return that no agent's order makes: the market factor, and the token's own noise or what makes it."""
    market, p = w.market, w.noise
    advance_phase(market, d.phase, p)
    advance_factor(market, draw_shock(d.factor, d.factor_angle, p), p)
    if w.p.mode == PriceMode.TRADERS:
        return advance_sentiment(w, d, compute_factor_return(market, p))
    advance_volatility(market, d.volatility, p)
    return compute_noise_return(market, draw_shock(d.tail_radius, d.tail_angle, p), p)


@rule
def advance_sentiment(w: PriceContext, d: MarketDraws, factor_return: float) -> float:
    """Return of the market factor and of fundamentalists and chartists, who use the draws of the noise that they stand for."""
    spread = compute_sentiment_volatility(compute_value_share(w.sentiment.appeal), w.moods)
    w.market.volatility = spread
    gap = w.gap + w.sentiment.shift
    own = trade_sentiment(w.sentiment, gap, w.market.log_return, normal(d.tail_radius), normal(d.tail_angle), w.moods)
    # A fall of the whole market makes no token cheap: the usual premium falls with it at once, and forgets it at its own pace.
    w.sentiment.shift = smooth(w.sentiment.shift, 0.0, w.premium.usual_days) + factor_return
    # Half the variance is taken off, as from all noise, so that nobody can expect a gain from it.
    return factor_return + own - 0.5 * spread * spread


@rule
def compute_worth_return(w: PriceContext) -> float:
    """Return that news of what the token is worth brings, and the decay of the premium that orders and alarm do not explain."""
    news = take_news(w.market, w.premium)
    if w.p.mode == PriceMode.TRADERS:
        # Traders alone bring the premium back.
        return news
    # What orders and attacks of the last weeks do to the price fades by itself.
    lasting = compute_premium(w.market) - w.impact.passing - w.impact.scarce - w.impact.alarm
    return news + compute_decay(lasting, w.premium)


@rule
def quote_pool(pots: Pots) -> float:
    """Price in USD per ERA at which an infinitesimal order trades in the pool."""
    return pots.pool_usd / pots.pool * 1e6


@rule
def open_pool(pots: Pots, price: float, p: Price) -> None:
    """Fill an empty pool at today's price, as far as the market float goes."""
    if pots.pool == 0:
        amount = min(p.pool_era, pots.market_float)
        fill_pool(pots, amount, to_usd(amount, price))


@rule
def trade_pool(pots: Pots, net: float, price: float) -> float:
    """Settle the agents' net orders (ERA) in the pool; returns the price afterwards.

    `price` is where outsiders take the pool before these orders. It keeps ERA * USD, and its price is USD / ERA, hence its
    ERA goes with the root of the old price over the new. What enters is bounded by the market float, what leaves by a share
    of the pool.
    """
    if pots.pool == 0:
        return price
    product = pots.pool * pots.pool_usd
    wanted = to_count(max(pots.pool * math.sqrt(quote_pool(pots) / price) - net * 1e6, 0.0))
    least = to_count(pots.pool * (1.0 - POOL_LIMIT))
    # At least 1 uERA: an empty pool has no price.
    after = max(min(wanted, pots.pool + pots.market_float), least, 1)
    money = product / after - pots.pool_usd
    if after < pots.pool:
        buy_from_pool(pots, pots.pool - after, money)
    elif after > pots.pool:
        sell_to_pool(pots, after - pots.pool, -money)
    return quote_pool(pots)


@rule
def set_price(market: MarketState, price: float, p: Price) -> None:
    """Close the day: means take in the day's values, then tomorrow's price is quoted."""
    market.price_mean = smooth(market.price_mean, market.price, p.mean_days)
    market.log_return = safe_log(price) - safe_log(market.price)
    market.momentum = smooth(market.momentum, market.log_return, p.momentum_days)
    market.price = price


@rule
def process_price(w: PriceContext, d: MarketDraws, flow: Flow) -> None:
    """Tomorrow's price: noise, alarm, news of worth, and the day's orders. An exogenous price has a path and noise only."""
    change = advance_noise(w, d) + fade_alarm(w.impact, w.orders)
    if w.p.mode == PriceMode.EXOGENOUS:
        set_price(w.market, w.market.price * safe_exp(change + w.p.path_drift), w.p)
        return
    change += compute_worth_return(w)
    if w.p.mode == PriceMode.POOL:
        open_pool(w.pots, w.market.price, w.p)
        orders = flow.net if w.orders.acting == 1 else 0.0
        set_price(w.market, trade_pool(w.pots, orders, w.market.price * safe_exp(change)), w.p)
        return
    scale = get_scale(w.noise, w.noise.beta)
    change += take_orders(w.impact, flow.net, flow.volume, flow.liquid, flow.left, scale, w.orders)
    set_price(w.market, w.market.price * safe_exp(change), w.p)
