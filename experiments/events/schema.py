"""Columns of event tables: their type, unit and meaning, and how rows become a table."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from metalab.experiments.runs.dates import make_dates

if TYPE_CHECKING:
    from metalab.experiments.runs.runner import Result

Row = tuple[Any, ...]


class Column(NamedTuple):
    """A column; `kind` is whole, real, text or date (which stands for a day of the run). None is a value that is not there."""

    name: str
    unit: str
    doc: str
    kind: str = "whole"


class EventTable(NamedTuple):
    """A table, its columns and what lists its rows; None where the run did not keep what is needed."""

    doc: str
    columns: tuple[Column, ...]
    list_rows: Callable[["Result"], Iterable[Row] | None]


def date_of(day: str, doc: str) -> tuple[Column, Column]:
    """A day of the run and its date; a row says the day twice."""
    return Column(f"{day}_day" if day else "day", "day", doc), Column(f"{day}_date" if day else "date", "date", doc, "date")


def make_table(table: EventTable, rows: Iterable[Row], start: date) -> Any:
    """Rows as an Arrow table; day 0 of a date is the scenario's start."""
    import pyarrow as pa

    listed = list(rows)
    arrays = [_make_array(column.kind, [row[k] for row in listed], start) for k, column in enumerate(table.columns)]
    return pa.Table.from_arrays(arrays, names=[column.name for column in table.columns])


def _make_array(kind: str, values: list[Any], start: date) -> Any:
    """A column from buffers: given lists pyarrow imports pandas, which takes longer than a year's run."""
    import pyarrow as pa

    there = np.array([value is not None for value in values], bool)
    mask = None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little").tobytes())
    if kind == "text":
        parts = [str(value).encode() for value in values]
        ends = np.cumsum([0, *map(len, parts)], dtype=np.int32)
        return pa.Array.from_buffers(pa.string(), len(values), [mask, pa.py_buffer(ends), pa.py_buffer(b"".join(parts))])
    numbers = np.array([0 if value is None else value for value in values], np.float64 if kind == "real" else np.int64)
    if kind == "date":
        numbers = make_dates(start, numbers).view(np.int64)
    types = {"whole": pa.int64(), "real": pa.float64(), "date": pa.timestamp("ms")}
    return pa.Array.from_buffers(types[kind], len(values), [mask, pa.py_buffer(np.ascontiguousarray(numbers))])


def twice(day: int | None) -> tuple[int | None, int | None]:
    """A day as its number and as its date; none if below 0 means that it has not come."""
    return day, day


def come(day: int) -> int | None:
    """A day that has come, else None; -1 stands for never."""
    return day if day >= 0 else None
