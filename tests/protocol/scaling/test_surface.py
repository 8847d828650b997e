"""Reading the response surface: exact where the table is linear, at its edge outside, between sheets by the reserve."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Table
from metalab.protocol.scaling.scaling import Controller
from metalab.protocol.scaling.surface import BURSTS, POINTS, SHEET, SIZES, UTILISATIONS, Hour, Reading, ScalingPoint, read_surface
from tests.support import make_row

UTILISATION = np.linspace(0.2, 2.4, UTILISATIONS)
SERVERS = np.array([10.0, 40.0, 120.0])
UNREST = np.array([0.0, 0.1, 0.3, 0.5, 1.0])


def compute_value(sheet: float, u: float, c: float, b: float) -> float:
    """Linear along each axis, with products, so that corners must be weighted rightly."""
    return sheet + 2.0 * u + 0.01 * c + 3.0 * b + u * b - 0.02 * c * b


@pytest.fixture(scope="module")
def points() -> Table:
    array = np.zeros(POINTS, ScalingPoint.dtype)
    row = 0
    for sheet in Controller:
        for u in UTILISATION:
            for c in SERVERS:
                for b in UNREST:
                    value = compute_value(10.0 * sheet, u, c, b)
                    array[row] = (u, c, b, value, 2 * value, 3 * value, 4 * value, np.full(12, 5 * value))
                    row += 1
    assert (row, SHEET) == (POINTS, UTILISATIONS * SIZES * BURSTS)
    return Table(ScalingPoint, array)


def read(points: Table, controller: Controller, u: float, servers: int, b: float, reserve: float) -> Any:
    hour = make_row(Hour)
    plain(read_surface)(hour, points, make_row(Reading), int(controller), u, servers, b, reserve)
    return hour


@given(st.sampled_from(list(Controller)), st.floats(0.2, 2.4), st.integers(10, 120), st.floats(0.0, 1.0), st.floats(0.0, 3.0))
def test_a_multilinear_table_is_read_exactly(
    points: Table, controller: Controller, u: float, servers: int, b: float, reserve: float
) -> None:
    hour = read(points, controller, u, servers, b, reserve)
    # Servers are read along a kinked grid whose values are linear in servers all the same.
    share = 0.0 if controller == Controller.FIXED else min(reserve, 1.0)
    value = compute_value(10.0 * (share * controller + (1.0 - share) * Controller.FIXED), u, servers, b)
    assert hour.delay_s == pytest.approx(value, rel=1e-9)
    assert (hour.dropped, hour.active, hour.closing_s) == pytest.approx((2 * value, 3 * value, 4 * value), rel=1e-9)
    assert list(hour.tail) == pytest.approx([5 * value] * 12, rel=1e-9)


def test_outside_the_grid_the_edge_is_read(points: Table) -> None:
    low = read(points, Controller.PI, 0.0, 1, 0.0, 1.0)
    high = read(points, Controller.PI, 9.0, 999, 7.0, 1.0)
    assert low.delay_s == pytest.approx(compute_value(30.0, 0.2, 10, 0.0))
    assert high.delay_s == pytest.approx(compute_value(30.0, 2.4, 120, 1.0))


def test_reading_leaves_nothing_behind(points: Table) -> None:
    hour, at = make_row(Hour), make_row(Reading)
    for _ in range(2):
        plain(read_surface)(hour, points, at, 0, 0.7, 44, 0.2, 0.5)
    assert hour.delay_s == read(points, Controller.HYSTERESIS, 0.7, 44, 0.2, 0.5).delay_s
