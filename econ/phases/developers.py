"""Developers deploy, build, license, close."""

from typing import Any

from econ.chance.streams import Stream
from econ.clock import draw_day
from econ.world import World
from protocol.compiling import rule


@rule
def open_developers(w: World) -> None:
    """Developers on the morning of the first day."""
    for i in range(len(w.developers)):
        w.developers[i].index = i


@rule
def draw_developers(w: World) -> None:
    """Today's chance of all developers."""
    draw_day(w.flat.developers, w.state[0].clock, Stream.DEVELOPERS)


@rule
def developer_at(developers: Any, draws: Any, i: int) -> None:
    """The day of developer i."""


@rule
def process_developers(w: World) -> None:
    """Developers deploy, build, license, close."""
    draw_developers(w)
    for i in range(len(w.developers)):
        developer_at(w.developers, w.developer_draws, i)
