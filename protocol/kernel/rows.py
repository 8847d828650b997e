"""Rows and tables to call rules with, outside a world: in a notebook, in a test, in a model of one's own.

What these functions return is memory seen through `Table`, which is what `plain(rule)` reads and writes.
"""

from typing import Any, TypeVar, cast

import numpy as np

from metalab.protocol.kernel.declare import Info, Record, Table, make_defaults

R = TypeVar("R", bound=Record)


def make_table(record: type[Record], count: int) -> Table:
    """A table of `count` rows with every field 0; `table[i]` is row i, `table.array` the memory."""
    return Table(record, np.zeros(count, record.dtype))


def make_row(record: type[Record], **values: Any) -> Any:
    """One row of a record with the given fields set, in stored units; parameters get their defaults, other fields are 0.

    Vectors are given as lists or tuples, from the first element on. Raises AttributeError for a field that does not exist and
    TypeError for a float in an integer field.
    """
    is_parameters = any(info.kind == "parameter" for info in record.infos.values())
    row = Table(record, make_defaults(record) if is_parameters else np.zeros(1, record.dtype))[0]
    for name, value in values.items():
        if name not in (record.dtype.names or ()):
            raise AttributeError(f"{record.__name__} has no field {name!r}; it has {', '.join(record.dtype.names or ())}")
        _assign(row, name, value)
    return row


def make_parameters(record: type[R], **values: Any) -> R:
    """The parameters of one mechanism at their declared defaults, but for `values`, which are given as people write them.

    ERA in ERA (stored as micro-ERA), a choice by its name or member, a switch as True or False, a vector as a list. Raises
    ValueError for a parameter that does not exist or a value out of its bounds.
    """
    row = Table(record, make_defaults(record))[0]
    for name, value in values.items():
        if name not in record.infos:
            known = ", ".join(record.infos)
            raise ValueError(f"{record.__name__} has no parameter {name!r}; choose from {known}")
        _assign(row, name, _store(f"{record.__name__}.{name}", record.infos[name], value))
    return cast(R, row)


def _assign(row: Any, name: str, value: Any) -> None:
    if isinstance(value, list | tuple):
        for k, item in enumerate(value):
            getattr(row, name)[k] = item
    else:
        setattr(row, name, value)


def _store(where: str, info: Info, value: Any) -> Any:
    """A value as people write it, checked against its declaration, in stored units."""
    if not info.length:
        return _store_scalar(where, info, value)
    if not isinstance(value, list | tuple) or len(value) != info.length:
        raise ValueError(f"{where} = {value!r} is not allowed; give a list of {info.length} numbers")
    if info.total is not None and sum(value) != info.total:
        raise ValueError(f"{where} = {value!r} is not allowed; give numbers that add up to {info.total:,}, these add up to {sum(value):,}")
    return [_store_scalar(where, info, item) for item in value]


def _store_scalar(where: str, info: Info, value: Any) -> Any:
    if info.choices is not None and isinstance(value, str):
        names = {member.name.lower(): int(member) for member in info.choices}
        if value not in names:
            raise ValueError(f"{where} = {value!r} is not allowed; give one of {', '.join(names)}")
        return names[value]
    if not isinstance(value, int | float) or not info.low <= value <= info.high:
        unit = "" if info.unit in ("1", "choice", "switch") else f" {info.unit}"
        raise ValueError(f"{where} = {value!r} is not allowed; give a number from {info.low:,} to {info.high:,}{unit}")
    return round(value * info.scale) if info.scale != 1 else value
