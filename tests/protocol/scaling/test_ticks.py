"""Ticks: exact conservation, bounded queue, delays and their distribution."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metalab.protocol.kernel.compiling import plain
from metalab.protocol.scaling.queueing import compute_erlang_c, compute_mean_wait
from metalab.protocol.scaling.scaling import TICK, Controller, Crew, Scaling, open_crew
from metalab.protocol.scaling.ticks import (
    TAILS,
    Tank,
    TickTally,
    compute_tally_delay,
    flush_pending,
    interpolate_quantile,
    open_tank,
    pass_edge,
    pass_tick,
    serve_tick,
    set_tank,
)
from tests.support import make_row

CORE = 20


def make(controller: Controller = Controller.FIXED, active: int = 25, waiting: int = 0, **values: Any) -> tuple[Any, Any, Any, Any]:
    p = make_row(Scaling, controller=int(controller), **values)
    tank, crew, tally = make_row(Tank), make_row(Crew), make_row(TickTally)
    plain(open_tank)(tank, waiting)
    plain(open_crew)(crew, active, 138.0)
    return tank, crew, tally, p


def run(parts: tuple[Any, Any, Any, Any], arrivals: list[int], standing_by: int = 100, luck: float = 0.0) -> Any:
    tank, crew, tally, p = parts
    for arrived in arrivals:
        plain(pass_tick)(tank, crew, tally, p, CORE, standing_by, arrived / TICK, arrived, luck)
    plain(flush_pending)(tank, tally)
    return tally


@pytest.mark.parametrize("controller", list(Controller))
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_every_transaction_is_served_dropped_or_waits(controller: Controller, data: st.DataObject) -> None:
    waiting = data.draw(st.integers(0, 5_000))
    parts = make(controller, min(25, 60), waiting, queue_s=data.draw(st.floats(10, 60)))
    tank, crew, tally, p = parts
    for arrived in data.draw(st.lists(st.integers(0, 8_000), min_size=1, max_size=30)):
        luck = data.draw(st.floats(-6.0, 6.0))
        plain(pass_tick)(tank, crew, tally, p, CORE, 60, arrived / TICK, arrived, luck)
        assert waiting + tally.arrived == tally.served + tally.dropped + tank.waiting
        assert 0 <= tank.dropped <= arrived
        assert 0.0 <= tank.spare < 1.0
    plain(flush_pending)(tank, tally)
    accepted = tally.arrived - tally.dropped
    assert all(tally.tail[k + 1] <= tally.tail[k] + 1e-6 for k in range(TAILS - 1))
    assert tally.tail[0] <= accepted + 1e-6
    assert tally.delay >= 0.0
    assert tally.active <= tally.ticks * 60


def test_the_capacity_of_a_fraction_of_a_transaction_is_not_lost() -> None:
    parts = make(active=0, active_min=0, fixed_nodes=0, node_tps=2.13, waiting=200_000, queue_s=7200.0)
    assert run(parts, [0] * 1_001).served == math.floor(1_001 * CORE * 2.13 * TICK)


def test_the_queue_is_bounded_and_only_newcomers_are_dropped() -> None:
    parts = make(active=25, queue_s=10.0)
    tally = run(parts, [6_000, 6_000])
    assert parts[0].waiting == 1_800
    assert tally.dropped == 12_000 - 2 * 540 - 1_800
    tank, crew, _, p = parts
    p.fixed_nodes = 10
    crew.active = 10
    tally = run((tank, crew, make_row(TickTally), p), [0])
    assert (tally.dropped, tank.waiting) == (0, 1_800 - 360)


def test_without_nodes_all_are_dropped() -> None:
    tank, crew, tally, p = make(active=0)
    plain(pass_tick)(tank, crew, tally, p, 0, 0, 10.0, 30, 0.0)
    assert (tally.arrived, tally.dropped, tally.served, tank.waiting) == (30, 30, 0, 0)
    assert plain(compute_tally_delay)(tally) == 0.0


def test_a_standing_queue_delays_by_its_length_over_capacity() -> None:
    parts = make(waiting=18_000)
    tally = run(parts, [540])
    unseen = parts[0].unseen_s
    assert plain(compute_tally_delay)(tally) == pytest.approx(100.0 + unseen)
    assert tally.tail[8] == 540.0
    assert tally.tail[9] == 540.0 * (100.0 + unseen > 0.01 * 3.0**8)


@pytest.mark.parametrize(("servers", "rho"), [(15, 0.5), (45, 0.7), (45, 0.8), (120, 0.8)])
def test_at_low_load_a_tick_has_the_delay_of_erlang(servers: int, rho: float) -> None:
    tank, _, tally, p = make()
    rate = rho * servers * p.node_tps
    plain(set_tank)(tank, tally, p, rate, servers)
    assert tank.unseen_s == pytest.approx(plain(compute_mean_wait)(servers, rate, p.node_tps, 1.0), rel=0.03)
    assert tank.decay[0] == plain(compute_erlang_c)(servers, rho * servers)


def test_quiet_ticks_enter_the_distribution_when_the_rate_changes() -> None:
    tank, crew, tally, p = make()
    for rate in (150.0, 150.0, 120.0):
        plain(pass_tick)(tank, crew, tally, p, CORE, 100, rate, round(rate * TICK), 0.0)
    assert (tank.pending, tally.tail[0]) == (360, pytest.approx(900 * plain(compute_erlang_c)(45, 37.5)))


@pytest.mark.parametrize("luck", [-3.0, 0.0, 3.0])
def test_luck_moves_what_is_served_by_its_standard_deviation(luck: float) -> None:
    tank, _, tally, p = make(waiting=10_000)
    plain(set_tank)(tank, tally, p, 0.0, 45)
    plain(serve_tick)(tank, tally, p, 0, luck)
    assert tally.served == math.floor(540 + luck * math.sqrt(540))


def spread(delay: float) -> list[float]:
    """Tails of an exponential distribution, counted on 1."""
    tails, edge = [], 0.0
    for _ in range(TAILS):
        tails.append(math.exp(-edge / delay))
        edge = plain(pass_edge)(edge)
    return tails


@pytest.mark.parametrize("quantile", [0.05, 0.5, 0.9, 0.95, 0.999])
def test_quantiles_of_an_exponential_are_exact(quantile: float) -> None:
    value = plain(interpolate_quantile)(spread(4.0), 1.0 - quantile, 600.0)
    assert value == pytest.approx(-4.0 * math.log(1.0 - quantile), rel=1e-9)


def test_quantiles_beyond_the_last_kept_delay_end_at_the_longest() -> None:
    assert plain(interpolate_quantile)([1.0] * TAILS, 0.5, 700.0) == pytest.approx(0.01 * 3.0 ** (TAILS - 2) / 2 + 350.0)
    assert plain(interpolate_quantile)([0.0] * TAILS, 0.05, 600.0) == 0.0
    assert plain(interpolate_quantile)([1.0] + [0.0] * (TAILS - 1), 0.25, 600.0) == pytest.approx(0.0075)


@given(st.lists(st.integers(0, 4_000), min_size=1, max_size=80), st.integers(10, 99))
@settings(max_examples=60, deadline=None)
def test_a_larger_fixed_set_never_drops_or_delays_more(arrivals: list[int], nodes: int) -> None:
    few = run(make(active=nodes, fixed_nodes=nodes, queue_s=30.0), arrivals)
    more = run(make(active=nodes + 1, fixed_nodes=nodes + 1, queue_s=30.0), arrivals)
    assert more.dropped <= few.dropped
    assert more.served >= few.served


@given(st.lists(st.integers(0, 4_000), min_size=1, max_size=80), st.integers(10, 99))
@settings(max_examples=60, deadline=None)
def test_more_nodes_standing_by_never_drop_more(arrivals: list[int], standing_by: int) -> None:
    """Same arrivals, proportional controller, nodes are not released within the run."""
    values: dict[str, Any] = {"stabilise_s": 3600.0, "queue_s": 30.0, "tolerance": 0.0}
    few = run(make(Controller.PROPORTIONAL, 10, **values), arrivals, standing_by)
    more = run(make(Controller.PROPORTIONAL, 10, **values), arrivals, standing_by + 1)
    assert more.dropped <= few.dropped


@pytest.mark.parametrize(("activation_s", "ticks"), [(3.0, 1), (30.0, 10), (120.0, 40)])
def test_a_jump_of_load_leaves_the_backlog_of_the_activation_delay(activation_s: float, ticks: int) -> None:
    """Backlog = (load - capacity) x delay (claim S2-4); it drains with what the new nodes have to spare."""
    parts = make(Controller.HYSTERESIS, 10, window_s=3.0, activation_s=activation_s)
    tank, crew = parts[0], parts[1]
    waiting = []
    for _ in range(200):
        run(parts, [600])
        waiting.append(tank.waiting)
    assert max(waiting) == (200 - 30 * 4) * 3 * ticks
    assert waiting.index(max(waiting)) == ticks - 1
    capacity = (CORE + parts[2].most) * 4
    assert 0 in waiting[ticks:]
    assert waiting[ticks:].index(0) * TICK >= max(waiting) / (capacity - 200) - 2 * TICK
    assert (waiting[-1], crew.coming) == (0, 0)


def test_what_was_possible_active_and_moved_is_booked_tick_by_tick() -> None:
    parts = make(Controller.HYSTERESIS, 10, activation_s=30.0, window_s=3.0)
    crew, tally = parts[1], parts[2]
    possible, active, moves = 0.0, 0, 0
    for k in range(40):
        before = crew.active + crew.coming
        run(parts, [600 if 5 <= k < 20 else 200], luck=1.5)
        served_by = parts[0].servers - CORE
        possible += (CORE + served_by) * 12.0
        active += served_by
        moves += crew.active + crew.coming != before
    assert (tally.possible, tally.active, tally.moves) == (possible, active, moves)
    assert moves > 2


def test_capacity_that_nobody_used_is_not_saved() -> None:
    parts = make(active=0, active_min=0, fixed_nodes=0, node_tps=2.13)
    run(parts, [10])
    assert parts[0].spare == 0.0


def test_delays_are_spread_over_a_tick_in_which_the_queue_grows() -> None:
    parts = make(waiting=900)
    tally = run(parts, [3_600 + 540])
    low, high = 5.0 + parts[0].unseen_s, 25.0 + parts[0].unseen_s
    for k, edge in ((7, 7.29), (8, 21.87)):
        assert tally.tail[k] == pytest.approx(4_140 * (high - edge) / (high - low))
    assert plain(compute_tally_delay)(tally) == pytest.approx(0.5 * (low + high))
