"""Voters are paid to the micro-ERA, in proportion, and what nobody earns stays in its pot."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.governance.governance import VoterRow
from metalab.protocol.governance.voter_pay import (
    LARGEST_YIELD,
    compute_locker_yield,
    expect_ballot_pay,
    note_ballot,
    pay_voters,
)
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA
from metalab.protocol.policy.flows import Flows, FlowsMetrics, FlowsState
from tests.support import make_row, make_rows

RULES = make_row(Flows, pay_days=30, ballot_minimum=100)
AMOUNTS = st.integers(0, 10**15)


class Case:
    """Voters, pots and state of a morning."""

    def __init__(self, casts: list[int], locked: list[int], delegates: int, lockers: int) -> None:
        self.voters = make_rows(VoterRow, len(casts))
        for k, (cast, lock) in enumerate(zip(casts, locked, strict=True)):
            self.voters[k].cast, self.voters[k].locked = cast, lock
        self.pots = make_row(Pots, reward_delegates=delegates, reward_lockers=lockers)
        self.state, self.today = make_row(FlowsState, ballots=sum(casts)), make_row(FlowsMetrics)

    def pay(self, day: int) -> None:
        plain(pay_voters)(self.voters, self.pots, self.state, RULES, day, self.today)

    def get_balances(self) -> list[int]:
        return [self.voters[k].balance for k in range(len(self.voters))]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8), AMOUNTS)
def test_ballots_are_paid_in_proportion_and_all_of_it(casts: list[int], pot: int) -> None:
    case = Case(casts, [0] * len(casts), pot, 0)
    case.pay(30)
    paid = pot if sum(casts) else 0
    assert sum(case.get_balances()) == paid == case.pots.moved[Cause.DELEGATE_PAY]
    assert case.pots.reward_delegates == pot - paid
    for balance, cast in zip(case.get_balances(), casts, strict=True):
        assert abs(balance * max(sum(casts), 1) - pot * cast) < max(sum(casts), 1)
    assert case.state.ballot_pay == pot // max(sum(casts), 1)
    assert (case.state.ballots, case.state.paid_day, [case.voters[k].cast for k in range(len(casts))]) == (0, 30, [0] * len(casts))


@given(st.lists(st.integers(0, 10**14), min_size=1, max_size=8), AMOUNTS)
def test_locked_tokens_are_paid_in_proportion_and_all_of_it(locked: list[int], pot: int) -> None:
    case = Case([0] * len(locked), locked, 0, pot)
    case.pay(1)
    paid = pot if sum(locked) else 0
    assert sum(case.get_balances()) == paid == case.pots.moved[Cause.LOCKER_PAY]
    assert case.pots.reward_lockers == pot - paid
    for balance, lock in zip(case.get_balances(), locked, strict=True):
        assert abs(balance * max(sum(locked), 1) - pot * lock) < max(sum(locked), 1)


def test_delegates_wait_for_the_day_of_payment() -> None:
    case = Case([1], [0], 50, 0)
    case.pay(29)
    assert case.get_balances() == [0]
    case.pay(30)
    assert case.get_balances() == [50]
    assert case.today.delegate_pay_era == 50 / ONE_ERA


def test_small_ballots_are_not_paid() -> None:
    voter, state = make_row(VoterRow), make_row(FlowsState, ballot_pay=7 * ONE_ERA)
    for tokens in (0, 99, 100):
        plain(note_ballot)(voter, tokens, state, RULES)
    assert (voter.cast, state.ballots) == (1, 1)
    assert [plain(expect_ballot_pay)(tokens, state, RULES) for tokens in (99, 100)] == [0.0, 7.0]


def test_nothing_in_the_pots_promises_nothing() -> None:
    state: Any = make_row(FlowsState)
    assert plain(compute_locker_yield)(state, 0) == plain(expect_ballot_pay)(10**9, state, RULES) == 0.0
    state.locker_pay = 10.0
    assert plain(compute_locker_yield)(state, 36_500 * ONE_ERA) == pytest.approx(0.1)
    assert plain(compute_locker_yield)(state, 0) == LARGEST_YIELD
