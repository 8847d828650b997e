"""The price process: how a day's orders and the market's own noise become tomorrow's price (MODEL 15, ECONOMY 22-27)."""

import math
from enum import IntEnum

from metalab.econ.kernel.chance.distributions import normal
from metalab.econ.market.market import MarketState
from metalab.econ.market.volatility import Volatility, advance_factor, advance_volatility, compute_impact_scale, draw_shock
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, choice, draw, parameter, switch
from metalab.protocol.kernel.units import safe_exp, safe_log, smooth, to_count, to_usd
from metalab.protocol.market.ledger import buy_from_pool, fill_pool, sell_to_pool


class PriceMode(IntEnum):
    """How tomorrow's price comes about."""

    MARKET = 0
    EXOGENOUS = 1
    POOL = 2
    EXCHANGE_EQUATION = 3


class Price(Record):
    """The price process."""

    mode: int = choice(PriceMode.MARKET, source="MODEL 15", owner="nature", doc="How the price comes about.")
    initial_usd: float = parameter(
        1.545, 0.001, 100.0, unit="USD", source="data/era_price.csv 2025-07-17", owner="nature", doc="Price on day 0."
    )
    kappa: float = parameter(
        0.010,
        0.0,
        0.03,
        unit="1/day",
        source="ECONOMY 22",
        owner="nature",
        doc="Part of the gap to the fundamental that closes in a day.",
    )
    beta: float = parameter(1.2, 0.0, 3.0, unit="1", source="ECONOMY 22", owner="nature", doc="Response to the market factor.")
    permanent_share: float = parameter(
        0.7,
        0.3,
        1.0,
        unit="share",
        source="ECONOMY 22",
        owner="nature",
        doc="Part of the impact of orders that does not decay.",
    )
    jump_memory: float = parameter(0.9, 0.0, 0.99, unit="1", source="ECONOMY 22", owner="nature", doc="Share of the rest left after a day.")
    impact_size: float = parameter(
        1.0,
        0.5,
        1.5,
        unit="1",
        source="ECONOMY 23",
        owner="nature",
        doc="Y of the square-root law: impact in volatilities at orders = volume.",
    )
    order_noise: float = parameter(
        0.03,
        0.0,
        0.5,
        unit="share",
        source="ECONOMY 23",
        owner="nature",
        doc="Net orders of people not modelled, in daily volumes.",
    )
    steady_flow: float = parameter(
        0.0, -0.1, 0.1, unit="share", source="ECONOMY sanity check 5", owner="nature", doc="Net buying every day, in daily volumes."
    )
    path_drift: float = parameter(
        -0.003,
        -0.02,
        0.01,
        unit="1/day",
        source="assumed (ECONOMY: 1.545 to about .05 USD in three years; range data/defaults.csv price.drift_daily)",
        owner="nature",
        doc="Drift of the log path that an exogenous price follows.",
    )
    pool_era: int = parameter(
        6_000_000,
        1_000,
        12_000_000,
        unit="ERA",
        source="assumed (half of the market float of ECONOMY 2; 2 % depth 0.09M USD, data/market_microstructure.csv depth)",
        owner="nature",
        doc="ERA side of the constant-product pool at the start, out of the market float.",
    )
    pool_limit: float = parameter(
        0.5,
        0.01,
        0.9,
        unit="share",
        source="assumed (as ECONOMY 3 for the float)",
        owner="nature",
        doc="Most of the pool that can leave in a day.",
    )
    mean_days: float = parameter(
        30.0, 1.0, 365.0, unit="day", source="ECONOMY 19", owner="behaviour", doc="Days of the mean price on which people decide."
    )
    momentum_days: float = parameter(20.0, 1.0, 365.0, unit="day", source="ECONOMY 19", owner="behaviour", doc="Days of the mean return.")
    impact: int = switch(True, source="ECONOMY 23", owner="nature", doc="Whether orders move the price.")
    anchor: int = switch(True, source="ECONOMY 22", owner="nature", doc="Whether the price is drawn to the fundamental.")
    volatility_clustering: int = switch(True, source="ECONOMY 24", owner="nature", doc="Whether volatility comes in clusters.")
    heavy_tails: int = switch(True, source="ECONOMY 24", owner="nature", doc="Whether the noise has heavy tails; else it is normal.")
    market_factor_on: int = switch(True, source="ECONOMY 24", owner="nature", doc="Whether the market factor moves the price.")


class MarketDraws(Record):
    """Chance of the market."""

    tail_radius: float = draw(0, "return noise, size")
    tail_angle: float = draw(1, "return noise, angle")
    volatility: float = draw(2, "shock of log volatility")
    factor: float = draw(3, "shock of the market factor")
    volume: float = draw(4, "shock of log volume")
    orders: float = draw(5, "net orders of people not modelled")


