"""Vote locks, their curves and delegation."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.governance.governance import (
    NOBODY,
    Governance,
    GovernanceState,
    LockCurve,
    VoterRow,
    collect_delegated,
    count_held,
    count_tokens,
    count_votes,
    delegate_votes,
    expect_quorum,
    extend,
    lock,
    note_quorum,
    unlock,
)
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import (
    ABOVE_MAXIMUM,
    BELOW_MINIMUM,
    INSUFFICIENT_BALANCE,
    INVALID_AMOUNT,
    OK,
    TOO_EARLY,
    UNKNOWN_TARGET,
    WRONG_STATUS,
)
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import SUPPLY
from tests.support import make_row, make_rows

RULES = make_row(Governance)


def make_voter(**values: Any) -> Any:
    return make_row(VoterRow, **({"balance": 1_000, "delegate": NOBODY} | values))


def make_voters(count: int) -> Any:
    table = make_rows(VoterRow, count)
    table.array["delegate"] = NOBODY
    table.array["index"] = np.arange(count)
    return table


@pytest.mark.parametrize(
    ("curve", "remaining", "votes", "tokens"),
    [
        (LockCurve.FLAT2X, 1, 100 + 2 * 50, 150),
        (LockCurve.FLAT2X, 0, 150, 150),
        (LockCurve.LINEAR, 365, 50, 50),
        (LockCurve.LINEAR, 73, 10, 50),
        (LockCurve.LINEAR, 0, 0, 0),
        (LockCurve.LINEAR, 9_999, 50, 50),
        (LockCurve.NONE, 100, 150, 150),
    ],
)
def test_votes_and_tokens_of_each_curve(curve: LockCurve, remaining: int, votes: int, tokens: int) -> None:
    assert plain(count_votes)(int(curve), 100, 50, remaining, 365) == votes
    assert plain(count_tokens)(int(curve), 100, 50, remaining) == tokens


@pytest.mark.parametrize("curve", list(LockCurve))
@given(st.integers(0, SUPPLY // 4), st.integers(0, SUPPLY // 4), st.integers(-10, 400))
def test_no_curve_gives_more_than_two_votes_a_token(curve: LockCurve, liquid: int, locked: int, remaining: int) -> None:
    votes = plain(count_votes)(int(curve), liquid, locked, remaining, 365)
    tokens = plain(count_tokens)(int(curve), liquid, locked, remaining)
    assert 0 <= votes <= 2 * tokens
    assert tokens <= liquid + locked


def test_lock_extend_unlock() -> None:
    voter, pots = make_voter(), make_row(Pots)
    assert plain(lock)(voter, pots, RULES, 5, 400, 20) == OK
    assert (voter.balance, voter.locked, voter.lock_end) == (600, 400, 25)
    assert plain(unlock)(voter, pots, 24) == TOO_EARLY
    assert plain(extend)(voter, RULES, 10, 40) == OK
    assert voter.lock_end == 50
    assert plain(unlock)(voter, pots, 50) == OK
    assert (voter.balance, voter.locked) == (1_000, 0)
    assert pots.moved[Cause.LOCK] == pots.moved[Cause.UNLOCK_VOTE] == 400


@pytest.mark.parametrize(
    ("amount", "days", "code"),
    [
        (0, 20, INVALID_AMOUNT),
        (-1, 20, INVALID_AMOUNT),
        (1_001, 20, INSUFFICIENT_BALANCE),
        (1, 13, BELOW_MINIMUM),
        (1, 366, ABOVE_MAXIMUM),
        (1, 14, TOO_EARLY),
    ],
)
def test_refused_locks_write_nothing(amount: int, days: int, code: int) -> None:
    voter = make_voter(locked=10, lock_end=100)
    before = {name: voter._columns[name].tobytes() for name in ("balance", "locked", "lock_end")}
    assert plain(lock)(voter, make_row(Pots), RULES, 0, amount, days) == code
    assert {name: voter._columns[name].tobytes() for name in before} == before


def test_refused_extensions_and_unlocks() -> None:
    pots = make_row(Pots)
    assert plain(extend)(make_voter(), RULES, 0, 30) == WRONG_STATUS
    assert plain(extend)(make_voter(locked=1, lock_end=30), RULES, 0, 30) == TOO_EARLY
    assert plain(extend)(make_voter(locked=1, lock_end=30), RULES, 0, 366) == ABOVE_MAXIMUM
    assert plain(unlock)(make_voter(), pots, 9) == WRONG_STATUS


def test_delegation_is_one_step_deep_and_can_be_taken_back() -> None:
    voters = make_voters(4)
    delegate = plain(delegate_votes)
    assert delegate(voters, 0, 1) == OK
    assert delegate(voters, 2, 1) == OK
    assert voters[1].delegators == 2
    assert delegate(voters, 1, 3) == WRONG_STATUS
    assert delegate(voters, 3, 0) == WRONG_STATUS
    assert [delegate(voters, 0, to) for to in (0, 4, -2)] == [UNKNOWN_TARGET] * 3
    assert delegate(voters, 0, NOBODY) == OK
    assert delegate(voters, 0, NOBODY) == OK
    assert voters[1].delegators == 1
    assert delegate(voters, 3, 0) == OK


def test_delegates_receive_tokens_and_votes_each_morning() -> None:
    voters = make_voters(3)
    voters[0].balance, voters[0].locked, voters[0].lock_end = 10, 5, 8
    voters[2].balance = 7
    plain(delegate_votes)(voters, 0, 1)
    plain(delegate_votes)(voters, 2, 1)
    for _ in range(2):
        plain(collect_delegated)(voters, RULES, 7)
    assert (voters[1].received_tokens, voters[1].received_votes) == (22, 27)
    plain(collect_delegated)(voters, RULES, 8)
    assert voters[1].received_votes == 22
    state = make_row(GovernanceState)
    plain(count_held)(state, voters)
    assert (state.held, state.locked_sum) == (22, 5)
    voters[2].stakeholder = 3
    for _ in range(2):
        plain(count_held)(state, voters)
    assert list(state.weight) == [15, 0, 0, 7, 0]


def test_the_chance_of_a_quorum_is_even_before_any_vote_and_never_certain() -> None:
    state = make_row(GovernanceState)
    assert plain(expect_quorum)(state) == 0.5
    plain(note_quorum)(state, True)
    assert plain(expect_quorum)(state) == pytest.approx(2 / 3)
    for _ in range(200):
        plain(note_quorum)(state, False)
    assert plain(expect_quorum)(state) == pytest.approx(0.1)
    for _ in range(200):
        plain(note_quorum)(state, True)
    assert plain(expect_quorum)(state) == pytest.approx(0.9)
