"""Write tables for people: CSV, CSV as Excel likes it, a workbook, Parquet. All files or none, and none twice."""

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from metalab.experiments.errors import BadValueError, OutputError
from metalab.experiments.exports.tables import StoredTable, describe_columns, find_tables, read_table
from metalab.experiments.exports.workbook import make_workbook
from metalab.experiments.runs.dates import describe_table
from metalab.experiments.store.files import write_atomic
from metalab.experiments.studies.parts import write_parquet

FORMATS = ("csv", "excel", "xlsx", "parquet")
UNITS = "units"
"""Name of the list of columns that goes with the tables."""
UNITS_HEAD = ("table", "column", "unit", "meaning")
DATE_FORMAT = "%Y-%m-%d"


def export(path: str | Path, out: str | Path, form: str = "csv", tables: tuple[str, ...] = (), decimal_comma: bool = False) -> list[Path]:
    """Write the tables of a result directory into the directory `out`, with a list of columns and units; returns the files.

    Raises a `ProblemError` for an unknown format or table, and where a file is there already.
    """
    if form not in FORMATS:
        raise BadValueError("--format", form, "one of " + ", ".join(FORMATS))
    if decimal_comma and form in ("xlsx", "parquet"):
        raise BadValueError("--decimal-comma", form, f"--format csv or excel with it: {form} holds numbers, not text")
    stored, folder = find_tables(Path(path), tables), Path(out)
    files = _name_files(stored, folder, form)
    for file in files:
        if file.exists():
            raise OutputError(folder, f"{file.name} is there already; choose another directory")
    made = _make_files(stored, files, form, decimal_comma)
    _make_directory(folder)
    for file, make in made.items():
        write_atomic(file, make())
    return list(made)


def _make_directory(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(folder, f"cannot be created: {error.strerror}") from None


def _name_files(stored: list[StoredTable], folder: Path, form: str) -> list[Path]:
    if form == "xlsx":
        return [folder / "tables.xlsx"]
    ending = "parquet" if form == "parquet" else "csv"
    return [*(folder / f"{table.name}.{ending}" for table in stored), folder / f"{UNITS}.csv"]


def _make_files(stored: list[StoredTable], files: list[Path], form: str, decimal_comma: bool) -> dict[Path, Callable[[], bytes]]:
    """What makes the content of each file; one table is in memory at a time."""
    if form == "xlsx":
        return {files[0]: lambda: make_workbook({table.name: read_table(table) for table in stored} | {UNITS: list_units(stored)})}
    encode = _make_parquet if form == "parquet" else partial(_make_csv, form=form, decimal_comma=decimal_comma)
    made = {file: encode(table) for table, file in zip(stored, files, strict=False)}
    units = partial(_encode_csv, form="excel" if form == "excel" else "csv", decimal_comma=decimal_comma)
    return made | {files[-1]: lambda: units(list_units(stored))}


def list_units(stored: list[StoredTable]) -> Any:
    """Every column of every table with its unit and meaning."""
    import pyarrow as pa

    rows = [(table.name, *column) for table in stored for column in describe_columns(table)]
    return pa.table({name: [row[k] for row in rows] for k, name in enumerate(UNITS_HEAD)})


def _make_parquet(table: StoredTable) -> Callable[[], bytes]:
    return lambda: write_parquet(read_table(table), describe_table({name: unit for name, unit, _ in describe_columns(table)}))


def _make_csv(table: StoredTable, form: str, decimal_comma: bool) -> Callable[[], bytes]:
    return lambda: _encode_csv(read_table(table), form, decimal_comma)


def _encode_csv(table: Any, form: str, decimal_comma: bool) -> bytes:
    """CSV: commas and points, dates as ISO 8601; for Excel with a mark at the start and the line ends of its system."""
    import pandas as pd
    import pyarrow as pa

    frame = table.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    text = io.StringIO()
    separator, sign = (";", ",") if decimal_comma else (",", ".")
    end = "\r\n" if form == "excel" else "\n"
    frame.to_csv(text, index=False, sep=separator, decimal=sign, date_format=DATE_FORMAT, lineterminator=end)
    return text.getvalue().encode("utf-8-sig" if form == "excel" else "utf-8")