@rule
def compute_impact(orders: float, volume: float, scale: float) -> float:
    """Square-root law: scale * sgn(orders) * sqrt(|orders| / volume), both in ERA; 0 without volume."""
    if volume <= 0.0:
        return 0.0
    size = scale * math.sqrt(abs(orders) / volume)
    return size if orders > 0.0 else -size


@rule
def add_jump(market: MarketState, impact: float, p: Price) -> float:
    """Let the decaying part of past impact fade, add today's; returns the change of J."""
    before = market.jump
    # J' = .9 J + (1 - pi) I (ECONOMY 22).
    market.jump = p.jump_memory * before + (1.0 - p.permanent_share) * impact
    return market.jump - before


@rule
def compute_target(market: MarketState, day: int, p: Price) -> float:
    """Log price that the anchor pulls to: the fundamental, or the path of an exogenous price."""
    if p.mode == PriceMode.EXOGENOUS:
        return safe_log(p.initial_usd) + p.path_drift * day
    return safe_log(market.fundamental)


@rule
def compute_pull(market: MarketState, day: int, p: Price) -> float:
    """The day's return towards the target. The part of the impact that has yet to decay is left out of the gap."""
    if p.anchor == 0:
        return 0.0
    return p.kappa * (compute_target(market, day, p) - safe_log(market.price) + market.jump)


@rule
def compute_orders(net: float, volume: float, u: float, p: Price) -> float:
    """x = q + u in ERA: the agents' net orders and those of everybody else."""
    unmodelled = (p.steady_flow + p.order_noise * normal(u)) * volume
    # An exogenous price hears no agent: effects of a policy without their feedback (ECONOMY, a build order).
    return unmodelled if p.mode == PriceMode.EXOGENOUS else net + unmodelled


@rule
def compute_order_return(market: MarketState, orders: float, p: Price, noise: Volatility) -> float:
    """Return that the orders bring today: the lasting part of the impact and the change of the passing one.

    An equation of exchange knows no orders, and a pool answers to them by itself.
    """
    if p.impact == 0 or p.mode == PriceMode.POOL or p.mode == PriceMode.EXCHANGE_EQUATION:
        return 0.0
    beta = p.beta if p.market_factor_on == 1 else 0.0
    scale = p.impact_size * compute_impact_scale(market.volatility, beta, noise)
    impact = compute_impact(orders, market.volume, scale)
    return p.permanent_share * impact + add_jump(market, impact, p)


@rule
def compute_noise(market: MarketState, d: MarketDraws, p: Price, noise: Volatility) -> float:
    """Return that comes without anybody's order: the market factor and the token's own noise."""
    advance_factor(market, d.factor, noise)
    advance_volatility(market, d.volatility, noise, p.volatility_clustering)
    own = market.volatility * draw_shock(d.tail_radius, d.tail_angle, noise, p.heavy_tails)
    return own + p.beta * market.factor_change if p.market_factor_on == 1 else own


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
def trade_pool(pots: Pots, net: float, price: float, p: Price) -> float:
    """Settle the agents' net orders (ERA) in the pool; returns the price afterwards.

    `price` is where outsiders take the pool before these orders. It keeps ERA * USD, and its price is USD / ERA, hence its
    ERA goes with the root of the old price over the new. What enters is bounded by the market float, what leaves by a share
    of the pool.
    """
    if pots.pool == 0:
        return price
    product = pots.pool * pots.pool_usd
    wanted = to_count(max(pots.pool * math.sqrt(quote_pool(pots) / price) - net * 1e6, 0.0))
    least = to_count(pots.pool * (1.0 - p.pool_limit))
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
def process_price(market: MarketState, pots: Pots, d: MarketDraws, day: int, net: float, p: Price, noise: Volatility) -> None:
    """Tomorrow's price from the agents' net orders `net` (ERA), today's volume and the market's own noise.

    r = kappa (ln F - p + J) + beta dm + pi I + dJ + sigma z, all terms with this morning's p and J (ECONOMY 22).
    """
    # Noise first: it advances sigma_t, which scales the impact below (ECONOMY 23, 24).
    drift = compute_pull(market, day, p) + compute_noise(market, d, p, noise)
    if p.mode == PriceMode.POOL:
        open_pool(pots, market.price, p)
        orders = net if p.impact == 1 else 0.0
        set_price(market, trade_pool(pots, orders, market.price * safe_exp(drift), p), p)
        return
    drift += compute_order_return(market, compute_orders(net, market.volume, d.orders, p), p, noise)
    set_price(market, market.price * safe_exp(drift), p)
