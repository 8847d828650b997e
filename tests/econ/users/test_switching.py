"""Switching between rollups: chance, flows, residents, and the switch."""

import math

import numpy as np
import pytest

from metalab.econ.kernel.chance.philox import derive_key
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.rollups.deploying import Niche
from metalab.econ.rollups.rollup import RollupRow, RollupsState
from metalab.econ.users.activity import ActivityState
from metalab.econ.users.home_rollups import settle_homes
from metalab.econ.users.switching import NICHES, Switching, SwitchingMetrics, SwitchingState, prepare_switching
from metalab.econ.users.user import Presence, UserRow
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row, make_rows, make_scenario, run_plain

KEY = derive_key(3, 0, 1, -1)
RESIDENTS = ("users_defi", "users_nft", "users_gaming", "users_privacy", "users_payments", "users_data")


def settle(movers: int, values: list[float], niches: list[int]) -> tuple[object, object, object]:
    """An evening on which `movers` cohorts of the first rollup look for another home."""
    rollups, network = make_rows(RollupRow, len(values)), make_row(RollupsState)
    for i, (value, niche) in enumerate(zip(values, niches, strict=True)):
        rollups[i].index = rollups[i].order = rollups[i].identity = i
        rollups[i].tvl, rollups[i].live, rollups[i].niche = value, 1, niche
    network.count = network.ordered = network.live = len(values)
    users = make_rows(UserRow, movers)
    for i in range(movers):
        users[i].presence, users[i].moving = int(Presence.ACTIVE), 1
    flows, today = make_row(SwitchingState), make_row(SwitchingMetrics)
    plain(settle_homes)(users, rollups, network, flows, today, KEY)
    return users, flows, today


def test_the_chance_is_the_hazard_and_answers_to_delay() -> None:
    flows, p = make_row(SwitchingState), make_row(Switching, rate=0.73, delay_elasticity=0.5)
    plain(prepare_switching)(flows, make_row(ActivityState, delay_s=10.0), 10.0, p)
    assert math.isclose(flows.chance, 0.002, rel_tol=1e-12)
    plain(prepare_switching)(flows, make_row(ActivityState, delay_s=40.0), 10.0, p)
    assert math.isclose(flows.chance, 0.001, rel_tol=1e-12)
    p.seamless = 0
    plain(prepare_switching)(flows, make_row(ActivityState, delay_s=10.0), 10.0, p)
    assert flows.chance == 0.0


def test_movers_go_where_the_value_is_and_flows_are_booked_by_niche() -> None:
    movers = 4_000
    users, flows, today = settle(movers, [5.0, 3.0, 2.0], [Niche.DEFI, Niche.GAMING, Niche.DEFI])
    homes = np.array([users[i].rollup for i in range(movers)])
    assert np.bincount(homes) / movers == pytest.approx([0.5, 0.3, 0.2], abs=0.03)
    assert today.users_switched == (homes != 0).sum() == sum(flows.flows)
    assert flows.flows[Niche.DEFI * NICHES + Niche.GAMING] == today.niche_switches == (homes == 1).sum()
    assert flows.flows[Niche.DEFI * NICHES + Niche.DEFI] == (homes == 2).sum()
    assert (today.users_defi, today.users_gaming) == ((homes != 1).sum(), (homes == 1).sum())
    assert all(users[i].moving == 0 for i in range(movers))


def test_where_only_one_rollup_lives_nobody_moves() -> None:
    _, flows, today = settle(50, [1.0], [Niche.DATA])
    assert (today.users_switched, sum(flows.flows), today.users_data) == (0.0, 0, 50.0)


def test_residents_of_all_niches_are_the_active_cohorts_with_a_home() -> None:
    _, rows = run_plain(make_scenario(population__users=60, switching__rate=12.0), 3, 12)
    residents = sum(rows[:, COLUMNS.index(name)] for name in RESIDENTS)
    joined, active = rows[:, COLUMNS.index("users_joined")], rows[:, COLUMNS.index("users_active")]
    assert residents == pytest.approx(active + joined)
    switched, across = rows[:, COLUMNS.index("users_switched")], rows[:, COLUMNS.index("niche_switches")]
    assert switched.sum() > 0
    assert (across <= switched).all()
