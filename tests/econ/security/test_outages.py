"""Messages that fail because a rollup is out of order, and what its residents learn from that and from losses."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.kernel.records import COLUMNS
from metalab.econ.rollups.rollup import RollupRow
from metalab.econ.security.incident import IncidentRow, IncidentsState, bear_loss
from metalab.econ.security.outages import compute_halted_share, count_halted, forget_losses, learn_loss, learn_outage, teach_residents
from metalab.econ.users.adoption import AdoptionState
from metalab.econ.users.user import Presence, UserRow
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row, make_rows, make_scenario, run_plain


def get(table: Any, name: str) -> Any:
    return table[:, COLUMNS.index(name)]


@pytest.mark.parametrize(("down", "halted", "share"), [(0.0, 0.0, 0.0), (1.0, 0.0, 1.0), (0.0, 0.2, 0.2), (0.5, 0.2, 0.6)])
def test_a_message_needs_both_ends(down: float, halted: float, share: float) -> None:
    assert plain(compute_halted_share)(make_row(IncidentRow, down=down), make_row(IncidentsState, halted=halted)) == pytest.approx(share)


def test_only_messages_that_would_have_arrived_are_counted() -> None:
    rows, rollups = make_rows(IncidentRow, 2), make_rows(RollupRow, 2)
    rollups[0].messages, rollups[1].messages = 1_000, 200
    rows[0].down = 0.5
    state = make_row(IncidentsState, halted=0.0)
    assert plain(count_halted)(rows, rollups, 2, state, 0.75) == 375.0


def test_only_residents_who_sent_today_learn() -> None:
    users, rows = make_rows(UserRow, 4), make_rows(IncidentRow, 2)
    rows[1].down = 1.0
    demand = make_row(AdoptionState, learn=0.1, trust_scale=10.0)
    for user, (presence, fresh, home) in zip(users, [(1, 3, 1), (1, 0, 1), (1, 3, 0), (2, 3, 1)], strict=True):
        user.presence, user.fresh, user.rollup, user.trust = presence, fresh, home, 0.8
    plain(teach_residents)(users, rows, demand, 0.75)
    assert [user.trust for user in users] == pytest.approx([0.8 - 0.075, 0.8, 0.8, 0.8])
    assert users[0].level == 7
    assert Presence.ACTIVE == 1


def test_trust_is_never_negative() -> None:
    user = make_row(UserRow, trust=0.01)
    plain(learn_outage)(user, 1.0, 1.0, make_row(AdoptionState, learn=0.5, trust_scale=20.0))
    assert (user.trust, user.level) == (0.0, 1)


def test_an_outage_lowers_success_and_nothing_else_that_day() -> None:
    broken = run_plain(make_scenario(incidents__hazard=(0.0, 50.0, 0.0, 0.0)), 3, 25)[1]
    sound = run_plain(make_scenario(incidents__hazard=(0.0, 0.0, 0.0, 0.0)), 3, 25)[1]
    first = int(np.flatnonzero(get(broken, "rollups_down"))[0])
    assert get(broken, "messages_halted")[first] > 0
    assert get(broken, "message_success")[first] < get(sound, "message_success")[first]
    for name in ("messages", "price_usd", "revenue_era", "tvl_usd", "fee_per_message_usd"):
        assert get(broken, name)[first] == get(sound, name)[first]
    failed = get(broken, "messages_failed") / get(broken, "messages")
    assert 1 - failed == pytest.approx(get(broken, "message_success"), rel=1e-12)


@pytest.mark.parametrize(("before", "loss", "after", "share"), [(0.0, 25.0, 75.0, 0.25), (0.5, 50.0, 50.0, 0.75), (0.2, 300.0, 0.0, 1.0)])
def test_losses_of_a_day_add_up_as_shares_of_what_is_left(before: float, loss: float, after: float, share: float) -> None:
    row, rollup = make_row(IncidentRow, lost_share=before), make_row(RollupRow, tvl=100.0)
    plain(bear_loss)(row, rollup, loss)
    assert (rollup.tvl, row.lost_usd) == (after, 100.0 - after)
    assert row.lost_share == pytest.approx(share)


def test_where_nothing_is_held_nothing_is_lost() -> None:
    row, rollup = make_row(IncidentRow), make_row(RollupRow)
    plain(bear_loss)(row, rollup, 5.0)
    assert (rollup.tvl, row.lost_usd, row.lost_share) == (0.0, 0.0, 0.0)


@given(st.lists(st.floats(0.0, 40.0), max_size=6))
def test_the_share_lost_in_a_day_is_that_of_the_value_in_the_morning(losses: list[float]) -> None:
    row, rollup = make_row(IncidentRow), make_row(RollupRow, tvl=100.0)
    for loss in losses:
        plain(bear_loss)(row, rollup, loss)
    assert row.lost_share == pytest.approx(1.0 - rollup.tvl / 100.0)
    assert rollup.tvl + row.lost_usd == pytest.approx(100.0)
    assert 0.0 <= row.lost_share <= 1.0


def test_all_residents_learn_from_a_loss_and_nobody_else() -> None:
    users, rows = make_rows(UserRow, 5), make_rows(IncidentRow, 2)
    rows[1].lost_share = 0.25
    demand = make_row(AdoptionState, learn=0.1, trust_scale=10.0)
    for user, (presence, fresh, home) in zip(users, [(1, 3, 1), (1, 0, 1), (1, 3, 0), (2, 3, 1), (1, 3, -1)], strict=True):
        user.presence, user.fresh, user.rollup, user.trust, user.level = presence, fresh, home, 0.8, 8
    plain(teach_residents)(users, rows, demand, 0.75)
    assert [user.trust for user in users] == pytest.approx([0.6, 0.6, 0.8, 0.8, 0.8])
    assert [user.level for user in users] == [6, 6, 8, 8, 8]


def test_what_was_lost_is_learned_once() -> None:
    users, rows, demand = make_rows(UserRow, 1), make_rows(IncidentRow, 3), make_row(AdoptionState, trust_scale=10.0)
    users[0].presence, users[0].trust = int(Presence.ACTIVE), 0.8
    for row in rows:
        row.lost_share = 0.5
    for _ in range(2):
        plain(teach_residents)(users, rows, demand, 1.0)
        plain(forget_losses)(rows, 2)
    assert users[0].trust == pytest.approx(0.4)
    # Rows that are not in use are not touched.
    assert [row.lost_share for row in rows] == [0.0, 0.0, 0.5]


def test_a_total_loss_leaves_no_trust_and_a_way_back() -> None:
    user = make_row(UserRow, trust=0.7)
    plain(learn_loss)(user, 1.0, make_row(AdoptionState, trust_scale=20.0))
    assert (user.trust, user.level) == (0.0, 1)


def test_in_a_world_losses_leave_residents_with_less_trust_and_the_rows_are_clean() -> None:
    # Half of a rollup's value at a time, which nobody stops.
    all_at_once = {"incidents__size_low": (0.5, 0.0, 0.02, 0.001), "incidents__fast_share": 1.0, "incidents__rescued": 0.0}
    hazard = (50.0, 0.0, 0.0, 0.0)
    quiet = all_at_once | {"incidents__halt": (0.0, 0.0, 0.0, 0.0), "defection__arrival": 0.0, "population__users": 100}
    struck, _ = run_plain(make_scenario(**quiet, incidents__hazard=hazard), 3, 25)
    sound, _ = run_plain(make_scenario(**quiet, incidents__hazard=(0.0,) * 4), 3, 25)
    assert struck.incidents["lost_usd"].sum() > 0.0
    assert not struck.incidents["lost_share"].any()
    active = (struck.users["presence"] == Presence.ACTIVE) & (sound.users["presence"] == Presence.ACTIVE)
    assert struck.users["trust"][active].mean() < 0.95 * sound.users["trust"][active].mean()
