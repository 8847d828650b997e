"""Messages become load, load is served by nodes."""

from econ.world import World
from protocol.compiling import rule


@rule
def open_load(w: World) -> None:
    """State on the morning of the first day."""


@rule
def process_load(w: World) -> None:
    """Messages become load, load is served by nodes."""
