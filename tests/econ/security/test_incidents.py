"""Incidents in a world: how many, to whom, what they leave behind, and what the switches change."""

import math
from typing import Any

import numpy as np
import pytest

from metalab.econ.day import open_world, run_days
from metalab.econ.kernel.memory import allocate, as_rows, check_supply
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import PlannedChange
from metalab.econ.market.money import check_usd
from metalab.econ.policy.changes import load_changes
from metalab.econ.rollups.rollup import RollupRow, RollupsState
from metalab.econ.security.incident import (
    IncidentRow,
    IncidentsMetrics,
    IncidentsState,
    begin_repair,
    compute_daily_chance,
    compute_sight_of,
    panic_users,
    pass_day,
)
from metalab.econ.security.incidents import process_incidents
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.security.incidents import KINDS, IncidentKind, Incidents
from tests.support import LEAVES, make_row, make_rows, make_scenario, run_plain

DAYS = 25
OURS = [COLUMNS.index(name) for name in IncidentsMetrics.infos]


def get(table: Any, name: str) -> Any:
    return table[:, COLUMNS.index(name)]


def count_by_day(hazard: tuple[float, ...], days: int, rollups: int = 40) -> Any:
    """Incidents [day, rollup] of a world in which nothing else happens."""
    world = allocate(make_scenario(population__rollups=rollups, incidents__hazard=hazard, defection__arrival=0.0).parameters)
    rows = as_rows(world)
    plain(open_world)(rows, 11, 0, 0)
    counts = np.zeros((days, rollups), int)
    before = np.zeros(rollups, int)
    for day in range(days):
        rows.state[0].clock.day = day
        plain(process_incidents)(rows)
        after = np.array([rows.incidents[i].count for i in range(rollups)])
        counts[day] = after - before
        before = after
    return counts


@pytest.mark.parametrize("kind", list(IncidentKind))
def test_incidents_come_at_their_hazard(kind: IncidentKind) -> None:
    hazard, days, rollups = 15.0, 100, 40
    counts = count_by_day(tuple(hazard if k == kind else 0.0 for k in range(KINDS)), days, rollups)
    expected = days * rollups * (1 - math.exp(-hazard / 365))
    assert counts.sum() == pytest.approx(expected, abs=3.5 * math.sqrt(expected))
    assert counts.max() == 1


def test_double_the_hazard_keeps_all_incidents_and_brings_as_many_more() -> None:
    once, twice = (count_by_day((h, 0.0, 0.0, 0.0), 100) for h in (10.0, 20.0))
    assert (twice >= once).all()
    assert twice.sum() / once.sum() == pytest.approx(2.0, abs=0.4)


def test_without_a_hazard_there_are_no_incidents() -> None:
    never = run_plain(make_scenario(incidents__hazard=(0.0, 0.0, 0.0, 0.0)), 3, DAYS)[1]
    assert not never[:, OURS].any()


def test_nothing_differs_before_the_first_incident() -> None:
    busy = run_plain(make_scenario(incidents__hazard=(9.0, 9.0, 9.0, 9.0)), 3, DAYS)[1]
    quiet = run_plain(make_scenario(incidents__hazard=(0.0, 0.0, 0.0, 0.0)), 3, DAYS)[1]
    first = int(np.flatnonzero(get(busy, "incidents"))[0])
    assert first > 0
    assert busy[:first].tobytes() == quiet[:first].tobytes()
    assert busy[first:].tobytes() != quiet[first:].tobytes()


def test_books_are_exact_and_losses_add_up() -> None:
    world, table = run_plain(make_scenario(incidents__hazard=(40.0, 40.0, 40.0, 40.0), insurance__premium_bps=200.0), 5, 40)
    check_supply(world)
    check_usd(world)
    value, loss, residual = (get(table, f"incident_{name}_usd") for name in ("value", "loss", "residual"))
    assert (loss <= value).all()
    assert (residual <= loss).all()
    assert (residual >= 0).all()
    paid = get(table, "insurance_paid_era") * get(table, "price_usd")
    assert loss - residual == pytest.approx(paid, rel=1e-9, abs=1e-6)
    assert paid.sum() > 0
    assert loss.sum() > 0
    assert world.incidents["lost_usd"].sum() == pytest.approx(residual.sum(), rel=1e-9)
    assert get(table, "insurance_era").min() >= 0
    assert get(table, "premium_era").min() > 0


