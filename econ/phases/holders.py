"""Holders sell part of what unlocks."""

from typing import Any

from econ.chance.streams import Stream
from econ.clock import draw_day
from econ.world import World
from protocol.compiling import rule


@rule
def open_holders(w: World) -> None:
    """Holders on the morning of the first day."""
    for i in range(len(w.holders)):
        w.holders[i].index = i


@rule
def draw_holders(w: World) -> None:
    """Today's chance of all holders."""
    draw_day(w.flat.holders, w.state[0].clock, Stream.HOLDERS)


@rule
def holder_at(holders: Any, draws: Any, i: int) -> None:
    """The day of holder i."""


@rule
def process_holders(w: World) -> None:
    """Holders sell part of what unlocks."""
    draw_holders(w)
    for i in range(len(w.holders)):
        holder_at(w.holders, w.holder_draws, i)
