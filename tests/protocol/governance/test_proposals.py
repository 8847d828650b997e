"""The life cycle of proposals: closed forms of the count, and a machine that may do anything at any time."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from metalab.protocol.governance.governance import NOBODY, PLACES, Governance, VoterRow
from metalab.protocol.governance.proposals import (
    LARGEST,
    NO_BALLOT,
    ProposalPhase,
    ProposalRow,
    cast_stake,
    cast_vote,
    execute,
    expire,
    file_planned,
    file_proposal,
    get_top_share,
    get_yes_share,
    is_open,
    open_vote,
    settle_deposit,
    tally,
    was_filed,
)
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import (
    ALREADY_DONE,
    BUDGET_EXHAUSTED,
    EXPIRED,
    INSUFFICIENT_BALANCE,
    INVALID_AMOUNT,
    OK,
    OUT_OF_BOUNDS,
    TABLE_FULL,
    TOO_EARLY,
    UNKNOWN_TARGET,
    WRONG_STATUS,
)
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.policy.changes import UNUSED, ChangeRow
from metalab.protocol.policy.content import GovernableRow, ProposalContent, add_change, add_grant, clear_content
from metalab.protocol.policy.grants import GrantRow, GrantStatus, GrantTarget
from tests.support import make_row, make_rows

DEPOSIT = 1_000_000_000
NEXT = {
    ProposalPhase.EMPTY: {ProposalPhase.DRAFT},
    ProposalPhase.PLANNED: {ProposalPhase.DRAFT, ProposalPhase.REFUSED},
    ProposalPhase.DRAFT: {ProposalPhase.ACTIVE},
    ProposalPhase.ACTIVE: {ProposalPhase.SUCCEEDED, ProposalPhase.DEFEATED, ProposalPhase.NO_QUORUM},
    ProposalPhase.SUCCEEDED: {ProposalPhase.EXECUTED, ProposalPhase.EXPIRED},
}


def make_governable() -> Any:
    governable = make_rows(GovernableRow, 1)
    governable[0].slot, governable[0].high, governable[0].length, governable[0].is_real = 3, 1.0, 1, 1
    return governable


def make_content(value: float = 0.5, slot: int = 3) -> Any:
    content = make_row(ProposalContent)
    plain(clear_content)(content)
    plain(add_change)(content, slot, value, 0, 0)
    return content


def make_voter(balance: int = 3 * DEPOSIT) -> Any:
    return make_row(VoterRow, balance=balance, delegate=NOBODY, ballot=[NO_BALLOT] * PLACES)


def make_grants(count: int = 4) -> Any:
    grants = make_rows(GrantRow, count)
    grants.array["day"] = UNUSED
    return grants


def make_changes(count: int = 4) -> Any:
    changes = make_rows(ChangeRow, count)
    changes.array["day"] = UNUSED
    return changes


def make_vote(**values: Any) -> Any:
    """A proposal at vote on days 2-8."""
    return make_row(
        ProposalRow,
        **({"phase": int(ProposalPhase.ACTIVE), "first_day": 2, "last_day": 8, "quorum": 0.03, "threshold": 0.5, "proposer": 0} | values),
    )


@pytest.mark.parametrize(
    ("yes", "no", "tokens", "phase"),
    [
        (30, 0, 30, ProposalPhase.SUCCEEDED),
        (29, 0, 29, ProposalPhase.NO_QUORUM),
        (60, 0, 30, ProposalPhase.SUCCEEDED),
        (15, 15, 30, ProposalPhase.DEFEATED),
        (16, 15, 31, ProposalPhase.SUCCEEDED),
        (0, 30, 30, ProposalPhase.DEFEATED),
        (0, 0, 0, ProposalPhase.NO_QUORUM),
    ],
)
def test_quorum_counts_tokens_and_the_threshold_counts_votes(yes: int, no: int, tokens: int, phase: ProposalPhase) -> None:
    proposal = make_vote(yes=yes, no=no, tokens=tokens, ballots=min(tokens, 1))
    assert plain(tally)(proposal, make_row(Governance), 1_000, 7) == TOO_EARLY
    assert plain(tally)(proposal, make_row(Governance), 1_000, 8) == OK
    assert proposal.phase == phase
    assert proposal.turnout == tokens / 1_000
    assert plain(tally)(proposal, make_row(Governance), 1_000, 8) == WRONG_STATUS


def test_a_lock_doubles_votes_but_not_tokens_and_nobody_votes_twice() -> None:
    proposal, rules = make_vote(), make_row(Governance)
    voter = make_row(VoterRow, balance=10, locked=5, lock_end=9, delegate=NOBODY, received_tokens=4, received_votes=8)
    assert plain(cast_vote)(proposal, voter, rules, 1, 1) == TOO_EARLY
    assert plain(cast_vote)(proposal, voter, rules, 9, 1) == EXPIRED
    assert plain(cast_vote)(proposal, voter, rules, 8, 1) == OK
    assert (proposal.tokens, proposal.yes, proposal.no, proposal.ballots) == (19, 28, 0, 1)
    assert plain(cast_vote)(proposal, voter, rules, 8, 0) == ALREADY_DONE
    voter.delegate, voter.ballot[0] = 2, 8
    assert plain(cast_vote)(proposal, voter, rules, 8, 0) == WRONG_STATUS
    assert plain(cast_vote)(proposal, make_row(VoterRow, delegate=NOBODY), rules, 8, 0) == INVALID_AMOUNT
    assert plain(cast_stake)(proposal, 7, 8, 0) == OK
    assert (proposal.tokens, proposal.no) == (26, 7)
    assert plain(cast_stake)(proposal, 0, 8, 0) == INVALID_AMOUNT
    assert plain(get_yes_share)(proposal) == 28 / 35


def test_the_ten_largest_ballots_are_kept() -> None:
    proposal = make_vote()
    ballots = [7, 50, 3, 3, 90, 12, 1, 44, 60, 8, 9, 10, 2]
    for votes in ballots:
        assert plain(cast_stake)(proposal, votes, 5, 1) == OK
    top = sorted(ballots, reverse=True)[:LARGEST]
    assert list(proposal.largest) == top
    assert plain(get_top_share)(proposal) == sum(top) / sum(ballots)
    assert plain(get_top_share)(make_vote()) == plain(get_yes_share)(make_vote()) == 0.0


def test_filing_holds_the_deposit_and_fixes_the_rules_of_the_vote() -> None:
    proposal, rules, voter, pots = make_row(ProposalRow), make_row(Governance), make_voter(), make_row(Pots)
    assert plain(file_proposal)(proposal, make_content(), make_governable(), voter, pots, rules, 4) == OK
    assert (proposal.phase, proposal.deposit, voter.balance) == (ProposalPhase.DRAFT, DEPOSIT, 2 * DEPOSIT)
    assert (proposal.quorum, proposal.threshold, proposal.filed_day) == (0.03, 0.5, 4)
    assert plain(was_filed)(proposal, 4)
    assert not plain(was_filed)(proposal, 5)
    assert plain(file_proposal)(proposal, make_content(), make_governable(), voter, pots, rules, 4) == WRONG_STATUS
    assert plain(open_vote)(proposal, rules, 4, 2) == TOO_EARLY
    assert plain(open_vote)(proposal, rules, 5, 2) == OK
    assert (proposal.first_day, proposal.last_day, proposal.place) == (6, 12, 2)


@pytest.mark.parametrize(
    ("content", "balance", "code"),
    [
        (make_content(1.5), DEPOSIT, OUT_OF_BOUNDS),
        (make_content(0.5, slot=4), DEPOSIT, UNKNOWN_TARGET),
        (make_content(), DEPOSIT - 1, INSUFFICIENT_BALANCE),
    ],
)
def test_refused_filings_write_nothing(content: Any, balance: int, code: int) -> None:
    proposal, voter = make_row(ProposalRow), make_voter(balance)
    assert plain(file_proposal)(proposal, content, make_governable(), voter, make_row(Pots), make_row(Governance), 4) == code
    assert (proposal.phase, proposal.deposit, voter.balance) == (ProposalPhase.EMPTY, 0, balance)


def test_planned_proposals_need_no_deposit_and_carry_their_own_quorum() -> None:
    proposal = make_row(ProposalRow, phase=int(ProposalPhase.PLANNED))
    plain(clear_content)(proposal.content)
    proposal.content.quorum = 0.1
    assert plain(file_planned)(proposal, make_governable(), make_row(Governance), 9) == OK
    assert (proposal.quorum, proposal.threshold, proposal.proposer, proposal.deposit) == (0.1, 0.5, NOBODY, 0)
    refused = make_row(ProposalRow, phase=int(ProposalPhase.PLANNED))
    plain(clear_content)(refused.content)
    plain(add_change)(refused.content, 3, 2.0, 0, 0)
    assert plain(file_planned)(refused, make_governable(), make_row(Governance), 9) == OUT_OF_BOUNDS
    assert (refused.phase, refused.refusal) == (ProposalPhase.REFUSED, OUT_OF_BOUNDS)
    assert not plain(was_filed)(refused, refused.filed_day)


def test_an_executed_change_holds_from_the_next_day_or_the_day_it_names() -> None:
    for from_day, first in ((0, 21), (21, 21), (30, 30)):
        proposal, changes = make_vote(phase=int(ProposalPhase.SUCCEEDED), ready_day=20), make_changes()
        plain(add_change)(proposal.content, 3, 0.25, from_day, 5)
        assert plain(execute)(proposal, 6, changes, make_grants(), make_governable(), make_row(Pots), 1.0, 19) == TOO_EARLY
        assert plain(execute)(proposal, 6, changes, make_grants(), make_governable(), make_row(Pots), 1.0, 20) == OK
        row = changes[0]
        assert (row.day, row.ramp_days, row.slot, row.is_real, row.value, row.proposal) == (first, 5, 3, 1, 0.25, 6)
        assert changes[1].day == UNUSED
        assert plain(execute)(proposal, 6, changes, make_grants(), make_governable(), make_row(Pots), 1.0, 20) == WRONG_STATUS


def test_what_cannot_be_executed_in_time_expires() -> None:
    proposal, pots = make_vote(phase=int(ProposalPhase.SUCCEEDED), ready_day=20), make_row(Pots, treasury=9)
    plain(add_grant)(proposal.content, 0, 10)
    assert plain(execute)(proposal, 0, make_changes(), make_grants(), make_governable(), pots, 1.0, 20) == BUDGET_EXHAUSTED
    assert plain(expire)(proposal, 33) == TOO_EARLY
    assert plain(expire)(proposal, 34) == OK
    assert proposal.phase == ProposalPhase.EXPIRED
    full = make_vote(phase=int(ProposalPhase.SUCCEEDED))
    plain(add_change)(full.content, 3, 0.25, 0, 0)
    assert plain(execute)(full, 0, make_changes(0), make_grants(), make_governable(), pots, 1.0, 20) == TABLE_FULL
    plain(add_grant)(full.content, 0, 9)
    assert plain(execute)(full, 0, make_changes(), make_grants(0), make_governable(), pots, 1.0, 20) == TABLE_FULL


def test_grants_that_are_executed_are_due_on_the_day() -> None:
    proposal, pots, grants = make_vote(phase=int(ProposalPhase.SUCCEEDED), ready_day=20), make_row(Pots, treasury=9), make_grants()
    for target, amount in ((GrantTarget.USERS, 5), (GrantTarget.BURN, 4)):
        plain(add_grant)(proposal.content, target, amount)
    assert plain(execute)(proposal, 6, make_changes(), grants, make_governable(), pots, 1.0, 21) == OK
    names = ["day", "target", "amount", "proposal", "status", "held"]
    assert [tuple(row) for row in grants.array[names][:2]] == [
        (21, GrantTarget.USERS, 5, 6, GrantStatus.PENDING, 0),
        (21, GrantTarget.BURN, 4, 6, GrantStatus.PENDING, 0),
    ]
    assert grants[2].day == UNUSED
    assert pots.treasury == 9


@pytest.mark.parametrize("phase", [ProposalPhase.SUCCEEDED, ProposalPhase.DEFEATED, ProposalPhase.NO_QUORUM])
def test_the_deposit_comes_back_unless_quorum_was_missed(phase: ProposalPhase) -> None:
    proposal, voters, pots = make_vote(phase=int(phase), deposit=7), make_rows(VoterRow, 1), make_row(Pots)
    lost = 7 if phase == ProposalPhase.NO_QUORUM else 0
    assert plain(settle_deposit)(proposal, voters, pots) == lost
    assert (proposal.deposit, voters[0].balance, pots.treasury) == (0, 7 - lost, lost)
    assert plain(settle_deposit)(proposal, voters, pots) == 0
    assert (voters[0].balance, pots.treasury) == (7 - lost, lost)


class LifeCycle(RuleBasedStateMachine):
    """Time passes and everybody does what they like; an oracle keeps the books in plain integers."""

    @initialize(planned=st.booleans())
    def start(self, planned: bool) -> None:
        self.proposal = make_row(ProposalRow, phase=int(ProposalPhase.PLANNED if planned else ProposalPhase.EMPTY))
        plain(clear_content)(self.proposal.content)
        self.law, self.pots, self.governable = make_row(Governance), make_row(Pots), make_governable()
        self.changes, self.grants = make_changes(), make_grants()
        self.voters = make_rows(VoterRow, 3)
        self.voters.array["delegate"] = NOBODY
        self.voters.array["balance"] = DEPOSIT + np.arange(3)
        self.total = int(self.voters.array["balance"].sum())
        self.day, self.seen, self.cast, self.tokens = 0, int(self.proposal.phase), set[int](), 0

    @rule(days=st.integers(1, 9))
    def wait(self, days: int) -> None:
        self.day += days

    @rule(value=st.sampled_from((0.5, 1.5)))
    def file(self, value: float) -> None:
        before = self.proposal.phase
        code = plain(file_proposal)(self.proposal, make_content(value), self.governable, self.voters[0], self.pots, self.law, self.day)
        assert (code == OK) == (before == ProposalPhase.EMPTY and value <= 1.0)

    @rule()
    def file_from_outside(self) -> None:
        assert (plain(file_planned)(self.proposal, self.governable, self.law, self.day) == OK) == (self.seen == ProposalPhase.PLANNED)

    @rule(place=st.integers(0, PLACES - 1))
    def open(self, place: int) -> None:
        may = self.seen == ProposalPhase.DRAFT and self.day >= self.proposal.filed_day + 1
        assert (plain(open_vote)(self.proposal, self.law, self.day, place) == OK) == may

    @rule(i=st.integers(0, 2), is_yes=st.integers(0, 1))
    def vote(self, i: int, is_yes: int) -> None:
        inside = self.proposal.first_day <= self.day <= self.proposal.last_day
        may = self.seen == ProposalPhase.ACTIVE and inside and i not in self.cast and self.voters[i].balance > 0
        held = self.voters[i].balance
        assert (plain(cast_vote)(self.proposal, self.voters[i], self.law, self.day, is_yes) == OK) == may
        if may:
            self.cast.add(i)
            self.tokens += held

    @rule(effective=st.sampled_from((10**9, 10**12)))
    def count(self, effective: int) -> None:
        may = self.seen == ProposalPhase.ACTIVE and self.day >= self.proposal.last_day
        assert (plain(tally)(self.proposal, self.law, effective, self.day) == OK) == may
        if may:
            assert self.proposal.turnout == self.tokens / effective
            received = plain(settle_deposit)(self.proposal, self.voters, self.pots)
            assert self.pots.treasury == received
            assert (received > 0) == (self.proposal.phase == ProposalPhase.NO_QUORUM and self.proposal.proposer != NOBODY)

    @rule()
    def carry_out(self) -> None:
        may = self.seen == ProposalPhase.SUCCEEDED and self.day >= self.proposal.ready_day
        assert (plain(execute)(self.proposal, 0, self.changes, self.grants, self.governable, self.pots, 1.0, self.day) == OK) == may

    @rule()
    def give_up(self) -> None:
        may = self.seen == ProposalPhase.SUCCEEDED and self.day >= self.proposal.ready_day + 14
        assert (plain(expire)(self.proposal, self.day) == OK) == may

    @invariant()
    def only_allowed_steps(self) -> None:
        if not hasattr(self, "proposal"):
            return
        phase = int(self.proposal.phase)
        assert phase == self.seen or ProposalPhase(phase) in NEXT[ProposalPhase(self.seen)]
        self.seen = phase
        held = int(self.voters.array["balance"].sum())
        assert held + self.proposal.deposit + self.pots.treasury == self.total
        assert self.proposal.yes + self.proposal.no == self.proposal.tokens == self.tokens
        assert plain(is_open)(self.proposal) == (phase in (ProposalPhase.DRAFT, ProposalPhase.ACTIVE, ProposalPhase.SUCCEEDED))
        assert (int((self.changes.array["day"] >= 0).sum()) > 0) <= (phase == ProposalPhase.EXECUTED)


LifeCycle.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
TestLifeCycle = LifeCycle.TestCase
