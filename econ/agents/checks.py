"""What may be asked of agents and of the model: refusals in one line that name the thing, the value and what to do."""

from collections.abc import Iterable
from difflib import get_close_matches
from operator import index
from typing import Any

from metalab.econ.kernel.records import PARAMETERS
from metalab.protocol.kernel.declare import Leaf

LARGEST = 2**63 - 1
"""What a field of 8 bytes can hold."""
LEAVES: dict[str, Leaf] = {leaf.path: leaf for leaf in PARAMETERS}


def read_whole(name: str, value: Any, low: int = -LARGEST, high: int = LARGEST) -> int:
    """A whole number as compiled rules take it. A float would compile a second rule that loses parts of a token.

    Raises TypeError for anything but a whole number and ValueError for one out of bounds.
    """
    try:
        number = int(index(value))
    except TypeError:
        raise TypeError(f"{name} = {value!r} is not allowed; give a whole number") from None
    if not low <= number <= high:
        raise ValueError(f"{name} = {number} is not allowed; give a whole number from {low:,} to {high:,}")
    return number


def suggest(name: str, known: Iterable[str]) -> str:
    """A question after the nearest known name, or nothing where none is near."""
    near = get_close_matches(name, list(known), 1, 0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def find_slot(path: str, element: int) -> int:
    """The word of Params where an element of a parameter is.

    Raises KeyError for a path that is no parameter and ValueError for an element that the parameter does not have.
    """
    if path not in LEAVES:
        raise KeyError(f"{path!r} is no parameter{suggest(path, LEAVES) or '; see: python -m experiments parameters'}")
    leaf = LEAVES[path]
    return leaf.slot + read_whole(f"element of {path}", element, 0, max(leaf.info.length, 1) - 1)
