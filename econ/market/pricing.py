"""The day's orders become tomorrow's price."""

from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.kernel.clock import draw_day
from metalab.econ.kernel.records import Params, State
from metalab.econ.kernel.world import World
from metalab.econ.market.exchange import ExchangeState, compute_net_requested
from metalab.econ.market.fundamental import (
    compute_exchange_value,
    compute_fundamental,
    compute_premium,
    compute_secured_share,
    update_fundamental,
)
from metalab.econ.market.market import MarketMetrics, MarketState
from metalab.econ.market.price import MarketDraws, PriceMode, process_price
from metalab.econ.market.trader import compute_gap, update_profit
from metalab.econ.market.volume import advance_volume, compute_volume
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.memory import as_reals
from metalab.protocol.kernel.units import smooth, to_era


@rule
def open_market(w: World) -> None:
    """The price on the morning of the first day; its mean opens at the same value (ECONOMY 19)."""
    market = w.state[0].market
    market.price = w.params[0].price.initial_usd
    market.price_mean = market.price
    market.fundamental = w.params[0].fundamental.fallback_usd


@rule
def open_valuation(w: World) -> None:
    """The rest of the market's opening, once supply, value secured and revenue are known."""
    state = w.state[0]
    p = w.params[0]
    value_token(state, p)
    # V_0 at x = r = 0 (ECONOMY 19).
    state.market.volume = compute_volume(to_era(state.supply.reported), state.clock.offset, 0.0, 0.0, p.volume)
    state.market.volume_mean = state.market.volume


@rule
def value_token(state: State, p: Params) -> None:
    """Value the token by the variant that the price mode calls for."""
    value = 0.0
    if p.price.mode == PriceMode.EXCHANGE_EQUATION:
        value = compute_exchange_value(
            float(state.activity.messages), state.fees.revenue_mean_usd, to_era(state.supply.effective), p.fundamental
        )
    else:
        value = compute_holder_value(state, p)
    update_fundamental(state.market, value)


@rule
def compute_holder_value(state: State, p: Params) -> float:
    """F from what is known of revenue, value secured and supply."""
    locked = state.governance.locked_sum
    for tier in range(len(state.staking.bonded)):
        locked += state.staking.bonded[tier]
    premium = compute_premium(float(locked), float(state.supply.effective), p.fundamental)
    # What the calendar does not know: the treasury's payments add to it for good, burning and returned airdrop take from it.
    supply = to_era(state.supply.mean_ahead + state.supply.effective - state.supply.scheduled)
    growth = state.activity.message_growth
    state.market.secured_share = compute_secured_share(state.fees.revenue_mean_usd, growth, state.rollups.tvl, p.fundamental)
    return compute_fundamental(state.fees.revenue_mean_usd, growth, state.rollups.tvl, supply, premium, p.fundamental)


@rule
def record_market(market: MarketState, desk: ExchangeState, reported: float, today: MarketMetrics) -> None:
    """The day's figures at the price and fundamental of the day."""
    today.price_usd = market.price
    today.fundamental_usd = market.fundamental
    today.fundamental_secured_share = market.secured_share
    today.volume_usd = market.volume * market.price
    today.log_return = market.log_return
    today.turnover_share = market.volume / reported if reported > 0.0 else 0.0
    today.net_orders_era = to_era(compute_net_requested(desk))
    today.orders_rationed_era = to_era(desk.requested_buy - desk.filled_buy)


@rule
def close_market(state: State, pots: Pots, draws: MarketDraws, p: Params, today: MarketMetrics) -> None:
    """Today's volume and fundamental, then tomorrow's price (the order of ECONOMY 27)."""
    market = state.market
    desk = state.exchange
    day = state.clock.day
    reported = to_era(state.supply.reported)
    if day % p.fundamental.refresh_days == 0:
        value_token(state, p)
    gross = to_era(desk.filled_buy + desk.filled_sell)
    advance_volume(market, draws.volume, reported, gross, day + state.clock.offset, p.volume)
    record_market(market, desk, reported, today)
    # What traders saw this morning: the price, and with it gap and momentum, changes below.
    gap = compute_gap(market, market.price)
    momentum = market.momentum
    process_price(market, pots, draws, day, to_era(compute_net_requested(desk)), p.price, p.volatility)
    market.volume_mean = smooth(market.volume_mean, market.volume, p.volume.mean_days)
    today.volatility = market.volatility
    today.market_factor = market.factor
    update_profit(state.traders, market, gap, momentum, p.traders)


@rule
def process_market(w: World) -> None:
    """Today's close and tomorrow's price."""
    draw_day(as_reals(w.market_draws), w.state[0].clock, Stream.MARKET)
    close_market(w.state[0], w.pots[0], w.market_draws[0], w.params[0], w.today[0].market)
