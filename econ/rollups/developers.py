"""Developers have ideas, deploy and sell what they need."""

from typing import Any

from metalab.econ.kernel.chance.distributions import lognormal
from metalab.econ.kernel.chance.philox import derive_key, uniform_at
from metalab.econ.kernel.chance.streams import GENESIS, Stream
from metalab.econ.kernel.clock import draw_day
from metalab.econ.kernel.world import World
from metalab.econ.rollups.deploying import compute_idea_chance
from metalab.econ.rollups.developer import developer_day
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.memory import as_reals
from metalab.protocol.market.ledger import receive_cash

CAPITAL = 0
"""Permanent index of the draw of opening capital."""


@rule
def open_developers(w: World) -> None:
    """Developers on the morning of the first day, with their capital."""
    clock = w.state[0].clock
    p = w.params[0].deploying
    key = derive_key(clock.seed, clock.replication, Stream.GENESIS_DEVELOPERS, GENESIS)
    for i in range(len(w.developers)):
        developer = w.developers[i]
        developer.index = i
        receive_cash(developer, w.pots[0], lognormal(uniform_at(key, i, CAPITAL), p.capital_usd, p.capital_sigma))


@rule
def draw_developers(w: World) -> None:
    """Today's chance of all developers, and the chance of an idea that they share."""
    s = w.state[0]
    draw_day(as_reals(w.developer_draws), s.clock, Stream.DEVELOPERS)
    s.deploying.chance = compute_idea_chance(s.activity.active_share, w.params[0].deploying)


@rule
def developer_at(developers: Any, draws: Any, rollups: Any, state: Any, pots: Any, params: Any, today: Any, i: int) -> None:
    """The day of developer i."""
    developer_day(developers[i], draws[i], rollups, state[0], pots[0], params[0], today[0])


@rule
def process_developers(w: World) -> None:
    """Developers have ideas, deploy and sell what they need."""
    draw_developers(w)
    for i in range(len(w.developers)):
        developer_at(w.developers, w.developer_draws, w.rollups, w.state, w.pots, w.params, w.today, i)
