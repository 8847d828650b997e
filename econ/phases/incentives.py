"""Points, grants and the ecosystem fund."""

from econ.world import World
from protocol.compiling import rule


@rule
def open_incentives(w: World) -> None:
    """State on the morning of the first day."""


@rule
def process_incentives(w: World) -> None:
    """Points, grants and the ecosystem fund."""
