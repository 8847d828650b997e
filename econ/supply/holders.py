"""Holders sell part of what unlocks."""

from typing import Any

from metalab.econ.kernel.chance.distributions import lognormal
from metalab.econ.kernel.chance.philox import derive_key, uniform_at
from metalab.econ.kernel.chance.streams import GENESIS, Stream
from metalab.econ.kernel.clock import draw_day
from metalab.econ.kernel.world import World
from metalab.econ.supply.holder import follow_plan, holder_day, open_plan
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.memory import as_reals


@rule
def open_holders(w: World) -> None:
    """Draw each holder's propensity to sell in this run; its plan begins."""
    clock = w.state[0].clock
    p = w.params[0]
    key = derive_key(clock.seed, clock.replication, Stream.GENESIS_HOLDERS, GENESIS)
    for i in range(len(w.holders)):
        w.holders[i].zeal = lognormal(uniform_at(key, i, 0), 1.0, p.holders.fraction_sigma)
        open_plan(w.holders[i], p.vesting, w.unlocks, p.holders, clock.offset + clock.day)


@rule
def draw_holders(w: World) -> None:
    """Today's chance of all holders."""
    draw_day(as_reals(w.holder_draws), w.state[0].clock, Stream.HOLDERS)


@rule
def holder_at(holders: Any, state: Any, pots: Any, params: Any, unlocks: Any, today: Any, i: int) -> None:
    """The day of holder i."""
    s = state[0]
    p = params[0]
    day = s.clock.offset + s.clock.day
    ahead = follow_plan(holders[i], p.vesting, unlocks, p.holders, day)
    holder_day(holders[i], ahead, s.market, s.impact.scarce, s.exchange, pots[0], p.vesting, p.holders, today[0].supply)


@rule
def process_holders(w: World) -> None:
    """Holders sell part of what unlocks."""
    draw_holders(w)
    for i in range(len(w.holders)):
        holder_at(w.holders, w.state, w.pots, w.params, w.unlocks, w.today, i)
