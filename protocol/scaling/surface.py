"""Response surface of the scaling simulator: what an hour of ticks comes to on average, read from a fitted table (MODEL 5).

A point of the table is the mean of many simulated hours with a given load relative to the settled set, number of servers and
burstiness. There is one sheet per controller with as many nodes again standing by, and that of a fixed set for no node in
reserve; a network with fewer nodes in reserve lies between the two. The table is made by `python -m tools.scaling_surface`.
"""

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, field
from metalab.protocol.kernel.units import clip
from metalab.protocol.scaling.scaling import Controller
from metalab.protocol.scaling.ticks import TAILS

UTILISATIONS = 12
"""Loads of a sheet, relative to the settled set."""
SIZES = 3
"""Numbers of servers of a sheet."""
BURSTS = 5
"""Burstinesses of a sheet."""
SHEET = UTILISATIONS * SIZES * BURSTS
"""Rows of one controller's sheet."""
POINTS = 4 * SHEET
"""Rows of the table: controller, then utilisation, then servers, then burstiness, the last fastest."""


class ScalingPoint(Record):
    """One row of the table: where it is, and what an hour there comes to."""

    utilisation: float = field("share", "mean load relative to the capacity of the settled set")
    servers: float = field("1", "servers of the settled set")
    burstiness: float = field("1", "standard deviation of the load relative to its mean")
    delay_s: float = field("s", "mean delay of the transactions accepted")
    dropped: float = field("share", "transactions dropped")
    active: float = field("1", "mean of the active servers relative to the settled set")
    closing_s: float = field("s", "queue at the end of the hour, in seconds of the settled set's capacity")
    tail: list[float] = field("share", "transactions that wait longer than each of the delays", length=TAILS)


class Hour(Record):
    """What was read from the surface."""

    delay_s: float = field("s", "mean delay of the transactions accepted")
    dropped: float = field("share", "transactions dropped")
    active: float = field("1", "mean of the active servers relative to the settled set")
    closing_s: float = field("s", "queue at the end, in seconds of the settled set's capacity")
    tail: list[float] = field("share", "transactions that wait longer than each of the delays", length=TAILS)


class Reading(Record):
    """Cells of the grid next to where it is read, and how far into the cell."""

    utilisation: int = field("1", "cell along utilisation")
    servers: int = field("1", "cell along servers")
    burstiness: int = field("1", "cell along burstiness")
    into_utilisation: float = field("share", "how far into it")
    into_servers: float = field("share", "how far into it")
    into_burstiness: float = field("share", "how far into it")


@rule
def compute_depth(low: float, high: float, x: float) -> float:
    """How far x lies between low and high; outside, at the nearer of the two."""
    return clip((x - low) / (high - low), 0.0, 1.0)


@rule
def locate(points: Rows[ScalingPoint], at: Reading, utilisation: float, servers: float, burstiness: float) -> None:
    """Find the cell; what lies outside the grid is read at its edge."""
    step = SIZES * BURSTS
    at.utilisation = 0
    while at.utilisation < UTILISATIONS - 2 and points[(at.utilisation + 1) * step].utilisation < utilisation:
        at.utilisation += 1
    low = at.utilisation * step
    at.into_utilisation = compute_depth(points[low].utilisation, points[low + step].utilisation, utilisation)
    at.servers = 0
    while at.servers < SIZES - 2 and points[(at.servers + 1) * BURSTS].servers < servers:
        at.servers += 1
    low = at.servers * BURSTS
    at.into_servers = compute_depth(points[low].servers, points[low + BURSTS].servers, servers)
    at.burstiness = 0
    while at.burstiness < BURSTS - 2 and points[at.burstiness + 1].burstiness < burstiness:
        at.burstiness += 1
    low = at.burstiness
    at.into_burstiness = compute_depth(points[low].burstiness, points[low + 1].burstiness, burstiness)


@rule
def add_point(hour: Hour, point: ScalingPoint, weight: float) -> None:
    """Add a corner of the cell."""
    hour.delay_s += weight * point.delay_s
    hour.dropped += weight * point.dropped
    hour.active += weight * point.active
    hour.closing_s += weight * point.closing_s
    for k in range(TAILS):
        hour.tail[k] += weight * point.tail[k]


@rule
def add_sheet(hour: Hour, points: Rows[ScalingPoint], at: Reading, sheet: int, share: float) -> None:
    """Add a sheet's value at a place, linear along each axis, with a weight."""
    for i in range(2):
        a = at.into_utilisation if i == 1 else 1.0 - at.into_utilisation
        for j in range(2):
            b = at.into_servers if j == 1 else 1.0 - at.into_servers
            for k in range(2):
                c = at.into_burstiness if k == 1 else 1.0 - at.into_burstiness
                row = sheet * SHEET + ((at.utilisation + i) * SIZES + at.servers + j) * BURSTS + at.burstiness + k
                if a * b * c > 0.0:
                    add_point(hour, points[row], share * a * b * c)


@rule
def clear_hour(hour: Hour) -> None:
    """Nothing yet."""
    hour.delay_s = 0.0
    hour.dropped = 0.0
    hour.active = 0.0
    hour.closing_s = 0.0
    for k in range(TAILS):
        hour.tail[k] = 0.0


@rule
def read_surface(
    hour: Hour,
    points: Rows[ScalingPoint],
    at: Reading,
    controller: int,
    utilisation: float,
    servers: int,
    burstiness: float,
    reserve: float,
) -> None:
    """Read the surface into `hour`. `reserve` is nodes standing by beyond the settled set, relative to it (from 1 on: plenty)."""
    share = 0.0 if controller == Controller.FIXED else clip(reserve, 0.0, 1.0)
    locate(points, at, utilisation, float(servers), burstiness)
    clear_hour(hour)
    if share > 0.0:
        add_sheet(hour, points, at, controller, share)
    if share < 1.0:
        add_sheet(hour, points, at, Controller.FIXED, 1.0 - share)
