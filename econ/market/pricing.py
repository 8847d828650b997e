"""The day's orders become tomorrow's price."""

import math

from metalab.econ.kernel.chance.philox import derive_key, uniform_at
from metalab.econ.kernel.chance.streams import GENESIS, Stream
from metalab.econ.kernel.clock import draw_day
from metalab.econ.kernel.records import Daily, Params, State
from metalab.econ.kernel.world import World
from metalab.econ.market.exchange import ExchangeState, compute_net_filled
from metalab.econ.market.fundamental import Claims, Valuation, compute_exchange_value, note_slashing, update_fundamental, value_claims
from metalab.econ.market.impact import ImpactMetrics, ImpactState
from metalab.econ.market.market import REALISED_DAYS, MarketMetrics, MarketState
from metalab.econ.market.premium import compute_premium
from metalab.econ.market.price import Flow, MarketDraws, PriceContext, PriceMode, process_price
from metalab.econ.market.sentiment import compute_value_share
from metalab.econ.market.trader import compute_gap, update_profit
from metalab.econ.market.volatility import compute_usual_volatility, open_phase
from metalab.econ.market.volume import advance_volume, compute_volume
from metalab.protocol.fees.fees import compute_staker_share
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.memory import as_reals
from metalab.protocol.kernel.units import safe_exp, smooth, to_era, to_usd
from metalab.protocol.security.slashing import sum_risk
from metalab.protocol.staking.staking import sum_bonded

PHASE = 0
"""Permanent index of the draw of the opening phase."""


@rule
def open_market(w: World) -> None:
    """The price on the morning of the first day; its mean opens at the same value (ECONOMY 19)."""
    market = w.state[0].market
    clock = w.state[0].clock
    market.price = w.params[0].price.initial_usd
    market.price_mean = market.price
    key = derive_key(clock.seed, clock.replication, Stream.MARKET, GENESIS)
    noise = w.params[0].volatility
    open_phase(market, uniform_at(key, 0, PHASE), noise)
    # As it is where no orders move the price.
    usual = compute_usual_volatility(noise.beta, noise)
    market.square_mean = usual * usual


@rule
def open_valuation(w: World) -> None:
    """The rest of the market's opening, once supply, value secured and revenue are known."""
    state = w.state[0]
    p = w.params[0]
    value_token(w)
    if p.fundamental.valuation == Valuation.CLAIMS:
        # What the market expects before it has seen this world: its premium is not the policy's doing.
        state.market.fundamental = p.fundamental.usual_usd
    state.market.premium_usual = compute_premium(state.market)
    # V_0 at x = r = 0 (ECONOMY 19).
    state.market.volume = compute_volume(to_era(state.supply.reported), state.clock.offset, 0.0, 0.0, p.volume)
    state.market.volume_mean = state.market.volume


@rule
def compute_supply_ahead(w: World) -> float:
    """ERA that share the claims: what circulates, what the terms will release, and part of what the protocol itself holds.

    All of it grows by what the rate of issuance in force will add within the horizon. Stocks are those of the morning, so that a
    payment of the day is on one side only.
    """
    s = w.state[0]
    p = w.params[0].supply
    ahead = to_era(s.supply.ahead + s.supply.effective - s.supply.scheduled) + p.reserve_share * to_era(s.supply.withheld)
    return ahead * safe_exp(s.issuance.rate * p.horizon_days / DAYS_A_YEAR)


@rule
def compute_balances(state: State, p: Params) -> float:
    """USD that payers in ERA keep in stock: so many days of their fees."""
    return state.fees.revenue_mean_usd * state.fees.era_share * p.adoption.holding_days / DAYS_A_YEAR


@rule
def read_claims(w: World) -> Claims:
    """What is paid to the token and how many tokens share it."""
    state = w.state[0]
    p = w.params[0]
    # What flows of policy take is no longer split; what they burn or pay to holders is theirs all the same.
    revenue = state.fees.lasting_mean_usd * (compute_staker_share(p.fees) * state.flows.kept) + state.flows.returned_usd
    revenue = max(revenue - state.fundamental.slashed_usd, 0.0)
    return Claims(revenue, compute_balances(state, p), compute_supply_ahead(w))


