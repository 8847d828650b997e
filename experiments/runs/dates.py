"""Dates of a run's days, and units, for tables that leave the program."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

DATE = "date"
UNITS_KEY = "units"
"""Key of a Parquet file's metadata: JSON, the unit of every column by name."""
START_KEY = "start_date"


def make_dates(start: date, days: Any) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    """Midnight of each day; day 0 is the scenario's start."""
    return np.datetime64(start, "ms") + np.asarray(days).astype(np.int64).astype("timedelta64[D]")


def describe_table(units: Mapping[str, str], start: date | None = None) -> dict[str, str]:
    """Metadata of a Parquet file: units, and the date of day 0 where there is one for all rows."""
    said = {UNITS_KEY: json.dumps(dict(units), sort_keys=True, separators=(",", ":"))}
    return said if start is None else said | {START_KEY: start.isoformat()}
