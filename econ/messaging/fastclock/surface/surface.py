"""How the Metalayer answers to the number of guardians, their faults and its load, for a clock that cannot follow every second.

A point is simulated with messages alone; the table of many points, with standard errors, is made by
`python -m tools.metalayer_surface` and read here. Between its points values are interpolated linearly in each direction.
"""

import csv
import math
from bisect import bisect_right
from itertools import product
from pathlib import Path as File
from typing import NamedTuple

from metalab.econ.messaging.fastclock.figures.statistics import mean, share
from metalab.econ.messaging.fastclock.settings.settings import Settings, make_settings
from metalab.econ.messaging.fastclock.simulation import Simulation, simulate
from metalab.econ.messaging.fastclock.transport.parcels import MessageStatus
from metalab.protocol.kernel.calendar_units import SECONDS_A_DAY
from metalab.protocol.messaging.delivery import THIRD

TABLE = File(__file__).with_name("metalayer_surface.csv")
"""The committed table."""
AXES = ("guardians", "faulty_share", "load_ratio")
"""Columns that say where a point is."""
GRACE_S = 120.0
"""Messages of the last two minutes are left out: most of them would still be on their way."""
QUIET = {
    "relaying.replays_per_hour": 0.0,
    "relaying.double_spends_per_hour": 0.0,
    "relaying.forgeries_per_hour": 0.0,
    "relaying.subscribers": 0,
    "transfers.requests_per_hour": 0.0,
    "transfers.trips_per_hour": 0.0,
    "administration.role_changes_per_hour": 0.0,
    "administration.votes_per_hour": 0.0,
    "administration.joins_per_hour": 0.0,
    "administration.data_per_hour": 0.0,
}
"""Everything but messages is switched off."""


class MetalayerPoint(NamedTuple):
    """Mean delay of executed messages in seconds, share of messages executed, final snapshots per tick, gas per message."""

    delay_s: float
    success: float
    snapshot_success: float
    gas: float


def compute_capacity(settings: Settings) -> float:
    """Messages a day that the relayers could carry one by one: what a load ratio of 1 means."""
    relaying = settings.relaying
    # The mean of a lognormal is its median times exp(sigma^2 / 2).
    work_s = relaying.relay_s * math.exp(0.5 * relaying.relay_sigma**2)
    return SECONDS_A_DAY * relaying.relayers / work_s


def choose_settings(guardians: int, faulty_share: float, load_ratio: float, minutes: float) -> Settings:
    """Faulty guardians are offline: whoever is not there, for whatever reason, is missing in every quorum."""
    rate = load_ratio * compute_capacity(make_settings())
    sizes = {"guarding.guardians": guardians, "guarding.offline": round(guardians * faulty_share)}
    return make_settings(QUIET | sizes | {"minutes": minutes, "traffic.messages_per_day": rate})


def measure_surface_point(guardians: int, faulty_share: float, load_ratio: float, seed: int, minutes: float) -> MetalayerPoint:
    """Simulate one point. `minutes` must be longer than the two that are left out at the end."""
    return measure_point(simulate(choose_settings(guardians, faulty_share, load_ratio, minutes), seed))


def measure_point(simulation: Simulation) -> MetalayerPoint:
    """The point that a simulation is."""
    parcels = [parcel for parcel in simulation.post.parcels if parcel.sent_s <= simulation.end_s - GRACE_S]
    executed = [parcel for parcel in parcels if parcel.status == MessageStatus.EXECUTED]
    ticks = int(simulation.end_s / simulation.chains.tick_s)
    return MetalayerPoint(
        mean(parcel.done_s - parcel.sent_s for parcel in executed),
        share(len(executed), len(parcels)),
        min(share(len(simulation.room.finals), ticks), 1.0),
        mean(parcel.gas for parcel in executed),
    )


Place = tuple[float, float, float]


class Surface:
    """A table over a full grid of guardians, faulty share and load."""

    def __init__(self, points: dict[Place, MetalayerPoint]) -> None:
        self.points = points
        self.axes = [sorted({place[k] for place in points}) for k in range(len(AXES))]
        missing = [place for place in product(*self.axes) if place not in points]
        if missing:
            raise ValueError(f"the grid has no point {missing[0]}")

    def estimate(self, guardians: float, faulty_share: float, load_ratio: float) -> MetalayerPoint:
        """Between the points of the grid, linear in each direction; outside, the nearest edge.

        There is a step at a third: without a quorum there are no snapshots. Below it only points below it count, from it on only
        points from it on.
        """
        side = [share for share in self.axes[1] if (share < THIRD) == (faulty_share < THIRD)] or self.axes[1]
        axes = (self.axes[0], side, self.axes[2])
        spans = [_find_span(axis, value) for axis, value in zip(axes, (guardians, faulty_share, load_ratio), strict=True)]
        totals = [0.0] * len(MetalayerPoint._fields)
        for corner in product(*spans):
            weight = math.prod(part for _, part in corner)
            x, y, z = (value for value, _ in corner)
            for k, value in enumerate(self.points[x, y, z]):
                totals[k] += weight * value
        return MetalayerPoint(*totals)


def _find_span(axis: list[float], value: float) -> list[tuple[float, float]]:
    """The neighbours of a value on an axis, with their weights."""
    inside = min(max(value, axis[0]), axis[-1])
    k = min(bisect_right(axis, inside), len(axis) - 1)
    if len(axis) == 1:
        return [(axis[0], 1.0)]
    part = (inside - axis[k - 1]) / (axis[k] - axis[k - 1])
    return [(axis[k - 1], 1.0 - part), (axis[k], part)]


def read_surface(path: File = TABLE) -> Surface:
    """The committed table."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    points = {
        (float(row["guardians"]), float(row["faulty_share"]), float(row["load_ratio"])): MetalayerPoint(
            *(float(row[name]) for name in MetalayerPoint._fields)
        )
        for row in rows
    }
    return Surface(points)
