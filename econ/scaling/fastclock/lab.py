"""The laboratory of node scaling: one load, any controller, tick by tick."""

from typing import Any, NamedTuple

import numpy as np

from metalab.econ.kernel.chance.philox import derive_key, fill_draws
from metalab.econ.kernel.chance.streams import GENESIS, Stream
from metalab.econ.scaling.fastclock.hours import TickDraws, TickLoad, TickRow, draw_load, open_hour, run_ticks
from metalab.econ.scaling.fastclock.profiles import Profile, Rates, count_ticks, get_minutes
from metalab.protocol.kernel.calendar_units import SECONDS_AN_HOUR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.scaling.load import ScalingState
from metalab.protocol.scaling.scaling import TICK, Controller, Scaling, settle_active
from metalab.protocol.scaling.ticks import TickTally, compute_tally_delay, interpolate_quantile
from metalab.protocol.scaling.traffic import Traffic, set_chains

Table = np.ndarray[Any, np.dtype[np.void]]


class ScalingOutcome(NamedTuple):
    """What a controller made of a load: every tick, and figures over all of them."""

    ticks: Table
    figures: dict[str, float]


@rule
def draw_loads(
    rows: Rows[TickLoad], draws: Rows[TickDraws], loads: Rows[ScalingState], traffics: Rows[Traffic], chains: int, zipf: float
) -> None:
    """Arrivals of all ticks, from the rates in `rows`."""
    load = loads[0]
    set_chains(load.chains, chains, zipf)
    draw_load(rows, draws, load.sky, traffics[0], load.chains)


@rule
def serve_loads(
    rows: Rows[TickLoad], out: Rows[TickRow], loads: Rows[ScalingState], ps: Rows[Scaling], core: int, standing_by: int
) -> None:
    """Serve all ticks from a set at rest under the first of them."""
    load = loads[0]
    p = ps[0]
    first = rows[0].rate if len(rows) > 0 else 0.0
    active = settle_active(p.active_min, first, p, core, standing_by)
    open_hour(load, active, first, 0)
    run_ticks(rows, out, load.tank, load.crew, load.tally, p, core, standing_by)


@rule
def read_delays(tallies: Rows[TickTally], allowed: float, longest: float) -> tuple[float, float]:
    """Mean delay of a tally and the delay that a part `allowed` of its transactions exceeds."""
    tally = tallies[0]
    accepted = tally.arrived - tally.dropped
    return compute_tally_delay(tally), interpolate_quantile(tally.tail, allowed * accepted, longest)


def make_rates(profile: Profile, minutes: int, scaling: Any) -> Rates:
    """Rate of a profile at every tick, before waves and bursts."""
    shape = profile.shape(get_minutes(count_ticks(minutes)), float(scaling["peak_ratio"][0]))
    return shape * float(scaling["mean_tps"][0])


def apply_profile(traffic: Any, profile: Profile) -> Any:
    """The traffic with the waves and bursts of a profile."""
    chosen = traffic.copy()
    chosen["wave"] *= profile.waves
    chosen["bursts_per_day"] *= profile.bursts
    chosen["correlation"] = np.maximum(chosen["correlation"], profile.correlation)
    return chosen


def make_load(rates: Rates, traffic: Any, chains: int, zipf: float, seed: int) -> Table:
    """Rates and arrivals at every tick: the same for every controller."""
    draws = np.zeros(len(rates), TickDraws.dtype)
    flat = draws.view(np.float64).reshape(len(draws), -1)
    fill_draws(flat, derive_key(seed, 0, Stream.TICKS, GENESIS), 0, len(flat))
    rows = np.zeros(len(rates), TickLoad.dtype)
    rows["rate"] = rates
    draw_loads(rows, draws, np.zeros(1, ScalingState.dtype), traffic, chains, zipf)
    return rows


def serve(load: Table, scaling: Any, core: int, standing_by: int) -> ScalingOutcome:
    """Run a load through the controller that `scaling` names."""
    out, state = np.zeros(len(load), TickRow.dtype), np.zeros(1, ScalingState.dtype)
    serve_loads(load, out, state, scaling, core, standing_by)
    return ScalingOutcome(out, measure(state["tally"], scaling, core))


def measure(tally: Any, scaling: Any, core: int) -> dict[str, float]:
    """Figures of a run by name."""
    # 5 % of the transactions wait longer than the 95th percentile.
    mean, p95 = read_delays(tally, 0.05, float(scaling["queue_s"][0]))
    values = {name: float(tally[name][0]) for name in ("ticks", "arrived", "served", "dropped", "possible", "active", "most", "moves")}
    ticks, possible = max(values["ticks"], 1.0), values["possible"]
    return {
        "arrived": values["arrived"],
        "served": values["served"],
        "delay_mean_s": mean,
        "delay_p95_s": p95,
        "dropped_share": values["dropped"] / values["arrived"] if values["arrived"] > 0 else 0.0,
        "active_mean": values["active"] / ticks,
        "active_most": values["most"],
        "flex_node_hours": values["active"] * TICK / SECONDS_AN_HOUR,
        "node_hours": (values["active"] + core * ticks) * TICK / SECONDS_AN_HOUR,
        "idle_share": min(max(1.0 - values["served"] / possible, 0.0), 1.0) if possible > 0 else 0.0,
        "moves": values["moves"],
    }


def choose(scaling: Any, controller: Controller, fixed_nodes: int | None = None) -> Any:
    """Parameters with another controller in force."""
    chosen = scaling.copy()
    chosen["controller"] = int(controller)
    if fixed_nodes is not None:
        chosen["fixed_nodes"] = fixed_nodes
    return chosen
