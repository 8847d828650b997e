"""What must hold between several parameters of a world."""

from collections.abc import Mapping

from experiments.errors import Place
from experiments.schema import Words


def check_parameters(parameters: Words, places: Mapping[str, Place]) -> None:
    """Raise `BadValueError` for a world whose parameters contradict each other."""
