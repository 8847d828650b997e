"""The committed surface: in the order of its grid, and what a fresh fit with other chance gives, within its errors."""

import math

import numpy as np
import pytest

from metalab.econ.scaling.fastclock.fit import Point, Rig, divide, list_points, summarise
from metalab.econ.scaling.fastclock.table import ERRORS, read_columns, read_points
from metalab.protocol.scaling.scaling import Controller

HOURS = 250
CHECKED = (*(k for k in range(0, 720, 47)), 202, 262, 442, 622)
"""Every 47th point: all controllers, sizes and scales are among them."""


def test_the_table_has_the_rows_of_the_grid_in_order() -> None:
    columns = read_columns()
    points = list_points()
    assert list(columns["controller"]) == [point.controller for point in points]
    assert list(columns["utilisation"]) == [point.utilisation for point in points]
    assert list(columns["servers"]) == [point.servers for point in points]
    for scale in {point.scale for point in points}:
        rows = [k for k, point in enumerate(points) if point.scale == scale]
        assert len(set(columns["burstiness"][rows])) == 1


@pytest.mark.parametrize("row", CHECKED)
def test_a_fresh_fit_agrees_within_its_error(row: int) -> None:
    """Other chance, fewer hours. Errors of heavy-tailed means are themselves uncertain, hence five of them."""
    columns = read_columns()
    fresh = summarise(list_points()[row], *Rig().run(list_points()[row], HOURS, 2))
    assert fresh["burstiness"] == pytest.approx(columns["burstiness"][row], rel=1e-5)
    for name, error in zip(("delay_s", "dropped", "active"), ERRORS, strict=True):
        allowed = 5.0 * math.hypot(fresh[error], columns[error][row])
        assert abs(fresh[name] - columns[name][row]) <= allowed + 1e-4 * columns[name][row] + 1e-6


def test_the_surface_rises_with_load_and_shares_are_shares() -> None:
    points = read_points()
    delay = points["delay_s"].reshape(4, 12, 3, 5)
    fixed = delay[int(Controller.FIXED)]
    assert (np.diff(fixed, axis=0) >= -1e-9).all()
    assert (points["tail"] >= 0.0).all()
    assert (points["tail"] <= 1.0).all()
    assert (np.diff(points["tail"], axis=1) <= 1e-9).all()
    assert (points["dropped"].reshape(4, 12, 3, 5)[int(Controller.FIXED)] >= 0.0).all()


def test_a_controller_with_a_reserve_delays_less_than_a_fixed_set_when_load_is_high() -> None:
    delay = read_points()["delay_s"].reshape(4, 12, 3, 5)
    for controller in (Controller.HYSTERESIS, Controller.PROPORTIONAL, Controller.PI):
        assert (delay[int(controller)][6:] < delay[int(Controller.FIXED)][6:]).all()


def test_another_table_is_not_to_be_written_over() -> None:
    with pytest.raises(ValueError, match="read-only"):
        read_points()["delay_s"][0] = 1.0


def test_a_ratio_of_sums_and_its_error() -> None:
    above, below = np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 2.0])
    ratio, error = divide(above, below)
    assert ratio == 1.0
    assert error == pytest.approx(math.sqrt(2 / 3) / 2 / math.sqrt(2))
    assert divide(above, np.zeros(3)) == (0.0, 0.0)


def test_small_load_on_many_nodes_means_that_the_smallest_set_is_that_large() -> None:
    rig = Rig()
    plan, _ = rig.prepare(Point(int(Controller.HYSTERESIS), 0.2, 45, 1.0))
    assert (list(plan), rig.scaling["active_min"][0]) == ([15.0, 30.0, 75.0, 36.0], 30)
    rig.prepare(Point(int(Controller.HYSTERESIS), 0.7, 45, 1.0))
    assert rig.scaling["active_min"][0] == 0
