"""Developers have ideas, deploy and sell what they need."""

from typing import Any

from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.kernel.clock import draw_day
from metalab.econ.kernel.world import World
from metalab.econ.rollups.developer import developer_day
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.memory import as_reals


@rule
def open_developers(w: World) -> None:
    """Developers on the morning of the first day: capital comes with an idea."""
    for i in range(len(w.developers)):
        w.developers[i].index = i


@rule
def draw_developers(w: World) -> None:
    """Today's chance of all developers, and the chance of an idea that they share."""
    s = w.state[0]
    draw_day(as_reals(w.developer_draws), s.clock, Stream.DEVELOPERS)
    s.deploying.chance = w.params[0].deploying.ideas / DAYS_A_YEAR


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
