"""Messages through the Metalayer in the day: what the surface moves, and what it leaves alone."""

import numpy as np
import pytest

from metalab.econ.kernel.memory import as_rows
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.messaging.delivery import compute_faulty_share, count_guardians, open_delivery
from metalab.protocol.kernel.codes import NodeStatus, Tier
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.messaging.messaging import DeliveryModel
from tests.support import make_scenario, run_plain

OWN = ("snapshot_success", "message_gas")
"""Columns that only the surface moves: the closed form takes every snapshot for final and counts no gas."""
DAYS = 12


def get(rows: np.ndarray, name: str) -> np.ndarray:
    return rows[:, COLUMNS.index(name)]


def run(**paths: object) -> np.ndarray:
    return run_plain(make_scenario(**paths), 5, DAYS)[1]


def test_where_no_message_goes_through_the_metalayer_the_route_changes_its_own_columns_only() -> None:
    surface = run(messaging__snapshot_share=0.0)
    closed = run(messaging__snapshot_share=0.0, messaging__route=int(DeliveryModel.CLOSED_FORM))
    for name in COLUMNS:
        if name not in OWN:
            assert (get(surface, name) == get(closed, name)).all(), name
    assert (get(surface, "snapshot_success") > 0.0).all()
    assert (get(closed, "snapshot_success") == 1.0).all()
    assert (get(closed, "message_gas") == 0.0).all()
    assert (get(closed, "guardians_faulty_share") > 0.0).any()


def test_the_surface_reaches_delay() -> None:
    surface, closed = (
        run(messaging__snapshot_share=1.0),
        run(messaging__snapshot_share=1.0, messaging__route=int(DeliveryModel.CLOSED_FORM)),
    )
    assert (get(surface, "message_delay_s") != get(closed, "message_delay_s")).any()


def test_guardians_who_are_down_or_jailed_are_missing_by_stake() -> None:
    world, _ = run_plain(make_scenario(), 5, 1)
    w = as_rows(world)
    guardians = [node for node in w.nodes if node.tier == Tier.GUARDIAN and node.status == NodeStatus.BONDED]
    for node in guardians:
        node.uptime = 1.0
    assert plain(compute_faulty_share)(w) == 0.0
    guardians[0].uptime = 0.25
    stake = sum(node.stake for node in guardians)
    assert plain(compute_faulty_share)(w) == pytest.approx(0.75 * guardians[0].stake / stake, rel=1e-12)
    guardians[1].status = int(NodeStatus.JAILED)
    assert plain(compute_faulty_share)(w) == pytest.approx((0.75 * guardians[0].stake + guardians[1].stake) / stake, rel=1e-12)
    assert plain(count_guardians)(w) == len(guardians)


def test_without_guardians_there_is_no_snapshot() -> None:
    world, _ = run_plain(make_scenario(), 5, 1)
    w = as_rows(world)
    for node in w.nodes:
        if node.tier == Tier.GUARDIAN:
            node.status = int(NodeStatus.CANDIDATE)
    assert plain(compute_faulty_share)(w) == 1.0
    plain(open_delivery)(w)
    assert w.state[0].delivery.snapshot_success == 0.0
