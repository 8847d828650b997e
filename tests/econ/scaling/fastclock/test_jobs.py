"""Single jobs against closed forms, and the ticks against single jobs."""

import math

import pytest

from metalab.econ.scaling.fastclock.fit import Point, Rig, summarise
from metalab.econ.scaling.fastclock.jobs import draw_interval, measure_steady, simulate_waits
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.scaling.queueing import compute_erlang_c, compute_mean_wait, compute_variability
from metalab.protocol.scaling.scaling import Controller

SPEED = 4.0
PAIRS = [(c, share) for c in (1, 2, 5, 15) for share in (0.5, 0.7, 0.8, 0.9)] + [
    (45, 0.7), (45, 0.8), (45, 0.9), (120, 0.8), (120, 0.9), (15, 0.95), (45, 0.95), (120, 0.95),
]  # fmt: skip


@pytest.mark.parametrize(("servers", "share"), PAIRS)
def test_single_jobs_wait_as_erlang_says(servers: int, share: float) -> None:
    run = measure_steady(servers, share * servers * SPEED, SPEED, jobs=40_000, replications=30)
    wait = plain(compute_mean_wait)(servers, share * servers * SPEED, SPEED, 1.0)
    assert abs(run.mean - wait) < 3.0 * run.error
    assert abs(run.waiting - plain(compute_erlang_c)(servers, share * servers)) < 3.0 * run.waiting_error
    assert run.error < 0.25 * wait


@pytest.mark.parametrize("service_cv", [0.0, 0.5, 2.0])
def test_one_server_agrees_with_pollaczek_and_khinchine(service_cv: float) -> None:
    run = measure_steady(1, 2.8, SPEED, jobs=40_000, replications=30, service_cv=service_cv)
    wait = plain(compute_mean_wait)(1, 2.8, SPEED, plain(compute_variability)(1.0, service_cv))
    assert abs(run.mean - wait) < 3.0 * run.error


@pytest.mark.parametrize("servers", [15, 45, 120])
@pytest.mark.parametrize(("service_cv", "tolerance"), [(0.0, 0.15), (0.5, 0.15), (2.0, 0.25)])
def test_allen_and_cunneen_are_close_for_poisson_arrivals(servers: int, service_cv: float, tolerance: float) -> None:
    rate = 0.9 * servers * SPEED
    run = measure_steady(servers, rate, SPEED, jobs=40_000, replications=30, service_cv=service_cv)
    wait = plain(compute_mean_wait)(servers, rate, SPEED, plain(compute_variability)(1.0, service_cv))
    assert abs(run.mean - wait) < tolerance * wait + 3.0 * run.error


@pytest.mark.parametrize("arrival_cv", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("service_cv", [0.5, 1.0, 2.0])
def test_one_server_stays_below_kingmans_bound(arrival_cv: float, service_cv: float) -> None:
    rate, share = 3.2, 0.8
    run = measure_steady(1, rate, SPEED, jobs=40_000, replications=10, arrival_cv=arrival_cv, service_cv=service_cv)
    bound = rate * ((arrival_cv / rate) ** 2 + (service_cv / SPEED) ** 2) / (2.0 * (1.0 - share))
    assert run.mean - 3.0 * run.error < bound


@pytest.mark.parametrize(("servers", "share"), [(15, 0.7), (15, 0.9), (45, 0.8), (45, 0.95), (45, 0.97), (120, 0.9), (120, 0.97)])
def test_ticks_wait_as_single_jobs_do(servers: int, share: float) -> None:
    """Means within 5 %; an hour of ticks begins empty, as the jobs do not."""
    point = Point(int(Controller.FIXED), share, servers, 0.0)
    ticks = summarise(point, *Rig().run(point, 60, 1))
    run = measure_steady(servers, share * servers * SPEED, SPEED, jobs=40_000, replications=30)
    assert abs(ticks["delay_s"] - run.mean) < 0.05 * run.mean + 3.0 * (run.error + ticks["delay_error"])


def test_times_have_the_mean_and_spread_asked_for() -> None:
    for cv in (0.0, 0.5, 1.0, 2.0):
        times = [plain(draw_interval)((k + 0.5) / 40_000, 3.0, cv) for k in range(40_000)]
        mean = sum(times) / len(times)
        assert mean == pytest.approx(3.0, rel=0.01)
        assert math.sqrt(sum((t - mean) ** 2 for t in times) / len(times)) / mean == pytest.approx(cv, rel=0.06, abs=1e-9)


def test_the_same_seed_gives_the_same_waits_and_another_one_does_not() -> None:
    first, again, other = (simulate_waits(3, 9.0, SPEED, 500, seed=seed) for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes() != other.tobytes()
