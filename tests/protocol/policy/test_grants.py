"""Treasury grants: what may be planned, in which order, and that the table alone holds them."""

from typing import Any

import pytest

from metalab.protocol.kernel.codes import INVALID_AMOUNT, OK, TABLE_FULL, UNKNOWN_TARGET
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.policy.changes import UNUSED
from metalab.protocol.policy.conditions import NO_CONDITION
from metalab.protocol.policy.grants import GrantPayer, GrantRow, GrantStatus, GrantTarget, check_grant, count_grants, plan_grant
from tests.support import make_rows


def make_table(count: int = 2) -> Any:
    table = make_rows(GrantRow, count)
    table.array["day"] = UNUSED
    return table


def test_grants_take_rows_in_order_until_the_table_is_full() -> None:
    table = make_table()
    assert plain(count_grants)(table) == 0
    assert plain(plan_grant)(table, 9, GrantTarget.RND, 5, -1) == OK
    assert plain(plan_grant)(table, 3, GrantTarget.BURN, 7, 4) == OK
    names = ["day", "target", "amount", "proposal", "status", "held", "usd", "payer", "condition"]
    assert [tuple(row) for row in table.array[names]] == [
        (9, GrantTarget.RND, 5, -1, GrantStatus.PENDING, 0, 0.0, GrantPayer.TREASURY, NO_CONDITION),
        (3, GrantTarget.BURN, 7, 4, GrantStatus.PENDING, 0, 0.0, GrantPayer.TREASURY, NO_CONDITION),
    ]
    before = table.array.tobytes()
    assert plain(plan_grant)(table, 3, GrantTarget.BURN, 7, 4) == TABLE_FULL
    assert (table.array.tobytes(), plain(count_grants)(table)) == (before, 2)


@pytest.mark.parametrize(
    ("day", "target", "amount", "code"),
    [
        (-1, GrantTarget.USERS, 1, INVALID_AMOUNT),
        (0, GrantTarget.USERS, 0, INVALID_AMOUNT),
        (0, GrantTarget.USERS, -1, INVALID_AMOUNT),
        (0, -1, 1, UNKNOWN_TARGET),
        (0, len(GrantTarget), 1, UNKNOWN_TARGET),
    ],
)
def test_what_cannot_be_planned_leaves_the_table_alone(day: int, target: int, amount: int, code: int) -> None:
    table = make_table()
    assert plain(plan_grant)(table, day, target, amount, -1) == code
    assert plain(count_grants)(table) == 0
    assert plain(check_grant)(target, amount) == (OK if day < 0 else code)
