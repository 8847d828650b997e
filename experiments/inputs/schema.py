"""Parameters as people write them: strict pydantic types derived from the declared records, and the way to memory and back.

People write ERA in decimal ERA, choices by name, switches as true or false. Memory holds micro-ERA and integers.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from enum import IntEnum
from functools import cache
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from metalab.econ.kernel.records import PARAMETERS, Params
from metalab.experiments.errors import NOWHERE, BadValueError, Place, UnknownNameError
from metalab.experiments.program import show_command
from metalab.protocol.kernel.declare import MICRO, Info, Leaf, make_defaults

Words = np.ndarray[Any, np.dtype[np.void]]
Values = dict[str, Any]
"""Parameters by dotted path, as people write them."""

LEAVES: dict[str, Leaf] = {leaf.path: leaf for leaf in PARAMETERS}
ORDER = {path: k for k, path in enumerate(LEAVES)}
"""Of several wrong values the first declared is told."""


def _refuse_switch(value: Any) -> Any:
    """Python's true is 1; in place of a number it is an error all the same."""
    if isinstance(value, bool):
        raise ValueError("a number, not true or false")
    return value


def parse_era(value: Any) -> int:
    """Decimal ERA to micro-ERA, exactly; more than six decimals are refused, not rounded."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("a number of ERA")
    try:
        micro = Decimal(str(value)) * MICRO
        whole = int(micro)
    except (InvalidOperation, OverflowError, ValueError) as error:
        raise ValueError("a finite number of ERA") from error
    if whole != micro:
        raise ValueError("at most 6 decimals")
    return whole


def _parse_real(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else _refuse_switch(value)


def _parse_member(options: type[IntEnum]) -> Callable[[Any], int]:
    names = {member.name.lower(): int(member) for member in options}

    def parse(value: Any) -> int:
        if not isinstance(value, str) or value not in names:
            raise ValueError("a name of the list")
        return names[value]

    return parse


def _check_total(total: int) -> Callable[[tuple[int, ...]], tuple[int, ...]]:
    def check(values: tuple[int, ...]) -> tuple[int, ...]:
        if sum(values) != total:
            raise ValueError(f"the sum is {sum(values)}, not {total}")
        return values

    return check


def _type_scalar(leaf: Leaf) -> Any:
    info = leaf.info
    if info.choices is not None:
        return Annotated[int, BeforeValidator(_parse_member(info.choices))]
    if info.unit == "switch":
        return bool
    if info.scale == MICRO:
        return Annotated[int, BeforeValidator(parse_era), Field(ge=parse_era(info.low), le=parse_era(info.high))]
    if leaf.is_float:
        return Annotated[float, BeforeValidator(_parse_real), Field(ge=info.low, le=info.high, allow_inf_nan=False)]
    return Annotated[int, BeforeValidator(_refuse_switch), Field(ge=info.low, le=info.high)]


def _type_value(leaf: Leaf) -> Any:
    info = leaf.info
    if not info.length:
        return _type_scalar(leaf)
    # Called, not subscripted: the type of the elements is only known here.
    vector = tuple.__class_getitem__((_type_scalar(leaf), ...))
    bounded: Any = Annotated[vector, BeforeValidator(_to_tuple), Field(min_length=info.length, max_length=info.length)]
    return bounded if info.total is None else Annotated[bounded, AfterValidator(_check_total(info.total * info.scale))]


def _to_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else value


STRICT = ConfigDict(strict=True)


@cache
def get_type(path: str) -> TypeAdapter[Any]:
    """The strict type of a parameter, made when it is first set: making all of them would take longer than a year's run."""
    return TypeAdapter(_type_value(LEAVES[path]), config=STRICT)


def describe_allowed(info: Info, is_float: bool) -> str:
    """What a parameter accepts, in words."""
    if info.choices is not None:
        return "one of " + ", ".join(member.name.lower() for member in info.choices)
    if info.unit == "switch":
        return "true or false"
    kind = "number" if is_float or info.scale == MICRO else "whole number"
    unit = {"1": "", "ERA": " ERA, at most 6 decimals"}.get(info.unit, f" {info.unit}")
    span = f"from {info.low:,} to {info.high:,}{unit}"
    if not info.length:
        return f"a {kind} {span}"
    total = f", together {info.total:,}" if info.total is not None else ""
    return f"a list of {info.length} {kind}s, each {span}{total}"


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
    """A value as it is stored; pydantic's complaint, if any, in our words."""
    try:
        return get_type(path).validate_python(value.tolist() if isinstance(value, np.generic | np.ndarray) else value)
    except ValidationError:
        leaf = LEAVES[path]
        allowed = describe_allowed(leaf.info, leaf.is_float)
        raise BadValueError(path, _readable(value), allowed, places.get(path, NOWHERE)) from None


def _readable(value: Any) -> Any:
    """Numbers of a TOML file arrive as Decimal; people see them as they wrote them."""
    if isinstance(value, list | tuple):
        return [_readable(item) for item in value]
    return value if not isinstance(value, Decimal) else float(value)


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
