"""Values as people and their tools write them: one parser for every command and for Python.

A number may be Python's own, a Decimal, a Fraction or one of numpy or pandas; a whole number may be written 7.0; a list may be
an array or a column. ERA are rounded to the nearest uERA (a tie to the even one). Texts, true and false are no numbers.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import inf, isfinite
from numbers import Real
from typing import Any

from metalab.protocol.kernel.declare import MICRO, Info, Leaf

Number = int | float | Decimal | Fraction
LARGEST_ERA = 10**15
"""ERA beyond which an amount is no amount; its uERA still fit into memory."""
LEAST_ERA = 1e-9
"""ERA of which nothing is left when they are rounded, whatever their exact value."""


def unwrap(value: Any) -> Any:
    """A number of numpy as Python's own, an array, row or column as a list."""
    to_list = getattr(value, "tolist", None)
    return to_list() if callable(to_list) and not isinstance(value, type) else value


def read_mapping(value: Any) -> dict[str, Any] | None:
    """Values by name out of a mapping or a row of a pandas table; None for anything else."""
    if isinstance(value, Mapping):
        return dict(value)
    to_dict = getattr(value, "to_dict", None)
    return dict(to_dict()) if callable(to_dict) and getattr(value, "ndim", 0) == 1 else None


def read_number(value: Any) -> Number:
    """A finite number. Raises ValueError for anything else."""
    number = unwrap(value)
    if isinstance(number, bool) or not isinstance(number, Real | Decimal):
        raise ValueError("a number, no text and not true or false")
    exact: Number = number if isinstance(number, int | Decimal | Fraction) else float(number)
    if (isinstance(exact, float) and not isfinite(exact)) or (isinstance(exact, Decimal) and not exact.is_finite()):
        raise ValueError("a finite number")
    return exact


def read_text_number(text: str) -> Number:
    """A number as typed: decimal, exact. Raises ValueError."""
    try:
        return read_number(Decimal(text.strip()))
    except InvalidOperation:
        raise ValueError("a number") from None


def parse_whole(value: Any, low: int, high: int) -> int:
    """A whole number within bounds; 7.0 is one. Raises ValueError."""
    number = read_number(value)
    # Bounds first: the integer of a huge exponent would fill the memory.
    if not low <= number <= high or number != int(number):
        raise ValueError(f"a whole number from {low:,} to {high:,}")
    return int(number)


def parse_era(value: Any) -> int:
    """ERA to the nearest uERA. Raises ValueError for what is no number, too large, or not 0 and yet nothing once rounded."""
    number = read_number(value)
    if not -LARGEST_ERA <= number <= LARGEST_ERA:
        raise ValueError("a smaller number of ERA")
    # The exact value of a tiny exponent would fill the memory.
    micro = 0 if -LEAST_ERA <= number <= LEAST_ERA else round(Fraction(number) * MICRO)
    if micro == 0 and number != 0:
        raise ValueError("a number of at least 0.000001 ERA, or 0")
    return micro


def parse_real(value: Any, low: float, high: float) -> float:
    """A number within bounds. Raises ValueError."""
    try:
        # First to a float: the decimal .7 is above the float .7, which is what a bound of .7 means.
        number = float(read_number(value))
    except OverflowError:
        number = inf
    if not low <= number <= high:
        raise ValueError(f"a number from {low:,} to {high:,}")
    return number


def parse(leaf: Leaf, value: Any) -> Any:
    """A declared parameter's value as it is stored, a tuple for a vector. Raises ValueError for what is not allowed."""
    info, plain = leaf.info, unwrap(value)
    read = find_reader(info, leaf.is_float)
    if not info.length:
        return read(plain)
    if not isinstance(plain, list | tuple | range) or len(plain) != info.length:
        raise ValueError(f"a list of {info.length}")
    values = tuple(read(unwrap(item)) for item in plain)
    if info.total is not None and sum(values) != info.total * info.scale:
        raise ValueError(f"the sum is {sum(values)}, not {info.total * info.scale}")
    return values


def find_reader(info: Info, is_float: bool) -> Callable[[Any], Any]:
    """What reads one number, name or truth value of a declaration."""
    if info.choices is not None:
        return lambda value: _parse_member(info, value)
    if info.unit == "switch":
        return _parse_switch
    if info.scale == MICRO:
        return lambda value: _parse_amount(info, value)
    if is_float:
        return lambda value: parse_real(value, info.low, info.high)
    return lambda value: parse_whole(value, info.low, info.high)


def _parse_member(info: Info, value: Any) -> int:
    options: Any = info.choices
    names = {member.name.lower(): int(member) for member in options}
    if isinstance(value, options):
        return int(value)
    if not isinstance(value, str) or value not in names:
        raise ValueError("a name of the list")
    return names[value]


def _parse_switch(value: Any) -> int:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return int(value)


def _parse_amount(info: Info, value: Any) -> int:
    amount = parse_era(value)
    if not parse_era(info.low) <= amount <= parse_era(info.high):
        raise ValueError(f"a number from {info.low:,} to {info.high:,} ERA")
    return amount


def describe_allowed(info: Info, is_float: bool) -> str:
    """What a parameter accepts, in words."""
    if info.choices is not None:
        return "one of " + ", ".join(member.name.lower() for member in info.choices)
    if info.unit == "switch":
        return "true or false"
    kind = "number" if is_float or info.scale == MICRO else "whole number"
    unit = {"1": "", "ERA": " ERA, rounded to 6 decimals"}.get(info.unit, f" {info.unit}")
    span = f"from {info.low:,} to {info.high:,}{unit}"
    if not info.length:
        return f"a {kind} {span}"
    total = f", together {info.total:,}" if info.total is not None else ""
    return f"a list of {info.length} {kind}s, each {span}{total}"


def make_readable(value: Any) -> Any:
    """A value for a message: decimal and other tools' numbers as plain ones."""
    plain = unwrap(value)
    if isinstance(plain, list | tuple):
        return [make_readable(item) for item in plain]
    return float(plain) if isinstance(plain, Decimal | Fraction) else plain
