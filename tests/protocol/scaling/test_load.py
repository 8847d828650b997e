"""A day of load: the closed form, the surface, simulated hours, the congestion fee."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.fees.fees import Fees, compute_quote
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Table
from metalab.protocol.scaling.load import (
    Block,
    ScalingMetrics,
    ScalingState,
    book_tally,
    compute_block_delay,
    compute_congestion_due,
    compute_delay_quantile,
    compute_dropped_share,
    compute_mean_delay,
    compute_tail,
    plan_day,
    record_load,
    serve_closed,
    serve_surface,
    step_base_fee,
)
from metalab.protocol.scaling.scaling import Scaling
from metalab.protocol.scaling.surface import BURSTS, POINTS, SIZES, UTILISATIONS, ScalingPoint
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
    load = make_row(ScalingState)
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
    p, load = make_row(Scaling, active_min=0), make_row(ScalingState)
    assert (plain(compute_mean_delay)(load), plain(compute_dropped_share)(load)) == (0.0, 0.0)
    serve_day(load, p, 15_000.0, 0, 0)
    assert plain(compute_mean_delay)(load) == p.queue_s
    assert plain(compute_dropped_share)(load) == 1.0


def test_the_launch_day() -> None:
    p = make_row(Scaling, burst=0.0)
    load = make_row(ScalingState, base_fee=10.0)
    today = make_row(ScalingMetrics)
    serve_day(load, p, 15_000.0, 20, 25)
    plain(record_load)(load, p, today)
    assert (load.peak.rate, load.peak_active) == (138.0, 24)
    arrived = load.quiet.rate * load.quiet.seconds + load.peak.rate * load.peak.seconds
    assert arrived == pytest.approx(46.0 * 86_400.0)
    assert (today.load_dropped_share, today.nodes_flex_active_peak) == (0.0, 24.0)
    assert today.queue_delay_p95_s < 1.0


def test_the_congestion_fee_moves_at_most_an_eighth_a_step() -> None:
    p = make_row(Scaling)
    load = make_row(ScalingState, base_fee=100.0)
    load.peak.rate = 1e6
    plain(step_base_fee)(load, p, 20, 25)
    assert load.base_fee == 112.5
    load.peak.rate = 0.0
    plain(step_base_fee)(load, p, 20, 25)
    assert load.base_fee == pytest.approx(98.4375)
    for _ in range(40):
        plain(step_base_fee)(load, p, 20, 25)
    assert load.base_fee == p.fee_floor


def make_points(**values: float) -> Table:
    """A table that says the same everywhere."""
    array = np.zeros(POINTS, ScalingPoint.dtype)
    rows = np.arange(POINTS)
    array["utilisation"] = rows // (SIZES * BURSTS) % UTILISATIONS
    array["servers"] = rows // BURSTS % SIZES
    array["burstiness"] = rows % BURSTS
    for name, value in ({"active": 1.0} | values).items():
        array[name] = value
    return Table(ScalingPoint, array)


def read_block(points: Table, rate: float, opening: float = 0.0, active: int = 25, **values: float) -> Any:
    """A peak hour by the surface: 20 core nodes, some flex nodes settled, 60 standing by."""
    load, p = make_row(ScalingState), make_row(Scaling, **values)
    load.peak.rate, load.peak.seconds = rate, 3_600.0
    plain(serve_surface)(load.peak, load, points, p, 20, 60, active, opening)
    return load.peak


def test_an_hour_by_the_surface_is_what_the_table_says() -> None:
    points = make_points(delay_s=2.0, dropped=0.01, active=1.2, closing_s=3.0, tail=0.25)
    block = read_block(points, 144.0)
    assert (block.delay, block.active, block.capacity) == pytest.approx((2.0, 34.0, 216.0))
    assert (block.dropped, block.closing, block.tail[3]) == pytest.approx((5_184.0, 540.0, 0.25))


def test_the_surface_gives_no_more_nodes_than_stand_by_and_no_fewer_than_the_smallest_set() -> None:
    assert read_block(make_points(active=9.0), 144.0).active == 60.0
    assert read_block(make_points(active=0.1), 144.0).active == 10.0


def test_an_inherited_backlog_drains_before_the_surface_holds() -> None:
    points = make_points(delay_s=2.0, tail=0.25)
    block = read_block(points, 144.0, opening=18_000.0)
    drained = 18_000.0 / 36.0 / 3_600.0
    assert block.delay == pytest.approx(drained * 50.0 + (1.0 - drained) * 2.0)
    assert block.tail[0] == pytest.approx(drained + (1.0 - drained) * 0.25)


@pytest.mark.parametrize(("rate", "opening", "active"), [(200.0, 10.0, 25), (10.0, 0.0, -20)])
def test_beyond_the_table_the_closed_form_holds(rate: float, opening: float, active: int) -> None:
    block = read_block(make_points(delay_s=77.0), rate, opening, active)
    closed, p = make_row(Block), make_row(Scaling)
    closed.rate, closed.seconds = rate, 3_600.0
    plain(serve_closed)(closed, p, 20, active, opening)
    assert (block.delay, block.dropped, block.closing) == (closed.delay, closed.dropped, closed.closing)


def test_a_simulated_hour_is_booked_as_it_was() -> None:
    load, p = make_row(ScalingState), make_row(Scaling)
    load.peak.seconds = 3_600.0
    tally = load.tally
    tally.arrived, tally.dropped, tally.served, tally.ticks, tally.active, tally.delay = 36_000, 6_000, 29_000, 1_200, 30_000, 90_000.0
    tally.tail[2] = 15_000.0
    load.tank.waiting, load.crew.active = 1_000, 31
    plain(book_tally)(load.peak, load, p, 20)
    block = load.peak
    assert (block.rate, block.dropped, block.closing, block.active, block.capacity) == (10.0, 6_000.0, 1_000.0, 25.0, 180.0)
    assert (block.delay, block.tail[2], load.peak_active) == (3.0, 0.5, 31)


def test_the_settled_sets_and_rates_of_a_day() -> None:
    load, p = make_row(ScalingState), make_row(Scaling)
    load.chains.spread = 0.25
    plain(plan_day)(load, p, 30_000.0, 2.0, 20, 60)
    assert load.peak.rate == pytest.approx(2 * 138.0 * math.exp(0.25 * 2.0 - 0.5 * 0.25**2))
    assert load.quiet.rate * 23 + 2 * 138.0 == pytest.approx(92.0 * 24)
    assert (load.quiet_active, load.peak_active) == (10, 60)


@pytest.mark.parametrize(
    ("price", "indexation", "expected"), [(1.545, 0.5, 4_000), (0.38625, 0.5, 8_000), (0.38625, 0.0, 4_000), (0.38625, 1.0, 16_000)]
)
def test_the_congestion_fee_follows_the_price_as_message_fees_do(price: float, indexation: float, expected: int) -> None:
    load, fees = make_row(ScalingState, base_fee=10.0), make_row(Fees, indexation=indexation)
    load.peak.rate, load.peak.seconds, load.peak.dropped = 1.0, 500.0, 100.0
    assert plain(compute_congestion_due)(load, fees, price) == expected
    usual = plain(compute_quote)(make_row(Fees, indexation=indexation), price) / plain(compute_quote)(make_row(Fees), 1.545)
    assert expected / 4_000 == pytest.approx(usual, rel=1e-4)
