"""Voters lock and vote."""

from typing import Any

from econ.chance.streams import Stream
from econ.clock import draw_day
from econ.world import World
from protocol.compiling import rule


@rule
def open_voters(w: World) -> None:
    """Voters on the morning of the first day."""
    for i in range(len(w.voters)):
        w.voters[i].index = i


@rule
def draw_voters(w: World) -> None:
    """Today's chance of all voters."""
    draw_day(w.flat.voters, w.state[0].clock, Stream.VOTERS)


@rule
def voter_at(voters: Any, draws: Any, i: int) -> None:
    """The day of voter i."""


@rule
def process_voters(w: World) -> None:
    """Voters lock and vote."""
    draw_voters(w)
    for i in range(len(w.voters)):
        voter_at(w.voters, w.voter_draws, i)