@rule
def value_token(w: World) -> None:
    """Value the token by the variant in force."""
    state = w.state[0]
    p = w.params[0].fundamental
    record = w.today[0].fundamental
    claims = read_claims(w)
    supply = claims.supply
    if p.valuation == Valuation.EXCHANGE_EQUATION:
        supply = to_era(state.supply.effective)
        record.fundamental_usd = compute_exchange_value(float(state.activity.messages), state.fees.revenue_mean_usd, supply, p)
    else:
        value_claims(claims, p, record)
    update_fundamental(state.market, record.fundamental_usd, supply)


@rule
def read_flow(state: State, pots: Pots) -> Flow:
    """The day's trade; what is bonded or locked cannot be traded."""
    liquid = state.supply.effective - sum_bonded(state.staking) - state.governance.locked_sum
    net = to_era(compute_net_filled(state.exchange))
    return Flow(net, state.market.volume, to_era(liquid), to_era(pots.market_float))


@rule
def measure_volatility(market: MarketState, day: int, today: MarketMetrics) -> None:
    """Take the day's return into the mean square; the first day has none."""
    if day > 0:
        market.square_mean = smooth(market.square_mean, market.log_return * market.log_return, REALISED_DAYS)
    today.volatility_realised = math.sqrt(market.square_mean)


@rule
def record_market(market: MarketState, reported: float, today: MarketMetrics) -> None:
    """The day's figures at the price and worth of the day."""
    today.price_usd = market.price
    today.price_premium_usd = market.price - market.fundamental
    today.price_premium_log = compute_premium(market)
    today.volume_usd = market.volume * market.price
    today.log_return = market.log_return
    today.turnover_share = market.volume / reported if reported > 0.0 else 0.0


@rule
def record_orders(desk: ExchangeState, impact: ImpactState, today: ImpactMetrics) -> None:
    """The day's orders and what earlier ones do to its price."""
    today.net_orders_era = to_era(compute_net_filled(desk))
    today.orders_rationed_era = to_era(desk.requested_buy - desk.filled_buy)
    today.impact_passing = impact.passing
    today.impact_alarm = impact.alarm
    today.impact_scarce = impact.scarce


@rule
def close_market(state: State, pots: Pots, draws: MarketDraws, p: Params, today: Daily) -> None:
    """Today's volume, then tomorrow's price (the order of ECONOMY 27)."""
    market = state.market
    desk = state.exchange
    reported = to_era(state.supply.reported)
    gross = to_era(desk.filled_buy + desk.filled_sell)
    advance_volume(market, draws.volume, reported, gross, state.clock.day + state.clock.offset, p.volume)
    record_market(market, reported, today.market)
    measure_volatility(market, state.clock.day, today.market)
    record_orders(desk, state.impact, today.impact)
    # What traders saw this morning: the price, and with it gap and momentum, changes below.
    gap = compute_gap(market, market.price)
    market.premium_usual = smooth(market.premium_usual, compute_premium(market), p.premium.usual_days)
    momentum = market.momentum
    share = compute_value_share(state.sentiment.appeal)
    today.sentiment.sentiment_value_share = share if p.price.mode == PriceMode.TRADERS else 0.0
    context = PriceContext(market, state.impact, pots, p.price, p.volatility, p.premium, p.impact, state.sentiment, p.sentiment, gap)
    process_price(context, draws, read_flow(state, pots))
    market.volume_mean = smooth(market.volume_mean, market.volume, p.volume.mean_days)
    today.market.volatility = market.volatility
    today.market.market_factor = market.factor
    update_profit(state.traders, market, gap, momentum, p.traders)


@rule
def process_market(w: World) -> None:
    """Today's worth and close, and tomorrow's price."""
    s = w.state[0]
    draw_day(as_reals(w.market_draws), s.clock, Stream.MARKET)
    note_slashing(s.fundamental, to_usd(sum_risk(s.slashing), s.market.price))
    value_token(w)
    close_market(s, w.pots[0], w.market_draws[0], w.params[0], w.today[0])
