"""A full table refuses, writes nothing else and is reported by a metric."""

from typing import Any

import pytest

from metalab.econ.day import open_world
from metalab.econ.governance.agenda import propose
from metalab.econ.governance.governance import carry_out, observe, record_governance
from metalab.econ.kernel.memory import CAPACITY, allocate, as_rows, count_rows
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.world import RECORDS, World
from metalab.econ.rollups.rollup import add_rollup, measure_network
from metalab.econ.rollups.rollups import process_closings
from metalab.econ.staking.nodes import record_nodes
from metalab.protocol.governance.proposals import ProposalPhase
from metalab.protocol.kernel.codes import OK, TABLE_FULL
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.policy.content import add_flow, add_grant
from metalab.protocol.policy.flows import FlowSource, FlowTarget, FlowTerms
from metalab.protocol.policy.grants import GrantStatus, GrantTarget
from metalab.protocol.rollups.licences import adopt, build
from metalab.protocol.staking.journal import note
from tests.support import LEAVES, make_scenario

REPORTED = {
    "rollups": "rollups_refused",
    "licences": "licences_refused",
    "proposals": "proposals_refused",
    "changes": "changes_refused",
    "grants": "changes_refused",
    "flows": "changes_refused",
    "journal": "journal_dropped",
}
"""Metric of every table that fills up during a run."""
SET_UP = {"governable", "surface", "deliveries", "tick_draws", "shocks", "conditions", "unlocks"}
"""Tables that are filled when a world is made, where what does not fit is a user's error, or have their size for good."""


def make_world(**paths: Any) -> tuple[World, Any]:
    world = allocate(make_scenario(**paths).parameters)
    rows = as_rows(world)
    plain(open_world)(rows, 1, 0, 0)
    return world, rows


def test_every_table_with_a_capacity_of_its_own_is_reported() -> None:
    sizes = count_rows(make_scenario(population__rollups=3).parameters)
    assert set(CAPACITY) | {name for name in ("rollups", "licences", "journal") if name in sizes} == set(REPORTED) | SET_UP
    assert set(REPORTED) <= set(RECORDS)
    assert set(REPORTED.values()) <= set(COLUMNS)


def test_rollups() -> None:
    _, rows = make_world()
    network = rows.state[0].rollups
    network.count = len(rows.rollups)
    assert plain(add_rollup)(rows.rollups, network, 3) == -1
    plain(measure_network)(network, rows.today[0].rollups)
    assert rows.today[0].rollups.rollups_refused == 1.0


def test_licences() -> None:
    _, rows = make_world(licences__build_rate=0.0, rollups__closings=0)
    rows.state[0].licences.count = len(rows.licences)
    plain(build)(rows.rollups[0])
    assert plain(adopt)(rows.licences, rows.state[0].licences, rows.rollups[1], rows.rollups[0], 3) == TABLE_FULL
    plain(process_closings)(rows)
    assert rows.today[0].licences.licences_refused == rows.state[0].licences.refused >= 1.0


def test_ideas_for_proposals() -> None:
    # Whoever looks at everything finds something to propose; a deposit of 0 makes it worth filing.
    world, rows = make_world(electorate__looks=50, electorate__margin=0.0, governance__deposit=0)
    plain(observe)(rows, True)
    rows.state[0].interests.messages = 5e6
    rows.state[0].governance.count = len(rows.proposals)
    before = world.proposals.tobytes()
    for voter in range(2):
        plain(propose)(rows, rows.voters[voter])
    assert world.proposals.tobytes() == before
    rows.state[0].governance.count = 0
    plain(record_governance)(rows)
    assert rows.today[0].governance.proposals_refused == 2.0
    plain(propose)(rows, rows.voters[0])
    assert rows.state[0].governance.count == 1


@pytest.mark.parametrize(("free", "refused"), [(0, 1.0), (1, 0.0)])
def test_changes(free: int, refused: float) -> None:
    _, rows = make_world()
    proposal, content = rows.proposals[0], rows.proposals[0].content
    proposal.phase, proposal.ready_day = int(ProposalPhase.SUCCEEDED), 0
    content.changes, content.slot[0], content.value[0] = 1, LEAVES["fees.message_fee_usd"].slot, 0.25
    for k in range(len(rows.changes) - free):
        rows.changes[k].day = 0
    plain(carry_out)(rows, 0)
    today = rows.today[0].governance
    assert (today.changes_refused, today.proposals_executed) == (refused, 1.0 - refused)


@pytest.mark.parametrize(("free", "refused"), [(0, 1.0), (1, 0.0)])
def test_grants(free: int, refused: float) -> None:
    _, rows = make_world()
    proposal, content = rows.proposals[0], rows.proposals[0].content
    proposal.phase, proposal.ready_day = int(ProposalPhase.SUCCEEDED), 0
    plain(add_grant)(content, int(GrantTarget.BURN), 7)
    for k in range(len(rows.grants) - free):
        rows.grants[k].day, rows.grants[k].status = 0, int(GrantStatus.PAID)
    burned = rows.pots[0].burned
    plain(carry_out)(rows, 0)
    today = rows.today[0].governance
    assert (today.changes_refused, today.proposals_executed) == (refused, 1.0 - refused)
    assert rows.pots[0].burned == burned + 7 * free


@pytest.mark.parametrize(("free", "refused"), [(0, 1.0), (1, 0.0)])
def test_flows(free: int, refused: float) -> None:
    _, rows = make_world()
    proposal = rows.proposals[0]
    proposal.phase, proposal.ready_day = int(ProposalPhase.SUCCEEDED), 0
    terms = FlowTerms(5, int(FlowSource.REVENUE), int(FlowTarget.BURN), 100, 0, 0.0, 0.0, 0.0)
    assert plain(add_flow)(proposal.content, terms, 0, 10, -1, 0) == OK
    for k in range(len(rows.flows) - free):
        rows.flows[k].day, rows.flows[k].end = 0, 0
    plain(carry_out)(rows, 0)
    today = rows.today[0].governance
    assert (today.changes_refused, today.proposals_executed) == (refused, 1.0 - refused)
    last = rows.flows[len(rows.flows) - 1]
    assert (last.day, last.end, last.name) == ((1, 11, 5) if free else (0, 0, 0))


def test_the_journal() -> None:
    _, rows = make_world(population__journal=1)
    log = rows.state[0].staking.log
    log.count = 0
    for amount in (5, 6, 7):
        plain(note)(rows.journal, log, 0, 1, 2, amount)
    rows.today[0].market.price_usd = 1.0
    plain(record_nodes)(rows)
    assert (rows.journal[0].amount, rows.today[0].staking.journal_dropped) == (5, 2.0)
