"""Queue, controllers, congestion fee."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.compiling import plain
from protocol.scaling import (
    Block,
    Controller,
    LoadMetrics,
    LoadState,
    Scaling,
    choose_active,
    compute_block_delay,
    compute_delay_quantile,
    compute_dropped_share,
    compute_erlang_c,
    compute_mean_delay,
    compute_spread,
    compute_tail,
    record_load,
    serve_block,
    serve_day,
    step_base_fee,
)
from tests.support import make_row


def sum_erlang_c(c: int, a: float) -> float:
    terms = [a**k / math.factorial(k) for k in range(c)]
    last = a**c / math.factorial(c) * c / (c - a)
    return last / (sum(terms) + last)


@pytest.mark.parametrize(("c", "a"), [(1, 0.5), (2, 1.0), (10, 8.0), (44, 34.75), (100, 99.0)])
def test_erlang_c_is_the_textbook_sum(c: int, a: float) -> None:
    assert plain(compute_erlang_c)(c, a) == pytest.approx(sum_erlang_c(c, a), rel=1e-10)


def test_mm1_waits_with_chance_rho_and_overload_always() -> None:
    assert plain(compute_erlang_c)(1, 0.3) == pytest.approx(0.3)
    assert plain(compute_erlang_c)(2, 1.0) == pytest.approx(1 / 3)
    assert plain(compute_erlang_c)(5, 5.0) == 1.0
    assert plain(compute_erlang_c)(0, 0.0) == 0.0


def test_below_capacity_the_quantile_is_that_of_the_queue() -> None:
    p = make_row(Scaling, node_tps=2.0)
    load = make_row(LoadState)
    plain(serve_block)(load.quiet, p, 1.8, 3600.0, 1, 0.0)
    assert plain(compute_delay_quantile)(load, p, 0.95) == pytest.approx(math.log(0.9 / 0.05) / 0.2, rel=1e-6)
    assert plain(compute_delay_quantile)(load, p, 0.05) == 0.0


def test_overload_is_a_fluid_with_a_bounded_queue() -> None:
    p = make_row(Scaling, node_tps=10.0, queue_s=100.0)
    block = make_row(Block)
    plain(serve_block)(block, p, 20.0, 60.0, 1, 0.0)
    assert (block.closing, block.dropped) == (600.0, 0.0)
    assert plain(compute_tail)(block, p, 30.0) == pytest.approx(0.5)
    plain(serve_block)(block, p, 20.0, 3600.0, 1, 0.0)
    assert (block.closing, block.dropped) == (1000.0, 35_000.0)


@given(st.floats(0, 400), st.floats(0, 5000), st.integers(0, 120), st.floats(1, 1e5), st.floats(0, 600))
def test_transactions_are_conserved_and_tails_are_shares(rate: float, backlog: float, servers: int, seconds: float, delay: float) -> None:
    p = make_row(Scaling)
    block = make_row(Block)
    plain(serve_block)(block, p, rate, seconds, servers, backlog)
    served = backlog + rate * seconds - block.closing - block.dropped
    assert -1e-6 <= served <= block.capacity * seconds + 1e-6 * max(rate * seconds, 1.0)
    tail = plain(compute_tail)(block, p, delay)
    assert 0.0 <= tail <= 1.0 + 1e-12
    assert plain(compute_tail)(block, p, delay + 1.0) <= tail + 1e-12


@pytest.mark.parametrize("controller", list(Controller))
def test_every_controller_stays_within_bounds_and_stake(controller: Controller) -> None:
    p = make_row(Scaling, controller=int(controller))
    for rate in (0.0, 40.0, 139.0, 300.0, 5000.0):
        for standing_by in (0, 5, 25, 400):
            active = plain(choose_active)(12, rate, p, 20, standing_by)
            assert active <= min(standing_by, 100)
            assert active >= min(standing_by, 10)


def test_what_the_controllers_choose() -> None:
    def choose(controller: Controller, active: int, rate: float) -> int:
        return plain(choose_active)(active, rate, make_row(Scaling, controller=int(controller)), 20, 400)

    assert choose(Controller.HYSTERESIS, 10, 138.0) == 24
    assert choose(Controller.HYSTERESIS, 60, 138.0) == 49
    assert choose(Controller.HYSTERESIS, 30, 138.0) == 30
    assert choose(Controller.PROPORTIONAL, 10, 138.0) == 30
    assert choose(Controller.PROPORTIONAL, 29, 138.0) == 29
    assert choose(Controller.FIXED, 10, 5000.0) == 25


@pytest.mark.parametrize(
    ("rate", "servers", "opening"),
    [
        (30.0, 10, 0.0),
        (38.0, 10, 0.0),
        (30.0, 10, 9_000.0),
        (39.9, 10, 20_000.0),
        (41.0, 10, 100.0),
        (90.0, 10, 5_000.0),
        (40.0, 10, 800.0),
    ],
)
def test_the_mean_delay_is_the_integral_of_the_tail(rate: float, servers: int, opening: float) -> None:
    p, block = make_row(Scaling), make_row(Block)
    plain(serve_block)(block, p, rate, 3_600.0, servers, opening)
    edges = [p.queue_s * (k / 4_000) ** 3 for k in range(4_001)]
    integral = sum((b - a) * plain(compute_tail)(block, p, 0.5 * (a + b)) for a, b in pairwise(edges))
    assert plain(compute_block_delay)(block, p) == pytest.approx(integral, rel=1e-3)


def test_an_idle_network_neither_delays_nor_drops_and_one_without_nodes_does_both() -> None:
    p, load = make_row(Scaling, active_min=0), make_row(LoadState)
    assert (plain(compute_mean_delay)(load, p), plain(compute_dropped_share)(load)) == (0.0, 0.0)
    plain(serve_day)(load, p, 15_000.0, 0.0, 0, 0)
    assert plain(compute_mean_delay)(load, p) == p.queue_s
    assert plain(compute_dropped_share)(load) == 1.0


def test_the_launch_day() -> None:
    p = make_row(Scaling, burst=0.0)
    load = make_row(LoadState, base_fee=10.0)
    today = make_row(LoadMetrics)
    plain(serve_day)(load, p, 15_000.0, 0.0, 20, 25)
    plain(record_load)(load, p, today)
    assert (load.peak.rate, load.peak_active) == (138.0, 24)
    arrived = load.quiet.rate * load.quiet.seconds + load.peak.rate * load.peak.seconds
    assert arrived == pytest.approx(46.0 * 86_400.0)
    assert (today.load_dropped_share, today.nodes_flex_active_peak) == (0.0, 24.0)
    assert today.queue_delay_p95_s < 1.0


def test_the_congestion_fee_moves_at_most_an_eighth_a_step() -> None:
    p = make_row(Scaling)
    load = make_row(LoadState, base_fee=100.0)
    load.peak.rate = 1e6
    plain(step_base_fee)(load, p, 20, 25)
    assert load.base_fee == 112.5
    load.peak.rate = 0.0
    plain(step_base_fee)(load, p, 20, 25)
    assert load.base_fee == pytest.approx(98.4375)
    for _ in range(40):
        plain(step_base_fee)(load, p, 20, 25)
    assert load.base_fee == p.fee_floor


def test_spread_of_a_zipf_law() -> None:
    assert plain(compute_spread)(4, 0.0) == pytest.approx(0.25)
    assert plain(compute_spread)(2, 1.0) == pytest.approx(5 / 9)
    assert plain(compute_spread)(0, 1.0) == 0.0
