"""Results of the presets that come with the app, for the time in which its rules are still being compiled."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq

from metalab.ui.charts.quantile_bands import Band, Rows

PATH = Path(__file__).resolve().parents[1] / "stored" / "presets.parquet"
"""Written by `python -m tools.stored_results`."""
ONE_RUN = "run."
"""What the names of metrics of the middle run begin with, its number among them."""


class StoredResults(NamedTuple):
    """A preset's main outcomes and what they are: seed, runs, days, the code version that made them.

    `paths` has the price and its parts in one run, whose number is `run`; nothing in a file that lacks them.
    """

    bands: dict[str, Band]
    seed: int
    runs: int
    days: int
    code_version: str
    paths: dict[str, Rows]
    run: int


@cache
def read_stored(preset: str) -> StoredResults | None:
    """What is stored of a preset; None where nothing is."""
    if not PATH.is_file():
        return None
    table = pq.read_table(PATH, filters=[("preset", "=", preset)])
    if not table.num_rows:
        return None
    about = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    runs = int(about["runs"])
    bands: dict[str, Band] = {}
    paths: dict[str, Rows] = {}
    for metric in dict.fromkeys(table["metric"].to_pylist()):
        rows = table.filter(np.array(table["metric"]) == metric)
        days, low, mid, high = (rows[name].to_numpy() for name in ("day", "low", "mid", "high"))
        if metric.startswith(ONE_RUN):
            paths |= {metric.removeprefix(ONE_RUN): mid, "day": days}
        else:
            bands[metric] = Band(days, low, mid, high, runs)
    run = int(paths.pop("number")[0]) if paths else 0
    return StoredResults(bands, int(about["seed"]), runs, int(about["days"]), about["code_version"], paths, run)
