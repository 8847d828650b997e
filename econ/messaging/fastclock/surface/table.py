"""The Metalayer's response surface as rows of a world: written by `python -m tools.metalayer_surface`, read when a world is made."""

import csv
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from metalab.protocol.messaging.delivery import FAULTS, LOADS, POINTS, SIZES, DeliveryPoint

PATH = Path(__file__).with_name("metalayer_surface.csv")
"""The committed table."""
AXES = ("guardians", "faulty_share", "load_ratio")
"""Columns that say where a point is, the last fastest."""
NAMES = (*AXES, "delay_s", "success", "snapshot_success", "gas")
"""Columns that rules read; the others are standard errors."""

Points = np.ndarray[Any, np.dtype[np.void]]


@cache
def read_points() -> Points:
    """The table as rows that rules read; not to be written to. Raises ValueError when the grid is not the one rules expect."""
    with PATH.open(encoding="ascii", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    rows.sort(key=lambda row: [float(row[name]) for name in AXES])
    if [len({float(row[name]) for row in rows}) for name in AXES] != [SIZES, FAULTS, LOADS] or len(rows) != POINTS:
        raise ValueError(f"{PATH.name} is not a table of this version; regenerate it with: python -m tools.metalayer_surface")
    points = np.zeros(POINTS, DeliveryPoint.dtype)
    for name in NAMES:
        points[name] = [float(row[name]) for row in rows]
    points.flags.writeable = False
    return points


def load_deliveries(points: Points) -> None:
    """Put the table into a world."""
    points[:] = read_points()
