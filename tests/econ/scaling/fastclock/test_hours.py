"""An hour of ticks: the same load however it is served, three ways to the same bits."""

from typing import Any

import numpy as np
import pytest

from metalab.econ.kernel.chance.philox import derive_key, fill_draws
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.scaling.fastclock.fit import SUMS, Rig, run_hours
from metalab.econ.scaling.fastclock.hours import HOUR_TICKS, TickDraws, TickLoad, TickRow, draw_load, open_hour, run_ticks, simulate_hour
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Table, make_defaults
from metalab.protocol.scaling.load import ScalingState
from metalab.protocol.scaling.scaling import Controller, Scaling
from metalab.protocol.scaling.traffic import Traffic, set_chains


def make_draws(seed: int) -> Table:
    array = np.zeros(HOUR_TICKS, TickDraws.dtype)
    fill_draws(array.view(np.float64).reshape(HOUR_TICKS, -1), derive_key(seed, 0, Stream.TICKS, 0), 0, HOUR_TICKS)
    return Table(TickDraws, array)


def make(controller: Controller) -> tuple[Any, Any, Any]:
    load, p = Table(ScalingState, np.zeros(1, ScalingState.dtype))[0], Table(Scaling, make_defaults(Scaling))[0]
    p.controller = int(controller)
    plain(set_chains)(load.chains, 60, 1.0)
    plain(open_hour)(load, 25, 138.0, 0)
    return load, p, Table(Traffic, make_defaults(Traffic))[0]


def simulate(controller: Controller, seed: int) -> Any:
    load, p, traffic = make(controller)
    plain(simulate_hour)(load, traffic, p, make_draws(seed), 20, 60, 138.0)
    return load


@pytest.mark.parametrize("controller", list(Controller))
def test_an_hour_is_its_ticks(controller: Controller) -> None:
    whole = simulate(controller, 5)
    load, p, traffic = make(controller)
    rows, out = Table(TickLoad, np.zeros(HOUR_TICKS, TickLoad.dtype)), Table(TickRow, np.zeros(HOUR_TICKS, TickRow.dtype))
    rows.array["rate"] = 138.0
    plain(draw_load)(rows, make_draws(5), load.sky, traffic, load.chains)
    plain(run_ticks)(rows, out, load.tank, load.crew, load.tally, p, 20, 60)
    for name in ("arrived", "served", "dropped", "delay", "active", "most", "moves"):
        assert getattr(load.tally, name) == getattr(whole.tally, name)
    assert list(load.tally.tail) == list(whole.tally.tail)
    assert out.array["active"].sum() == load.tally.active
    assert out.array["served"].sum() + out.array["dropped"].sum() + out.array["waiting"][-1] == rows.array["arrived"].sum()


def test_all_controllers_see_the_same_arrivals() -> None:
    assert len({simulate(controller, 5).tally.arrived for controller in Controller}) == 1
    assert simulate(Controller.PI, 5).tally.arrived != simulate(Controller.PI, 6).tally.arrived


def test_arrivals_are_as_many_as_the_rate_says() -> None:
    arrived = [simulate(Controller.FIXED, seed).tally.arrived for seed in range(12)]
    assert np.mean(arrived) == pytest.approx(138.0 * 3_600.0, rel=0.06)


@pytest.mark.parametrize("controller", list(Controller))
def test_compiled_and_plain_give_the_same_bits(controller: Controller) -> None:
    plan = np.array([20.0, 25.0, 60.0, 200.0])
    results = []
    for face in ("compiled", "plain"):
        rig = Rig()
        rig.scaling["controller"] = int(controller)
        out = np.zeros((3, SUMS))
        set_up = (rig.load, rig.traffic, rig.scaling)
        if face == "compiled":
            run_hours(out, rig.flat, rig.draws, *set_up, plan, 9)
        else:
            tables = [Table(record, array) for record, array in zip((ScalingState, Traffic, Scaling), set_up, strict=True)]
            plain(run_hours)(out, memoryview(rig.flat), Table(TickDraws, rig.draws), *tables, plan, 9)
        results.append(out.tobytes() + rig.load.tobytes())
    assert results[0] == results[1]
