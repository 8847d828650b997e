"""Columns of event tables: their type, unit and meaning, and how rows become a table."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

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


def make_date(start: date, day: int) -> datetime:
    """Midnight of a day of the run; row 0 is the scenario's start."""
    return datetime.combine(start, datetime.min.time()) + timedelta(days=day)


def make_table(table: EventTable, rows: Iterable[Row], start: date) -> Any:
    """Rows as an Arrow table."""
    import pyarrow as pa

    types = {"whole": pa.int64(), "real": pa.float64(), "text": pa.string(), "date": pa.timestamp("ms")}
    listed = list(rows)
    arrays = []
    for k, column in enumerate(table.columns):
        values = [row[k] for row in listed]
        if column.kind == "date":
            values = [None if day is None else make_date(start, day) for day in values]
        arrays.append(pa.array(values, types[column.kind]))
    return pa.Table.from_arrays(arrays, names=[column.name for column in table.columns])


def twice(day: int | None) -> tuple[int | None, int | None]:
    """A day as its number and as its date; none if below 0 means that it has not come."""
    return day, day


def come(day: int) -> int | None:
    """A day that has come, else None; -1 stands for never."""
    return day if day >= 0 else None
