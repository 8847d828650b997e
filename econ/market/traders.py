"""Traders trade."""

from typing import Any

from metalab.econ.kernel.chance.distributions import lognormal, normal
from metalab.econ.kernel.chance.philox import derive_key, uniform_at
from metalab.econ.kernel.chance.streams import GENESIS, Stream
from metalab.econ.kernel.clock import draw_day
from metalab.econ.kernel.world import World
from metalab.econ.market.trader import TraderContext, Traders, compute_wealth, pick_kind, trader_day
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.memory import as_reals
from metalab.protocol.kernel.units import to_count, to_era
from metalab.protocol.market.ledger import receive_cash
from metalab.protocol.supply.ledger import endow


@rule
def open_traders(w: World) -> None:
    """Traders on the morning of the first day: the group's ERA and money, split by lognormal weights, exactly."""
    p = w.params[0].traders
    airdrop = w.holders[Bucket.AIRDROP]
    total = min(p.era_total, airdrop.escrow)
    weights = describe_traders(w, p)
    left = total
    # Backwards: trader 0 takes what rounding down left over, and each weight is read before wealth takes its place.
    for i in range(len(w.traders) - 1, -1, -1):
        trader = w.traders[i]
        share = left if i == 0 else min(to_count(total * (trader.opening_wealth / weights)), left)
        endow(airdrop, trader, w.pots[0], share)
        left -= share
        receive_cash(trader, w.pots[0], to_era(share) * p.usd_per_era)
        trader.opening_wealth = compute_wealth(trader, w.state[0].market.price)


@rule
def describe_traders(w: World, p: Traders) -> float:
    """Draw type, opinion and weight (kept in `opening_wealth` for the moment); returns the sum of the weights."""
    clock = w.state[0].clock
    key = derive_key(clock.seed, clock.replication, Stream.GENESIS_TRADERS, GENESIS)
    total = 0.0
    for i in range(len(w.traders)):
        trader = w.traders[i]
        trader.index = i
        trader.opening_wealth = lognormal(uniform_at(key, i, 0), 1.0, p.size_spread)
        trader.bias = p.bias_sd * normal(uniform_at(key, i, 1))
        trader.kind = pick_kind(uniform_at(key, i, 2))
        total += trader.opening_wealth
    return total


@rule
def draw_traders(w: World) -> None:
    """Today's chance of all traders."""
    draw_day(as_reals(w.trader_draws), w.state[0].clock, Stream.TRADERS)


@rule
def trader_at(traders: Any, draws: Any, state: Any, pots: Any, params: Any, today: Any, i: int) -> None:
    """The day of trader i."""
    s = state[0]
    p = params[0]
    floor = TraderContext(
        p.traders, s.market, s.traders, s.exchange, pots[0], p.exchange, today[0].traders, s.supply.effective, len(traders)
    )
    trader_day(traders[i], draws[i], floor)


@rule
def process_traders(w: World) -> None:
    """Traders trade."""
    draw_traders(w)
    # Taking the tables out of the world once, not once an agent, more than halves the cost of a trader's day.
    traders, draws, state, pots, params, today = w.traders, w.trader_draws, w.state, w.pots, w.params, w.today
    for i in range(len(traders)):
        trader_at(traders, draws, state, pots, params, today, i)
