"""Fit the response surface: many simulated hours at each point of a grid, with the same chance at every point."""

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from metalab.econ.kernel.chance.philox import derive_key, fill_draws
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.scaling.fastclock.hours import HOUR_TICKS, TickDraws, open_hour, simulate_hour
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows, make_defaults
from metalab.protocol.kernel.units import to_count
from metalab.protocol.scaling.load import ScalingState
from metalab.protocol.scaling.scaling import Controller, Scaling, settle_active
from metalab.protocol.scaling.surface import BURSTS, SIZES, UTILISATIONS
from metalab.protocol.scaling.ticks import TAILS
from metalab.protocol.scaling.traffic import Traffic, compute_burstiness, set_chains, set_weather

UTILISATION = (0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)
"""Loads of the grid, relative to the settled set: closest where delays rise fastest."""
SERVERS = (15, 45, 120)
"""Servers of the grid: the protocol-run floor, launch, and the largest set with its core (ECONOMY 9 and 12)."""
SCALE = (0.0, 0.5, 1.0, 2.0, 4.0)
"""Waves and bursts of a point, in multiples of the defaults."""
ROLLUPS = 60
"""Rollups over which the fitted load spreads: those of launch (MODEL 17)."""
CORE_PART = 3
"""One server in three is a core node: 15 of 45 at launch."""
HOURS = 2_000
"""Simulated hours of a point."""
SUMS = 6 + TAILS
"""What is kept of an hour: arrived, accepted, delay, dropped, active servers, closing queue, tails."""

Array = np.ndarray[Any, np.dtype[np.float64]]


class Point(NamedTuple):
    """A place of the grid."""

    controller: int
    utilisation: float
    servers: int
    scale: float


def list_points() -> list[Point]:
    """The grid in the order of the table."""
    assert (len(UTILISATION), len(SERVERS), len(SCALE)) == (UTILISATIONS, SIZES, BURSTS)
    return [Point(int(m), u, c, s) for m in Controller for u in UTILISATION for c in SERVERS for s in SCALE]


@rule
def _note_hour(out: Any, load: ScalingState, core: int) -> None:
    tally = load.tally
    out[0] = float(tally.arrived)
    out[1] = float(tally.arrived - tally.dropped)
    out[2] = tally.delay
    out[3] = float(tally.dropped)
    out[4] = core + tally.active / tally.ticks
    out[5] = float(load.tank.waiting)
    for k in range(TAILS):
        out[6 + k] = tally.tail[k]


@rule
def run_hours(
    out: Any, flat: Any, draws: Rows[TickDraws], loads: Rows[ScalingState], traffics: Rows[Traffic], ps: Rows[Scaling], plan: Any, seed: int
) -> None:
    """Simulate len(out) hours. `plan` is core nodes, settled active nodes, nodes that stand by, and the rate."""
    load = loads[0]
    core = to_count(plan[0])
    active = to_count(plan[1])
    for k in range(len(out)):
        fill_draws(flat, derive_key(seed, k, Stream.TICKS, 0), 0, len(flat))
        open_hour(load, active, plan[3], 0)
        simulate_hour(load, traffics[0], ps[0], draws, core, to_count(plan[2]), plan[3])
        _note_hour(out[k], load, core)


@rule
def measure_burstiness(loads: Rows[ScalingState], traffics: Rows[Traffic], rollups: int, exponent: float) -> float:
    """Burstiness of a traffic over so many rollups."""
    load = loads[0]
    set_chains(load.chains, rollups, exponent)
    set_weather(load.sky, traffics[0], load.chains)
    return compute_burstiness(load.sky, traffics[0], load.chains)


class Rig:
    """Room to simulate hours in, used again for every point."""

    def __init__(self) -> None:
        self.draws = np.zeros(HOUR_TICKS, TickDraws.dtype)
        self.flat = self.draws.view(np.float64).reshape(HOUR_TICKS, -1)
        self.load = np.zeros(1, ScalingState.dtype)
        self.traffic = make_defaults(Traffic)
        self.scaling = make_defaults(Scaling)

    def prepare(self, point: Point) -> tuple[Array, float]:
        """Set parameters for a point; returns the plan of `run_hours` and the burstiness."""
        self.traffic, self.scaling = make_defaults(Traffic), make_defaults(Scaling)
        self.traffic["wave"] *= point.scale
        self.traffic["bursts_per_day"] *= point.scale
        p = self.scaling
        core = point.servers // CORE_PART
        active = point.servers - core
        rate = point.utilisation * point.servers * float(p["node_tps"][0])
        p["controller"], p["fixed_nodes"], p["active_max"] = point.controller, active, active + point.servers
        p["active_min"] = 0
        if point.controller != Controller.FIXED and _settle(p, active, rate, core) < active:
            # So little load on so many nodes is only where the smallest allowed set is that large.
            p["active_min"] = active
        burstiness = measure_burstiness(self.load, self.traffic, ROLLUPS, float(p["zipf"][0]))
        return np.array([core, active, active + point.servers, rate]), burstiness

    def run(self, point: Point, hours: int, seed: int) -> tuple[Array, float]:
        """The sums of each of so many hours at a point, and its burstiness."""
        plan, burstiness = self.prepare(point)
        out = np.zeros((hours, SUMS))
        run_hours(out, self.flat, self.draws, self.load, self.traffic, self.scaling, plan, seed)
        return out, burstiness


@rule
def _settle_row(ps: Rows[Scaling], active: int, rate: float, core: int) -> int:
    return settle_active(active, rate, ps[0], core, ps[0].active_max)


def _settle(p: Any, active: int, rate: float, core: int) -> int:
    return int(_settle_row(p, active, rate, core))


def divide(above: Array, below: Array) -> tuple[float, float]:
    """The ratio of two sums over hours and its standard error."""
    total = float(below.sum())
    if total <= 0.0:
        return 0.0, 0.0
    ratio = float(above.sum()) / total
    # Standard error of a ratio of two means, by linearisation.
    spread = float(np.sqrt(np.mean((above - ratio * below) ** 2)))
    return ratio, spread / float(below.mean()) / math.sqrt(max(len(above) - 1, 1))


def summarise(point: Point, out: Array, burstiness: float) -> dict[str, float]:
    """A row of the table by column."""
    count = np.ones(len(out))
    capacity = point.servers * float(make_defaults(Scaling)["node_tps"][0])
    delay, delay_error = divide(out[:, 2], out[:, 1])
    dropped, dropped_error = divide(out[:, 3], out[:, 0])
    active, active_error = divide(out[:, 4], count * point.servers)
    row = {"controller": float(point.controller), "utilisation": point.utilisation, "servers": float(point.servers)}
    row |= {"burstiness": burstiness, "delay_s": delay, "dropped": dropped, "active": active}
    row |= {"closing_s": divide(out[:, 5], count * capacity)[0]}
    row |= {f"tail_{k}": divide(out[:, 6 + k], out[:, 1])[0] for k in range(TAILS)}
    return row | {"delay_error": delay_error, "dropped_error": dropped_error, "active_error": active_error}


def fit_surface(hours: int = HOURS, seed: int = 1, tell: Callable[[int], None] = lambda _: None) -> Iterator[dict[str, float]]:
    """Rows of the table, point after point; `tell` hears how many are done."""
    rig = Rig()
    for done, point in enumerate(list_points()):
        yield summarise(point, *rig.run(point, hours, seed))
        tell(done + 1)
