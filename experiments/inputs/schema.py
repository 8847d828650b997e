"""Parameters as people write them, checked against the declared records, and the way to memory and back.

People write ERA in decimal ERA, choices by name, switches as true or false. Memory holds micro-ERA and integers.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from metalab.econ.kernel.records import PARAMETERS, Params
from metalab.experiments.errors import NOWHERE, BadValueError, Place, UnknownNameError
from metalab.experiments.inputs.values import describe_allowed, make_readable, parse, parse_era
from metalab.experiments.program import show_command
from metalab.protocol.kernel.declare import MICRO, Leaf, make_defaults

__all__ = ["LEAVES", "describe_allowed", "parse_era", "parse_value", "resolve", "show_parameters", "show_value"]

Words = np.ndarray[Any, np.dtype[np.void]]
Values = dict[str, Any]
"""Parameters by dotted path, as people write them."""

LEAVES: dict[str, Leaf] = {leaf.path: leaf for leaf in PARAMETERS}
ORDER = {path: k for k, path in enumerate(LEAVES)}
"""Of several wrong values the first declared is told."""


def show_value(leaf: Leaf, stored: Any) -> Any:
    """A stored value as people write it."""
    if leaf.info.length:
        return [_show_scalar(leaf, item) for item in stored]
    return _show_scalar(leaf, stored)


def _show_scalar(leaf: Leaf, stored: Any) -> Any:
    info = leaf.info
    if info.choices is not None:
        return info.choices(int(stored)).name.lower()
    if info.unit == "switch":
        return bool(stored)
    if info.scale == MICRO:
        return int(stored) // MICRO if int(stored) % MICRO == 0 else int(stored) / MICRO
    return float(stored) if leaf.is_float else int(stored)


def get_default(leaf: Leaf) -> Any:
    """The declared default as people write it."""
    info = leaf.info
    if info.choices is not None or info.unit == "switch":
        return _show_scalar(leaf, info.default)
    return list(info.default) if info.length else info.default


def check_names(paths: Mapping[str, Any], places: Mapping[str, Place]) -> None:
    """Refuse a path that no parameter has."""
    for path in paths:
        if path not in LEAVES:
            if not isinstance(path, str):
                raise BadValueError("parameter", path, "a parameter's path as a text")
            raise UnknownNameError("parameter", path, LEAVES, places.get(path, NOWHERE), show_command("parameters"))


def resolve(overrides: Mapping[str, Any], places: Mapping[str, Place] | None = None) -> Words:
    """Every parameter: the declared defaults with `overrides` (as people write them), as one row of memory.

    Raises `UnknownNameError` for a path that does not exist and `BadValueError` for a value out of its bounds or type.
    """
    known = places or {}
    check_names(overrides, known)
    row: Words = make_defaults(Params)
    for path in sorted(overrides, key=ORDER.__getitem__):
        _put(row, path, _parse(path, overrides[path], known))
    return row


def _parse(path: str, value: Any, places: Mapping[str, Place]) -> Any:
    """A value as it is stored; what is wrong with it, if anything, in words of the declaration."""
    leaf = LEAVES[path]
    try:
        return parse(leaf, value)
    except ValueError:
        allowed = describe_allowed(leaf.info, leaf.is_float)
        raise BadValueError(path, make_readable(value), allowed, places.get(path, NOWHERE)) from None


def _put(row: Words, path: str, value: Any) -> None:
    *parts, name = path.split(".")
    node = row
    for part in parts:
        node = node[part]
    node[name][0] = value


def parse_value(path: str, value: Any, place: Place = NOWHERE) -> list[tuple[int, bool, float]]:
    """One parameter's new value as words: place in `Params`, whether it is a float, stored value."""
    row = resolve({path: value}, {path: place})
    leaf = LEAVES[path]
    count = max(1, leaf.info.length)
    words = row.view("<f8" if leaf.is_float else "<i8")[leaf.slot : leaf.slot + count]
    return [(leaf.slot + k, leaf.is_float, float(word)) for k, word in enumerate(words.tolist())]


def show_parameters(row: Words) -> Values:
    """Every parameter by path, as people write it; `resolve` of it gives the same memory."""
    shown: Values = {}
    for path, leaf in LEAVES.items():
        node: Any = row
        for part in path.split("."):
            node = node[part]
        shown[path] = show_value(leaf, node[0])
    return shown
