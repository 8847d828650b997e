"""Life cycle of a node, churn limits, the exit queue, tier changes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import Code, NodeStatus, Tier
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.staking.journal import JournalRow
from metalab.protocol.staking.staking import (
    NodeRow,
    Staking,
    StakingState,
    bond,
    get_earning_stake,
    jail,
    leave_jail,
    migrate,
    open_churn,
    queue_exit,
    release,
    tombstone,
    unbond,
    withdraw,
)
from tests.support import make_row, make_rows

ERA = 10**6
CORE_MINIMUM = 100_000 * ERA


class Stage:
    """A few nodes with tokens and everything the rules need."""

    def __init__(self, count: int = 1, tier: int = Tier.CORE, room: int = 0) -> None:
        self.nodes = make_rows(NodeRow, count)
        self.pots, self.state, self.p = make_row(Pots), make_row(StakingState), make_row(Staking)
        self.journal = make_rows(JournalRow, room)
        self.day = 0
        for i in range(count):
            self.nodes[i].index = i
            self.nodes[i].tier = tier
            self.nodes[i].balance = 5_000_000 * ERA

    def bond(self, i: int, amount: int = CORE_MINIMUM) -> int:
        return plain(bond)(self.nodes[i], self.pots, self.state, self.p, amount, self.day, self.journal)

    def unbond(self, i: int) -> int:
        return plain(unbond)(self.nodes[i], self.pots, self.state, self.p, self.day, self.journal)

    def release(self, i: int) -> int:
        return plain(release)(self.nodes[i], self.pots, self.state, self.day, self.journal)

    def withdraw(self, i: int, amount: int) -> int:
        return plain(withdraw)(self.nodes[i], self.pots, self.state, self.p, amount, self.day, self.journal)

    def open(self) -> None:
        self.day += 1
        plain(open_churn)(self.state, self.p)

    def total(self) -> int:
        a = self.nodes.array
        return int(a["balance"].sum() + a["stake"].sum() + a["unbonding"].sum())


def snapshot(stage: Stage) -> tuple[Any, ...]:
    return stage.nodes.array.tobytes(), stage.pots._columns["treasury"].tolist(), list(stage.state.exits), list(stage.state.entries)


def test_a_whole_life() -> None:
    s = Stage()
    node = s.nodes[0]
    assert s.bond(0) == Code.OK
    assert (node.status, node.stake) == (NodeStatus.BONDED, CORE_MINIMUM)
    s.day = 10
    assert s.unbond(0) == Code.OK
    assert (node.status, node.stake, node.unbonding) == (NodeStatus.UNBONDING, 0, CORE_MINIMUM)
    s.day = 23
    assert s.release(0) == Code.TOO_EARLY
    s.day = 24
    assert s.release(0) == Code.OK
    assert (node.status, node.unbonding, node.balance) == (NodeStatus.CANDIDATE, 0, 5_000_000 * ERA)


@pytest.mark.parametrize(
    ("amount", "code"),
    [(0, "INVALID_AMOUNT"), (-1, "INVALID_AMOUNT"), (6 * 10**12, "INSUFFICIENT_BALANCE"), (CORE_MINIMUM - 1, "BELOW_MINIMUM")],
)
def test_refused_bonds_change_nothing(amount: int, code: str) -> None:
    s = Stage()
    before = snapshot(s)
    assert s.bond(0, amount) == Code[code]
    assert snapshot(s) == before


def test_at_most_two_enter_and_two_leave_a_day_and_the_queue_is_fair() -> None:
    s = Stage(9)
    for day in range(5):
        s.open()
        codes = [s.bond(i) for i in range(9) if s.nodes[i].status == NodeStatus.CANDIDATE]
        assert codes.count(Code.OK) == (2 if day < 4 else 1)
        assert set(codes[2:]) <= {Code.CHURN_LIMIT}
    s.open()
    assert [s.unbond(i) for i in (8, 7)] == [Code.OK, Code.OK]
    for i in (5, 0, 6, 1):
        assert s.unbond(i) == Code.CHURN_LIMIT
        assert plain(queue_exit)(s.nodes[i], s.state) == Code.OK
        assert plain(queue_exit)(s.nodes[i], s.state) == Code.ALREADY_DONE
    s.open()
    assert s.unbond(2) == Code.CHURN_LIMIT
    left = [i for i in range(7) if s.nodes[i].ticket > 0 and s.unbond(i) == Code.OK]
    assert left == [0, 5]
    s.open()
    left = [i for i in range(7) if s.nodes[i].ticket > 0 and s.unbond(i) == Code.OK]
    assert left == [1, 6]
    s.open()
    assert s.unbond(2) == Code.OK


def test_a_move_is_an_exit_and_an_entry_and_waits_when_either_is_full() -> None:
    s = Stage(3)
    for i in range(3):
        s.open()
        s.bond(i, 500_000 * ERA)
    s.open()
    move = plain(migrate)
    assert [move(s.nodes[i], s.state, s.p, Tier.GUARDIAN) for i in range(3)] == [Code.OK, Code.OK, Code.CHURN_LIMIT]
    assert list(s.state.exits) == [2, 0, 0]
    assert list(s.state.entries) == [0, 0, 2]
    s.open()
    assert move(s.nodes[2], s.state, s.p, 7) == Code.UNKNOWN_TARGET
    assert move(s.nodes[2], s.state, s.p, Tier.CORE) == Code.UNKNOWN_TARGET
    assert s.withdraw(2, 1) == Code.OK
    assert move(s.nodes[2], s.state, s.p, Tier.GUARDIAN) == Code.BELOW_MINIMUM


def test_protocol_run_nodes_never_leave() -> None:
    s = Stage()
    s.bond(0, 500_000 * ERA)
    s.nodes[0].protocol_run = 1
    assert s.unbond(0) == Code.PROTECTED
    assert plain(queue_exit)(s.nodes[0], s.state) == Code.PROTECTED
    assert plain(migrate)(s.nodes[0], s.state, s.p, Tier.GUARDIAN) == Code.PROTECTED
    assert plain(tombstone)(s.nodes[0], s.pots, s.state, s.p, 0, s.journal) == Code.PROTECTED


def test_a_tombstone_is_for_good_but_the_rest_of_the_stake_is_released() -> None:
    s = Stage()
    s.bond(0)
    assert plain(tombstone)(s.nodes[0], s.pots, s.state, s.p, 0, s.journal) == Code.OK
    assert plain(tombstone)(s.nodes[0], s.pots, s.state, s.p, 0, s.journal) == Code.ALREADY_DONE
    s.day = 14
    assert s.release(0) == Code.OK
    assert (s.nodes[0].status, s.nodes[0].unbonding) == (NodeStatus.TOMBSTONED, 0)
    assert s.bond(0) == Code.WRONG_STATUS


def test_jail_ends_on_its_day_and_a_longer_term_stands() -> None:
    s = Stage()
    s.bond(0)
    node = s.nodes[0]
    assert (plain(jail)(node, 9), plain(jail)(node, 5)) == (Code.OK, Code.OK)
    assert plain(get_earning_stake)(node, s.p) == 0
    assert plain(leave_jail)(node, 8) == Code.TOO_EARLY
    assert plain(leave_jail)(node, 9) == Code.OK
    assert plain(get_earning_stake)(node, s.p) == CORE_MINIMUM


def test_rewarded_stake_is_capped_at_eight_minimums_and_none_below_one() -> None:
    s = Stage()
    s.bond(0, 4_000_000 * ERA)
    assert plain(get_earning_stake)(s.nodes[0], s.p) == 800_000 * ERA
    s.nodes[0].stake = CORE_MINIMUM - 1
    assert plain(get_earning_stake)(s.nodes[0], s.p) == 0


def test_the_journal_takes_what_it_has_room_for() -> None:
    s = Stage(room=2)
    s.bond(0)
    s.day = 3
    s.unbond(0)
    s.day = 17
    s.release(0)
    rows = [(r["day"], r["cause"], r["node"], r["amount"]) for r in s.journal.array]
    assert rows == [(0, Cause.BOND, 0, CORE_MINIMUM), (3, Cause.UNBOND, 0, CORE_MINIMUM)]
    assert (s.state.log.count, s.state.log.dropped) == (2, 1)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(-1, 10**12)), max_size=40))
def test_any_sequence_of_actions_keeps_tokens_and_limits(actions: list[tuple[int, int, int]]) -> None:
    s = Stage(4)
    total = s.total()
    for kind, i, amount in actions:
        if kind == 0:
            s.bond(i, amount)
        elif kind == 1:
            if s.unbond(i) == Code.CHURN_LIMIT:
                plain(queue_exit)(s.nodes[i], s.state)
        elif kind == 2:
            s.release(i)
        elif kind == 3:
            s.withdraw(i, amount)
        else:
            s.open()
        assert s.total() == total
        assert max(s.state.exits) <= 2
        assert max(s.state.entries) <= 2
        node = s.nodes[i]
        assert min(node.stake, node.unbonding, node.balance) >= 0
        assert node.status != NodeStatus.BONDED or node.stake >= CORE_MINIMUM
