"""The small parts of reading a TOML file: tables by number, their keys, whole and finite numbers."""

from decimal import Decimal
from typing import Any

from metalab.experiments.errors import NOWHERE, BadFileError, BadValueError, Place, UnknownNameError
from metalab.experiments.inputs.toml_lines import Document
from metalab.experiments.inputs.values import make_readable, parse_whole


def read_whole(name: str, value: Any, low: int, high: int, place: Place = NOWHERE) -> int:
    """A whole number within bounds; 7.0 is one, also as numpy or a TOML file has it."""
    try:
        return parse_whole(value, low, high)
    except ValueError:
        raise BadValueError(name, make_readable(value), f"a whole number from {low:,} to {high:,}", place) from None


def count_tables(document: Document, key: str) -> int:
    """How many [[key]] tables there are."""
    tables = document.data.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise BadValueError(key, tables, f"tables: [[{key}]]", document.find_place(key))
    return len(tables)


def check_keys(document: Document, key: str, k: int, allowed: tuple[str, ...], needed: tuple[str, ...]) -> dict[str, Any]:
    """The k-th [[key]] table, after a look at its keys."""
    table: dict[str, Any] = document.data[key][k]
    for name in table:
        if name not in allowed:
            raise UnknownNameError("key", name, allowed, document.find_place(key, k, name))
    for name in needed:
        if name not in table:
            raise BadFileError(document.source, f"[[{key}]] lacks {name!r}", document.find_line(key, k))
    return table


def is_finite(value: Any) -> bool:
    """Whether a value read from TOML is a number, and neither infinite nor NaN."""
    return not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, Decimal) and value.is_finite()))
