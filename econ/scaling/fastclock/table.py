"""The fitted table of the scaling surface as a file: written by the fit, read when a world is made."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from metalab.protocol.scaling.surface import POINTS, ScalingPoint
from metalab.protocol.scaling.ticks import TAILS

PATH = Path(__file__).with_name("surface.csv")
"""The committed table."""
SCALARS = ("utilisation", "servers", "burstiness", "delay_s", "dropped", "active", "closing_s")
"""Columns that hold one number of a point each."""
ERRORS = ("delay_error", "dropped_error", "active_error")
"""Standard errors of three of the columns: for readers and tests, not read into a world."""
COLUMNS = ("controller", *SCALARS, *(f"tail_{k}" for k in range(TAILS)), *ERRORS)
"""All columns in the order of the file."""

Points = np.ndarray[Any, np.dtype[np.void]]


@cache
def read_columns() -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """The columns of the table by name. Raises ValueError when the file is not what this version of the code writes."""
    head, *lines = PATH.read_text(encoding="ascii").splitlines()
    if tuple(head.split(",")) != COLUMNS or len(lines) != POINTS:
        raise ValueError(f"{PATH.name} is not a table of this version; regenerate it with: python -m tools.scaling_surface")
    values = np.array([[float(word) for word in line.split(",")] for line in lines])
    return {name: values[:, k] for k, name in enumerate(COLUMNS)}


@cache
def read_points() -> Points:
    """The table as rows that rules read; not to be written to."""
    columns = read_columns()
    points = np.zeros(POINTS, ScalingPoint.dtype)
    for name in SCALARS:
        points[name] = columns[name]
    points["tail"] = np.stack([columns[f"tail_{k}"] for k in range(TAILS)], axis=1)
    points.flags.writeable = False
    return points


def load_surface(points: Points) -> None:
    """Put the table into a world."""
    points[:] = read_points()
