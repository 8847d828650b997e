"""The response surface: what a point is, interpolation, and the committed table."""

import csv

import pytest

from metalab.econ.messaging.fastclock.settings.settings import make_settings
from metalab.econ.messaging.fastclock.simulation import simulate
from metalab.econ.messaging.fastclock.surface.surface import (
    TABLE,
    MetalayerPoint,
    Surface,
    choose_settings,
    compute_capacity,
    measure_point,
    measure_surface_point,
    read_surface,
)
from metalab.econ.messaging.fastclock.transport.parcels import MessageStatus
from tools.metalayer_surface import FAULTY, GUARDIANS, LOADS, measure, write

SPREADS = 4.0
"""Standard errors within which a fresh fit must agree; they come from few seeds, hence the factor."""


def make_surface() -> Surface:
    """delay = guardians + 10 share + 100 load, for shares below and above a third."""
    places = [(float(g), share, load) for g in (4, 20) for share in (0.0, 0.3, 0.4) for load in (0.0, 1.0)]
    return Surface({place: MetalayerPoint(place[0] + 10 * place[1] + 100 * place[2], 1.0, float(place[1] < 0.34), 5.0) for place in places})


def test_a_point_is_counted_from_messages_that_had_time() -> None:
    simulation = simulate(choose_settings(7, 0.15, 0.3, 4.0), 2)
    early = [parcel for parcel in simulation.post.parcels if parcel.sent_s <= 120.0]
    done = [parcel for parcel in early if parcel.status == MessageStatus.EXECUTED]
    point = measure_point(simulation)
    assert point.success == len(done) / len(early)
    assert point.delay_s == pytest.approx(sum(parcel.done_s - parcel.sent_s for parcel in done) / len(done))
    assert point.gas == pytest.approx(sum(parcel.gas for parcel in done) / len(done))
    assert point.snapshot_success == len(simulation.room.finals) / 80
    assert point == measure_surface_point(7, 0.15, 0.3, 2, 4.0)


def test_load_is_measured_in_what_relayers_can_carry() -> None:
    settings = choose_settings(20, 0.0, 0.5, 10.0)
    assert settings.traffic.messages_per_day == pytest.approx(0.5 * compute_capacity(make_settings()))
    assert compute_capacity(make_settings()) == pytest.approx(86_400 * 4 / (2.0 * 2.718281828459045**0.125))


@pytest.mark.parametrize(("guardians", "share", "offline"), [(20, 0.15, 3), (20, 0.3, 6), (10, 0.0, 0), (40, 0.4, 16)])
def test_faulty_guardians_are_offline(guardians: int, share: float, offline: int) -> None:
    assert choose_settings(guardians, share, 0.1, 5.0).guarding.offline == offline


def test_interpolation_is_exact_for_what_is_linear() -> None:
    surface = make_surface()
    assert surface.estimate(12.0, 0.1, 0.25).delay_s == pytest.approx(12 + 1 + 25)
    assert surface.estimate(4.0, 0.3, 1.0).delay_s == pytest.approx(4 + 3 + 100)
    assert surface.estimate(1.0, 0.0, -5.0).delay_s == pytest.approx(4.0)
    assert surface.estimate(99.0, 0.9, 9.0).delay_s == pytest.approx(20 + 4 + 100)


def test_there_is_a_step_at_a_third() -> None:
    surface = make_surface()
    assert [surface.estimate(20.0, share, 0.5).snapshot_success for share in (0.33, 1 / 3, 0.35)] == [1.0, 0.0, 0.0]


def test_a_grid_with_a_hole_is_refused() -> None:
    points = make_surface().points
    del points[4.0, 0.3, 1.0]
    with pytest.raises(ValueError, match="no point"):
        Surface(points)


def test_the_committed_table_is_whole_and_behaves() -> None:
    surface = read_surface()
    assert surface.axes == [[float(g) for g in GUARDIANS], list(FAULTY), list(LOADS)]
    for (guardians, share, load), point in surface.points.items():
        assert point.delay_s > 3.0
        assert 0.4 < point.success <= 1.0
        assert (point.snapshot_success > 0.5) == (share < 1 / 3)
        assert surface.estimate(guardians, share, load) == pytest.approx(point)
    for guardians in surface.axes[0]:
        delays = [surface.points[guardians, 0.0, load].delay_s for load in LOADS]
        assert delays == sorted(delays)
        assert surface.points[guardians, 0.0, 2.0].gas < surface.points[guardians, 0.0, 0.05].gas


def test_tables_come_back() -> None:
    place, point = (4, 0.0, 0.05), MetalayerPoint(6.0, 0.5, 1.0, 200_000.0)
    lines = write({place: (point, MetalayerPoint(0.1, 0.0, 0.0, 7.0))}).splitlines()
    assert lines[0].startswith("# made by python -m tools.metalayer_surface")
    row = next(csv.DictReader(lines[1:]))
    assert [float(row[name]) for name in ("guardians", "delay_s", "gas", "gas_se")] == [4.0, 6.0, 200_000.0, 7.0]


@pytest.mark.parametrize("place", [(4, 0.0, 0.05), (4, 0.3, 0.2)])
def test_the_committed_table_is_what_the_code_makes(place: tuple[int, float, float]) -> None:
    """The same seeds again: whoever changes the simulation makes the table again."""
    line = write({place: measure(place)}).splitlines()[-1]
    assert line in TABLE.read_text().splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("place", [(10, 0.15, 0.6), (20, 0.0, 1.0)])
def test_a_fresh_fit_agrees_with_the_table_within_its_error(place: tuple[int, float, float]) -> None:
    """Other seeds, other chance: the means differ by no more than the two errors together allow."""
    with TABLE.open() as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    row = next(row for row in rows if tuple(float(row[name]) for name in ("guardians", "faulty_share", "load_ratio")) == place)
    means, errors = measure(place, seeds=(101, 102, 103, 104, 105, 106))
    for name in MetalayerPoint._fields:
        spread = (float(row[f"{name}_se"]) ** 2 + getattr(errors, name) ** 2) ** 0.5
        assert abs(float(row[name]) - getattr(means, name)) <= SPREADS * max(spread, 1e-3)
