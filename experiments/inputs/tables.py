"""The small parts of reading a TOML file: tables by number, their keys, whole and finite numbers."""

from decimal import Decimal
from typing import Any

import numpy as np

from metalab.experiments.errors import NOWHERE, BadFileError, BadValueError, Place, UnknownNameError
from metalab.experiments.inputs.toml_lines import Document


def read_whole(name: str, value: Any, low: int, high: int, place: Place = NOWHERE) -> int:
    """A whole number within bounds."""
    is_whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not is_whole or not low <= value <= high:
        raise BadValueError(name, value, f"a whole number from {low:,} to {high:,}", place)
    return int(value)


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
