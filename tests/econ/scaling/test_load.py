"""Load in the economy: which queue is used when, and what the switch changes."""

from typing import Any

import numpy as np
import pytest

from metalab.econ.kernel.records import COLUMNS
from metalab.protocol.scaling.scaling import Controller, Method
from tests.support import make_scenario, run_plain

LOAD = ("nodes_flex_active_mean", "nodes_flex_active_peak", "queue_delay_p95_s", "load_dropped_share", "flex_idle_share")
DELAYS = ("message_delay_s", "congestion_fee_era", "delay_s")


def run(days: int = 15, seed: int = 3, **values: Any) -> tuple[Any, np.ndarray[Any, Any]]:
    """A small world whose 15 nodes carry a third of the usual load."""
    return run_plain(make_scenario(**({"scaling__mean_tps": 15.0} | values)), seed, days)


def get(table: np.ndarray[Any, Any], name: str) -> np.ndarray[Any, Any]:
    return np.asarray(table[:, COLUMNS.index(name)])


def test_only_every_so_many_days_are_simulated() -> None:
    idle = {every: get(run(scaling__simulate_every=every)[1], "flex_idle_share") for every in (7, 14)}
    surface = get(run(scaling__method=int(Method.SURFACE))[1], "flex_idle_share")
    assert idle[7][0] != surface[0]
    assert list(idle[7][:7]) == list(idle[14][:7])
    assert idle[7][7] != idle[14][7]
    # On the days between, only what a simulated hour left behind differs.
    assert list(idle[14][4:14]) == pytest.approx(list(surface[4:14]), abs=1e-4)
    assert idle[14][14] != surface[14]


def test_the_switch_changes_the_queue_and_on_the_first_day_nothing_else() -> None:
    first = {method: run(1, scaling__method=int(method))[1][0] for method in Method}
    reached = {*LOAD, "message_delay_s", "congestion_fee_era"}
    for method in (Method.SURFACE, Method.CLOSED_FORM):
        differing = {name for k, name in enumerate(COLUMNS) if first[method][k] != first[Method.SIMULATED][k]}
        assert differing & set(LOAD)
        assert "messages" not in differing
        assert "price_usd" not in differing
        assert differing >= {"flex_idle_share"}
        assert reached & differing


def test_simulated_days_and_the_surface_agree_on_average() -> None:
    simulated = run(60, scaling__simulate_every=1)[1]
    surface = run(60, scaling__method=int(Method.SURFACE))[1]
    for name, tolerance in (("nodes_flex_active_mean", 0.05), ("flex_idle_share", 0.05)):
        assert get(simulated, name).mean() == pytest.approx(get(surface, name).mean(), rel=tolerance)


@pytest.mark.parametrize("controller", list(Controller))
@pytest.mark.parametrize("method", list(Method))
def test_active_hours_are_those_of_the_set_and_within_the_stake(controller: Controller, method: Method) -> None:
    world, table = run(8, scaling__controller=int(controller), scaling__method=int(method), scaling__mean_tps=46.0)
    hours = float(world.nodes["active_hours"].sum())
    load = world.state["scaling"][0]
    assert hours == pytest.approx(23.0 * load["quiet"]["active"] + load["peak"]["active"])
    assert get(table, "nodes_flex_active_mean")[-1] == pytest.approx(hours / 24.0)
    assert (get(table, "nodes_flex_active_peak") <= get(table, "nodes_flex_bonded")).all()


def test_a_simulated_hour_inherits_the_backlog() -> None:
    world, _ = run(1, scaling__mean_tps=80.0)
    load = world.state["scaling"][0]
    tally, opening = load["tally"], load["peak"]["opening"]
    assert opening == load["quiet"]["closing"] > 1_000.0
    assert int(opening) + tally["arrived"] == tally["served"] + tally["dropped"] + load["tank"]["waiting"]


def test_a_simulated_hour_begins_with_the_set_of_the_hours_before() -> None:
    calm = {"traffic__wave": 0.0, "traffic__bursts_per_day": 0.0, "scaling__activation_s": 300.0, "scaling__drain_s": 600.0}
    world, _ = run(1, scaling__mean_tps=46.0, population__flex=40, population__genesis_flex=40, **calm)
    load = world.state["scaling"][0]
    tally, quiet = load["tally"], load["quiet_active"]
    most = tally["most"]
    assert (quiet, most > 20) == (10, True)
    assert tally["active"] <= 100 * quiet + 1_100 * most
