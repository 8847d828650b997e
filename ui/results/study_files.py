"""What the files of a study say, also while it is still being written."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from metalab.experiments.store.directory import SUMMARY
from metalab.ui.charts.quantile_bands import Rows

Data = dict[str, Any]


def read_json(path: Path) -> Data:
    """A file of the result; empty when it is not there yet."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def read_summary(path: Path) -> Data:
    """The study's summary once it is complete."""
    return read_json(path / SUMMARY)


def list_parts(path: Path) -> list[str]:
    """The parts that are whole: they get their name in one step."""
    return sorted(part.name for part in path.glob("part-*.parquet"))


class Stored(NamedTuple):
    """Stored rows of several metrics: `values[metric]` is runs x days."""

    days: Rows
    runs: Rows
    values: dict[str, Rows]

    def pair(self, baseline: "Stored", metric: str) -> Rows:
        """Differences of the runs that both have."""
        _, mine, theirs = np.intersect1d(self.runs, baseline.runs, return_indices=True)
        return self.values[metric][mine] - baseline.values[metric][theirs]


NOTHING = Stored(np.zeros(0), np.zeros(0), {})


def read_values(path: Path, metrics: list[str], variant: str | None = None) -> Stored:
    """The stored rows of all parts so far."""
    parts = list_parts(path)
    stamps = tuple((path / part).stat().st_mtime_ns for part in parts)
    return _read_values(str(path), tuple(parts), stamps, tuple(metrics), variant)


@st.cache_resource(max_entries=32, show_spinner=False)
def _read_values(path: str, parts: tuple[str, ...], stamps: tuple[int, ...], metrics: tuple[str, ...], variant: str | None) -> Stored:
    """`stamps` is a part of the key: a part that was redone is read again."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    columns = ["run", "day", *metrics, *(["variant"] if variant is not None else [])]
    if not parts:
        return NOTHING
    table = pa.concat_tables([pq.read_table(Path(path) / part, columns=columns) for part in parts])
    if variant is not None:
        table = table.filter(pc.equal(table["variant"], variant))
    days = np.unique(table["day"].to_numpy())
    if not len(days):
        return NOTHING
    runs = table["run"].to_numpy()[:: len(days)]
    return Stored(days.astype(np.float64), runs, {name: table[name].to_numpy().reshape(len(runs), len(days)) for name in metrics})
