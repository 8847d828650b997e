"""The calendar of a world and its random keys."""

from typing import Any

from metalab.econ.kernel.chance.philox import derive_key, fill_draws
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field


class ClockState(Record):
    """Part of the random key, and the calendar."""

    day: int = field("day", "0 is the first row")
    offset: int = field("day", "days from the token launch to row 0")
    seed: int = field("1", "seed of the run")
    replication: int = field("1", "replication within a study")


@rule
def get_key(clock: ClockState, stream: int) -> Any:
    """Today's random key of a population."""
    return derive_key(clock.seed, clock.replication, stream, clock.day)


@rule
def draw_day(flat: Any, clock: ClockState, stream: int) -> None:
    """Fill a draws table (its flat view: agents x draws) for today."""
    fill_draws(flat, derive_key(clock.seed, clock.replication, stream, clock.day), 0, len(flat))
