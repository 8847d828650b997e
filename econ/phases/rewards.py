"""Reward pots are paid out."""

from econ.world import World
from protocol.compiling import rule


@rule
def open_rewards(w: World) -> None:
    """State on the morning of the first day."""


@rule
def process_rewards(w: World) -> None:
    """Reward pots are paid out."""
