"""Profiles of load and the laboratory."""

import time

import numpy as np
import pytest

from metalab.econ.scaling.fastclock.lab import apply_profile, choose, make_load, make_rates, serve
from metalab.econ.scaling.fastclock.profiles import PROFILES, count_ticks, find_sharpness, get_minutes, shape_day
from metalab.protocol.kernel.declare import make_defaults
from metalab.protocol.scaling.scaling import Controller, Scaling
from metalab.protocol.scaling.traffic import Traffic


@pytest.mark.parametrize("ratio", [2.0, 3.0, 10.0])
def test_the_busiest_hour_of_a_day_has_the_ratio_and_the_day_its_mean(ratio: float) -> None:
    shape = shape_day(get_minutes(count_ticks(1_440)), ratio)
    assert shape.mean() == pytest.approx(1.0, rel=1e-4)
    hours = np.convolve(shape, np.full(1_200, 1 / 1_200), "valid")
    assert hours.max() == pytest.approx(ratio, rel=1e-3)
    assert hours.argmax() == pytest.approx(28_800 / 2 - 600, abs=2)


def test_a_flat_day_needs_no_sharpness() -> None:
    assert find_sharpness(1.0) < 1e-6


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_can_be_served_by_every_controller(name: str) -> None:
    scaling, traffic = make_defaults(Scaling), apply_profile(make_defaults(Traffic), PROFILES[name])
    load = make_load(make_rates(PROFILES[name], 60, scaling), traffic, 60, 1.0, 1)
    assert (len(load), load["rate"].min() > 0.0) == (1_200, True)
    for controller in Controller:
        outcome = serve(load, choose(scaling, controller), 20, 100)
        figures = outcome.figures
        left = figures["arrived"] - figures["served"] - figures["dropped_share"] * figures["arrived"]
        assert left == pytest.approx(outcome.ticks["waiting"][-1], abs=1e-6)
        assert figures["arrived"] == load["arrived"].sum()
        assert 10 <= outcome.ticks["active"].min() <= outcome.ticks["active"].max() == figures["active_most"] <= 100
        assert figures["flex_node_hours"] == pytest.approx(outcome.ticks["active"].sum() * 3 / 3_600)
        weights = load["arrived"] - outcome.ticks["dropped"]
        assert figures["delay_mean_s"] == pytest.approx(np.average(outcome.ticks["delay_s"], weights=weights), rel=1e-9)


def test_a_steady_load_is_poisson() -> None:
    scaling, traffic = make_defaults(Scaling), apply_profile(make_defaults(Traffic), PROFILES["steady"])
    load = make_load(make_rates(PROFILES["steady"], 600, scaling), traffic, 60, 1.0, 1)
    assert set(load["rate"]) == {138.0}
    assert load["arrived"].mean() == pytest.approx(414.0, rel=0.002)
    assert load["arrived"].var() == pytest.approx(414.0, rel=0.05)


def test_controllers_answer_an_airdrop_and_a_fixed_set_does_not() -> None:
    scaling, traffic = make_defaults(Scaling), apply_profile(make_defaults(Traffic), PROFILES["airdrop"])
    load = make_load(make_rates(PROFILES["airdrop"], 60, scaling), traffic, 60, 1.0, 1)
    delays = {member: serve(load, choose(scaling, member), 20, 100).figures["delay_mean_s"] for member in Controller}
    assert delays[Controller.FIXED] > 100.0
    assert max(delay for member, delay in delays.items() if member != Controller.FIXED) < 2.0
    few = serve(load, choose(scaling, Controller.HYSTERESIS), 20, 25).figures
    assert (few["active_most"], few["delay_mean_s"] > 100.0) == (25.0, True)


def test_slower_activation_never_helps() -> None:
    scaling, traffic = make_defaults(Scaling), apply_profile(make_defaults(Traffic), PROFILES["step"])
    load = make_load(make_rates(PROFILES["step"], 60, scaling), traffic, 60, 1.0, 1)
    delays = []
    for seconds in (3.0, 30.0, 120.0, 300.0):
        scaling["activation_s"] = seconds
        delays.append(serve(load, choose(scaling, Controller.HYSTERESIS), 20, 100).figures["delay_mean_s"])
    assert delays == sorted(delays)
    assert delays[-1] > 10 * delays[0]


@pytest.mark.slow
@pytest.mark.parametrize("controller", list(Controller))
def test_a_day_of_a_hundred_nodes_takes_less_than_50_ms(controller: Controller) -> None:
    scaling, traffic = choose(make_defaults(Scaling), controller), make_defaults(Traffic)
    rates = make_rates(PROFILES["day"], 1_440, scaling)
    spent = []
    for _ in range(6):
        start = time.perf_counter()
        serve(make_load(rates, traffic, 60, 1.0, 1), scaling, 0, 100)
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.05
