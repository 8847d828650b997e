"""The tables of a result directory: which there are, and what their columns mean."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from metalab.econ.kernel.records import METRICS
from metalab.experiments.errors import ResultError, UnknownNameError
from metalab.experiments.events.tables import EVENT_TABLES
from metalab.experiments.runs.dates import UNITS_KEY
from metalab.experiments.store.directory import read_manifest

PARTS = "part-"
DAILY = "daily"
"""Name of the days of all runs together, also where a study keeps them in parts."""
MEANINGS = {leaf.path.split(".")[-1]: leaf.info.doc for leaf in METRICS}


class StoredTable(NamedTuple):
    """A table and the Parquet files that hold its rows, in order."""

    name: str
    files: tuple[Path, ...]


def find_tables(path: Path, chosen: tuple[str, ...] = ()) -> list[StoredTable]:
    """The tables of a complete directory, or those chosen of them. Raises `ProblemError` for a directory or name that is none."""
    if read_manifest(path)["status"] != "complete":
        raise ResultError(path, "is incomplete; run its command again to finish it")
    found: dict[str, list[Path]] = {}
    for file in sorted(path.glob("*.parquet")):
        found.setdefault(DAILY if file.stem.startswith(PARTS) else file.stem, []).append(file)
    if not found:
        raise ResultError(path, "has no tables; name the directory of a run, a study, a what-if or a laboratory")
    for name in chosen:
        if name not in found:
            raise UnknownNameError("table", name, found)
    return [StoredTable(name, tuple(files)) for name, files in found.items() if not chosen or name in chosen]


def read_table(table: StoredTable) -> Any:
    """The rows as an Arrow table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pa.concat_tables([pq.read_table(file) for file in table.files])


def describe_columns(table: StoredTable) -> list[tuple[str, str, str]]:
    """Name, unit and meaning of every column; what is not known is empty."""
    import pyarrow.parquet as pq

    schema = pq.read_schema(table.files[0])
    units = json.loads((schema.metadata or {}).get(UNITS_KEY.encode(), b"{}"))
    meanings = {column.name: column.doc for column in EVENT_TABLES[table.name].columns} if table.name in EVENT_TABLES else {}
    return [(name, units.get(name, ""), meanings.get(name, "") or _find_meaning(name)) for name in schema.names]


def _find_meaning(name: str) -> str:
    """Of a metric, also of one statistic of it."""
    metric, _, statistic = name.partition(".")
    doc = MEANINGS.get(metric, "")
    return f"{doc} ({statistic} of the run)" if doc and statistic else doc
