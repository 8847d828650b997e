"""Proposals open, close and execute."""

from econ.world import World
from protocol.compiling import rule


@rule
def open_governance(w: World) -> None:
    """State on the morning of the first day."""


@rule
def process_governance(w: World) -> None:
    """Proposals open, close and execute."""
