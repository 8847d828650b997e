"""Traders trade."""

from typing import Any

from econ.chance.streams import Stream
from econ.clock import draw_day
from econ.world import World
from protocol.compiling import rule


@rule
def open_traders(w: World) -> None:
    """Traders on the morning of the first day."""
    for i in range(len(w.traders)):
        w.traders[i].index = i


@rule
def draw_traders(w: World) -> None:
    """Today's chance of all traders."""
    draw_day(w.flat.traders, w.state[0].clock, Stream.TRADERS)


@rule
def trader_at(traders: Any, draws: Any, i: int) -> None:
    """The day of trader i."""


@rule
def process_traders(w: World) -> None:
    """Traders trade."""
    draw_traders(w)
    for i in range(len(w.traders)):
        trader_at(w.traders, w.trader_draws, i)
