"""Rollups grow, shrink and close."""

from econ.phases.users import prepare_users
from econ.world import World
from protocol.compiling import rule


@rule
def open_rollups(w: World) -> None:
    """State on the morning of the first day."""


@rule
def process_rollups(w: World) -> None:
    """Rollups grow, shrink and close."""
    prepare_users(w)