def test_value_falls_by_what_is_left_with_users() -> None:
    scenario = make_scenario(
        incidents__hazard=(0.0, 0.0, 50.0, 0.0), incidents__contagion=0.0, incidents__contagion_shared=0.0, population__rollups=30
    )
    world = allocate(scenario.parameters)
    rows = as_rows(world)
    plain(open_world)(rows, 2, 0, 0)
    before = world.rollups["tvl"].sum()
    plain(process_incidents)(rows)
    today = rows.today[0].incidents
    assert today.incidents > 0
    assert before - world.rollups["tvl"].sum() == pytest.approx(today.incident_residual_usd, rel=1e-9)


def test_fright_takes_value_and_gives_it_back() -> None:
    rollups, network, state, p = make_rows(RollupRow, 3), make_row(RollupsState, count=3), make_row(IncidentsState), make_row(Incidents)
    for i in range(3):
        rollups[i].tvl, rollups[i].live = 100.0, int(i < 2)
    left = plain(panic_users)(rollups, network, state, 0.1, p)
    assert left == pytest.approx(200.0 * (1 - math.exp(-0.1)))
    assert [row.tvl for row in rollups] == pytest.approx([100 * math.exp(-0.1)] * 2 + [100.0])
    for _ in range(90):
        plain(panic_users)(rollups, network, state, 0.0, p)
    assert state.panic == pytest.approx(0.05)
    assert rollups[0].tvl == pytest.approx(100 * math.exp(-0.05))
    calm = make_row(IncidentsState)
    assert plain(panic_users)(rollups, network, calm, 0.0, p) == 0.0


def test_a_repair_takes_the_days_it_takes() -> None:
    row = make_row(IncidentRow)
    plain(begin_repair)(row, 36.0, 0.5)
    plain(begin_repair)(row, 12.0, 0.2)
    down = []
    for _ in range(3):
        plain(pass_day)(row, 1)
        down.append(row.down)
    assert down == [0.5, 0.25, 0.0]
    assert (row.halt, row.hours, row.count) == (0.0, 0.0, 2)
    plain(begin_repair)(row, 99.0, 1.0)
    plain(pass_day)(row, 0)
    assert (row.down, row.hours) == (0.0, 0.0)


def test_shared_security_and_light_nodes_see_more() -> None:
    f = plain(compute_sight_of)
    state, p = make_row(IncidentsState, guardians=12.0, lights=0.0), make_row(Incidents)
    shared, apart = f(state, 12.0, IncidentKind.DATA_LOSS, 60, p), f(state, 12.0, IncidentKind.DATA_LOSS, 60, make_row(Incidents, shared=0))
    assert shared == pytest.approx(1 - 0.99**12)
    assert apart == pytest.approx(1 - 0.99**0.2)
    state.lights = 6_000.0
    assert f(state, 12.0, IncidentKind.DATA_LOSS, 60, p) == pytest.approx(1 - 0.99**12 * 0.998**100)


def test_the_chance_of_a_day_is_that_of_a_steady_hazard() -> None:
    assert plain(compute_daily_chance)(2.0) == pytest.approx(1 - math.exp(-2 / 365), rel=1e-12)
    assert plain(compute_daily_chance)(0.0) == 0.0


@pytest.mark.parametrize("from_the_start", [False, True])
def test_a_longer_exit_delay_stops_losses_and_costs_messages(from_the_start: bool) -> None:
    """Decided on the first evening or there from the start: users feel what is longer than they are used to, from then on."""
    change = PlannedChange(1, LEAVES["incidents.exit_delay_hours"].slot, True, 168.0)
    tables = []
    for is_longer in (False, True):
        hours = 168.0 if is_longer and from_the_start else 0.5
        scenario = make_scenario(incidents__hazard=(0.0, 0.0, 0.0, 0.0), incidents__exit_delay_hours=hours)
        changes = (change,) if is_longer and not from_the_start else ()
        world = allocate(scenario.parameters)
        tables.append(np.zeros((DAYS, len(COLUMNS))))
        rows = as_rows(world)
        plain(open_world)(rows, 3, 0, 0)
        load_changes(world, changes)
        plain(run_days)(rows, DAYS, memoryview(tables[-1]))
    before, after = (get(table, "messages") for table in tables)
    same = 1 if from_the_start else 2
    assert before[:same].tolist() == after[:same].tolist()
    assert after[2:].sum() < 0.8 * before[2:].sum()
    assert get(tables[1], "message_delay_s")[:same].tolist() == get(tables[0], "message_delay_s")[:same].tolist()
