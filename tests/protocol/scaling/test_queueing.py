"""Erlang's formula, the correction for other variabilities, servers that take one job after the other."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.compiling import plain
from metalab.protocol.scaling.queueing import (
    compute_erlang_c,
    compute_mean_wait,
    compute_unseen_queue,
    compute_variability,
    compute_walk_mean,
    seat_job,
)


def sum_erlang_c(c: int, a: float) -> float:
    terms = [a**k / math.factorial(k) for k in range(c)]
    last = a**c / math.factorial(c) * c / (c - a)
    return last / (sum(terms) + last)


@pytest.mark.parametrize(("c", "a"), [(1, 0.5), (2, 1.0), (10, 8.0), (44, 34.75), (100, 99.0)])
def test_erlang_c_is_the_textbook_sum(c: int, a: float) -> None:
    assert plain(compute_erlang_c)(c, a) == pytest.approx(sum_erlang_c(c, a), rel=1e-10)


def test_one_server_waits_with_chance_rho_and_overload_always() -> None:
    assert plain(compute_erlang_c)(1, 0.3) == pytest.approx(0.3)
    assert plain(compute_erlang_c)(2, 1.0) == pytest.approx(1 / 3)
    assert plain(compute_erlang_c)(5, 5.0) == 1.0
    assert plain(compute_erlang_c)(0, 0.0) == 0.0


@pytest.mark.parametrize(("rho", "service_cv"), [(0.3, 1.0), (0.8, 0.0), (0.9, 2.0)])
def test_one_server_waits_as_pollaczek_and_khinchine_say(rho: float, service_cv: float) -> None:
    factor = plain(compute_variability)(1.0, service_cv)
    assert plain(compute_mean_wait)(1, rho * 4.0, 4.0, factor) == pytest.approx(rho / (1 - rho) * (1 + service_cv**2) / 2 / 4.0)


def test_the_wait_has_no_end_at_capacity() -> None:
    assert plain(compute_mean_wait)(3, 12.0, 4.0, 1.0) == math.inf


def sum_walk(drift: float) -> float:
    """Spitzer's identity: the mean of the highest point of a Gaussian walk is the sum of E[S_k^+] / k."""
    total = 0.0
    for k in range(1, 200_000):
        x = drift * math.sqrt(k)
        if x > 9.0:
            break
        density = math.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)
        total += (math.sqrt(k) * density - drift * k * 0.5 * math.erfc(x / math.sqrt(2.0))) / k
    return total


@pytest.mark.parametrize("drift", [0.05, 0.2, 0.5, 1.0, 1.5, 2.0, 2.49])
def test_the_walk_is_spitzers_sum(drift: float) -> None:
    assert plain(compute_walk_mean)(drift) == pytest.approx(sum_walk(drift), abs=2e-4)


def test_a_steep_walk_stays_at_the_bottom() -> None:
    assert plain(compute_walk_mean)(2.5) == 0.0
    assert sum_walk(2.5) < 0.003


@pytest.mark.parametrize("servers", [15, 45, 120, 300])
def test_what_a_count_does_not_show_is_all_at_low_load_and_bounded_at_high(servers: int) -> None:
    unseen = [plain(compute_unseen_queue)(servers, share * servers * 4.0, 4.0, 3.0, 1.0) for share in (0.0, 0.3, 0.6, 0.9, 0.99, 1.0, 3.0)]
    assert unseen[0] == 0.0
    quiet = 0.3 * servers * 4.0
    assert unseen[1] == pytest.approx(quiet * plain(compute_mean_wait)(servers, quiet, 4.0, 1.0), rel=0.02, abs=1e-3)
    limit = 0.5826 * math.sqrt(2.0 * servers * 4.0 * 3.0)
    assert all(0.0 <= value <= limit for value in unseen)
    assert unseen[-1] == unseen[-2]


def test_jobs_are_seated_at_the_server_that_is_free_first() -> None:
    free = [0.0, 0.0]
    seat = plain(seat_job)
    assert [seat(free, 2, at, length) for at, length in [(0.0, 5.0), (1.0, 1.0), (1.5, 10.0), (2.0, 1.0)]] == [0.0, 0.0, 0.5, 3.0]
    assert sorted(free) == [6.0, 12.0]


@given(st.integers(1, 12), st.lists(st.tuples(st.floats(0, 2), st.floats(0, 9)), min_size=1, max_size=60))
def test_seating_agrees_with_a_sorted_list_of_servers(servers: int, jobs: list[tuple[float, float]]) -> None:
    free, mirror, now = [0.0] * servers, [0.0] * servers, 0.0
    begins = []
    for gap, length in jobs:
        now += gap
        wait = plain(seat_job)(free, servers, now, length)
        first = max(mirror[0], now)
        assert wait == first - now
        begins.append(first)
        mirror = sorted([first + length, *mirror[1:]])
    assert sorted(free) == mirror
    assert all(a <= b for a, b in pairwise(begins))
