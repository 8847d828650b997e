"""Messages that fail because a rollup is out of order, and what its residents learn."""

from typing import Any

import numpy as np
import pytest

from metalab.econ.kernel.records import COLUMNS
from metalab.econ.rollups.rollup import RollupRow
from metalab.econ.security.incident import IncidentRow, IncidentsState
from metalab.econ.security.outages import compute_halted_share, count_halted, learn_outage, teach_residents
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
