"""A day of load: the closed form, the surface, simulated hours, the congestion fee."""

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.compiling import plain
from protocol.controllers import Scaling
from protocol.scaling import (
    Block,
    LoadMetrics,
    LoadState,
    compute_block_delay,
    compute_delay_quantile,
    compute_dropped_share,
    compute_mean_delay,
    compute_tail,
    plan_day,
    record_load,
    serve_closed,
    step_base_fee,
)
from tests.support import make_row


def serve(block: Any, p: Any, rate: float, seconds: float, servers: int, opening: float = 0.0) -> None:
    block.rate, block.seconds = rate, seconds
    plain(serve_closed)(block, p, servers, 0, opening)


def serve_day(load: Any, p: Any, messages: float, core: int, standing_by: int, shift: float = 0.0) -> None:
    """A day by the closed form."""
    plain(plan_day)(load, p, messages, shift, core, standing_by)
    plain(serve_closed)(load.quiet, p, core, load.quiet_active, load.peak.closing)
    plain(serve_closed)(load.peak, p, core, load.peak_active, load.quiet.closing)


def test_below_capacity_the_quantile_is_that_of_the_queue() -> None:
    p = make_row(Scaling, node_tps=2.0)
    load = make_row(LoadState)
    serve(load.quiet, p, 1.8, 3600.0, 1, 0.0)
    assert plain(compute_delay_quantile)(load, p, 0.95) == pytest.approx(math.log(0.9 / 0.05) / 0.2, rel=1e-6)
    assert plain(compute_delay_quantile)(load, p, 0.05) == 0.0


def test_overload_is_a_fluid_with_a_bounded_queue() -> None:
    p = make_row(Scaling, node_tps=10.0, queue_s=100.0)
    block = make_row(Block)
    serve(block, p, 20.0, 60.0, 1, 0.0)
    assert (block.closing, block.dropped) == (600.0, 0.0)
    assert plain(compute_tail)(block, p, 30.0) == pytest.approx(0.5)
    serve(block, p, 20.0, 3600.0, 1, 0.0)
    assert (block.closing, block.dropped) == (1000.0, 35_000.0)


@given(st.floats(0, 400), st.floats(0, 5000), st.integers(0, 120), st.floats(1, 1e5), st.floats(0, 600))
def test_transactions_are_conserved_and_tails_are_shares(rate: float, backlog: float, servers: int, seconds: float, delay: float) -> None:
    p = make_row(Scaling)
    block = make_row(Block)
    serve(block, p, rate, seconds, servers, backlog)
    served = backlog + rate * seconds - block.closing - block.dropped
    assert -1e-6 <= served <= block.capacity * seconds + 1e-6 * max(rate * seconds, 1.0)
    tail = plain(compute_tail)(block, p, delay)
    assert 0.0 <= tail <= 1.0 + 1e-12
    assert plain(compute_tail)(block, p, delay + 1.0) <= tail + 1e-12


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
    serve(block, p, rate, 3_600.0, servers, opening)
    edges = [p.queue_s * (k / 4_000) ** 3 for k in range(4_001)]
    integral = sum((b - a) * plain(compute_tail)(block, p, 0.5 * (a + b)) for a, b in pairwise(edges))
    assert plain(compute_block_delay)(block, p) == pytest.approx(integral, rel=1e-3)


def test_an_idle_network_neither_delays_nor_drops_and_one_without_nodes_does_both() -> None:
    p, load = make_row(Scaling, active_min=0), make_row(LoadState)
    assert (plain(compute_mean_delay)(load), plain(compute_dropped_share)(load)) == (0.0, 0.0)
    serve_day(load, p, 15_000.0, 0, 0)
    assert plain(compute_mean_delay)(load) == p.queue_s
    assert plain(compute_dropped_share)(load) == 1.0


def test_the_launch_day() -> None:
    p = make_row(Scaling, burst=0.0)
    load = make_row(LoadState, base_fee=10.0)
    today = make_row(LoadMetrics)
    serve_day(load, p, 15_000.0, 20, 25)
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
