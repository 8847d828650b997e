"""Faults, evidence and penalties."""

from econ.world import World
from protocol.compiling import rule


@rule
def open_slashing(w: World) -> None:
    """State on the morning of the first day."""


@rule
def process_slashing(w: World) -> None:
    """Faults, evidence and penalties."""
