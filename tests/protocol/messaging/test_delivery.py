"""The surface of deliveries: read exactly at its points, linear between them, a step where the quorum is lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import RegularGridInterpolator

from metalab.econ.messaging.fastclock.settings.settings import make_settings
from metalab.econ.messaging.fastclock.surface.surface import compute_capacity, read_surface
from metalab.econ.messaging.fastclock.surface.table import read_points
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Table
from metalab.protocol.messaging.delivery import FAULTS, LOADS, POINTS, SIZES, SOUND, DeliveryPoint, DeliveryState, read_delivery
from metalab.protocol.messaging.messaging import Messaging
from tests.support import make_row

VALUES = ("delay_s", "success", "snapshot_success", "gas")
TABLE = read_points()


def read(guardians: float, faulty: float, load: float) -> list[float]:
    delivery = make_row(DeliveryState)
    plain(read_delivery)(delivery, Table(DeliveryPoint, TABLE.copy()), guardians, faulty, load)
    return [float(getattr(delivery, name)) for name in VALUES]


@pytest.mark.parametrize("row", range(POINTS))
def test_a_point_of_the_table_is_read_as_it_stands(row: int) -> None:
    point = TABLE[row]
    expected = [float(point[name]) for name in VALUES]
    assert read(point["guardians"], point["faulty_share"], point["load_ratio"]) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def make_oracle() -> RegularGridInterpolator:
    """The part of the table that has a quorum, by somebody else's interpolation."""
    grid = TABLE.reshape(SIZES, FAULTS, LOADS)[:, :SOUND]
    axes = (grid["guardians"][:, 0, 0], grid["faulty_share"][0, :, 0], grid["load_ratio"][0, 0, :])
    return RegularGridInterpolator(axes, np.stack([grid[name] for name in VALUES], axis=-1))


@given(st.floats(0.0, 100.0), st.floats(0.0, 0.333), st.floats(0.0, 5.0))
def test_between_points_it_is_linear_and_outside_the_edge_holds(guardians: float, faulty: float, load: float) -> None:
    oracle = make_oracle()
    inside = [min(max(x, axis[0]), axis[-1]) for x, axis in zip((guardians, faulty, load), oracle.grid, strict=True)]
    assert read(guardians, faulty, load) == pytest.approx(oracle(inside)[0].tolist(), rel=1e-9, abs=1e-9)


def test_from_a_third_on_there_are_no_snapshots() -> None:
    below, above = read(12.0, 0.333, 0.2), read(12.0, 1.0 / 3.0, 0.2)
    assert below[2] > 0.5
    assert above[2] == 0.0
    assert above[1] < below[1]
    assert above == read(12.0, 1.0, 0.2)


def test_more_load_takes_longer() -> None:
    delays = [read(12.0, 0.05, load)[0] for load in (0.1, 0.5, 0.9, 1.5, 2.0)]
    assert delays == sorted(delays)
    assert delays[0] < delays[-1]


@given(st.floats(0.0, 60.0), st.floats(0.0, 1.0), st.floats(0.0, 3.0))
def test_the_rule_reads_what_the_simulator_side_reads(guardians: float, faulty: float, load: float) -> None:
    expected = read_surface().estimate(guardians, faulty, load)
    assert read(guardians, faulty, load) == pytest.approx(list(expected), rel=1e-9, abs=1e-9)


def test_a_load_of_one_is_what_the_simulated_relayers_carry() -> None:
    assert make_row(Messaging).relayer_capacity == pytest.approx(compute_capacity(make_settings()), rel=1e-3)
