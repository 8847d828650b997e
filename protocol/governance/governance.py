"""Governance: its rules, vote locks and delegation (MODEL 11, ECONOMY 20).

Quorum and turnout count tokens and are shares of effective circulating supply; the threshold counts votes, which a lock
multiplies.
"""

from enum import IntEnum
from typing import Final

from metalab.protocol.governance.ledger import lock_tokens, unlock_tokens
from metalab.protocol.kernel.accounts import Pots
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
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, choice, field, metric, parameter
from metalab.protocol.kernel.units import mul_div
from metalab.protocol.policy.content import ProposalContent

PLACES: Final = 8
"""Proposals that can be voted on at the same time; later ones wait as drafts."""
GRACE_DAYS: Final = 14
"""Days after the timelock within which execution must be possible (assumed): it always was in runs of launch."""
NOBODY: Final = -1
"""The delegate of a voter that votes itself, the proposer of a proposal from outside, a free place."""


class LockCurve(IntEnum):
    """How many votes a locked token has."""

    FLAT2X = 0
    LINEAR = 1
    NONE = 2


KEPT: Final = 0.875
"""Weight of the votes before when another closes: about eight are remembered (assumed)."""

_REFERENCE = "data/governance_reference.csv"
"""Table of governance figures of other protocols, the source of several defaults."""


class Governance(Record):
    """Rules of governance."""

    curve: int = choice(LockCurve.FLAT2X, source="S1", owner="dao", doc="How many votes a locked token has.")
    quorum: float = parameter(
        0.03,
        0.005,
        0.2,
        unit="share",
        source=f"{_REFERENCE} gov.quorum_supply; range assumed (Caldera 1 % to Convex 20 %)",
        owner="dao",
        binds="entry",
        doc="Tokens that must vote, share of effective circulating supply.",
    )
    threshold: float = parameter(
        0.5,
        0.5,
        0.9,
        unit="share",
        source="MODEL 11; range assumed",
        owner="dao",
        binds="entry",
        doc="Share of votes in favour above which a proposal passes.",
    )
    deposit: int = parameter(
        1_000,
        0,
        1_000_000,
        unit="ERA",
        source=f"{_REFERENCE} Caldera; range assumed",
        owner="dao",
        binds="entry",
        doc="Deposit of a proposer; lost without quorum.",
    )
    draft_days: int = parameter(
        1, 0, 14, unit="day", source="assumed (0-14)", owner="dao", doc="Days from filing to the start of the vote."
    )
    voting_days: int = parameter(
        7, 1, 30, unit="day", source="MODEL 11; range assumed", owner="dao", binds="entry", doc="Days a vote is open."
    )
    timelock_days: int = parameter(
        2, 0, 30, unit="day", source="MODEL 11; range assumed", owner="dao", binds="entry", doc="Days from success to execution."
    )
    lock_minimum_days: int = parameter(
        14, 1, 90, unit="day", source="assumed (1-90)", owner="dao", binds="entry", doc="Shortest vote lock."
    )
    lock_maximum_days: int = parameter(
        365,
        91,
        1_461,
        unit="day",
        source=f"{_REFERENCE} Convex 16 weeks to Curve 4 years",
        owner="team",
        doc="Longest vote lock.",
    )


class VoterRow(Record):
    """A holder who may vote."""

    index: int = field("row", "own place in the table")
    balance: int = field("uERA", "liquid", token=True)
    locked: int = field("uERA", "vote-locked", token=True)
    lock_end: int = field("day", "first day on which the lock can be left")
    delegate: int = field("row", "voter who votes for it; -1: itself")
    received_tokens: int = field("uERA", "tokens of those who delegated to it, this morning")
    received_votes: int = field("uERA", "votes of those who delegated to it, this morning")
    delegators: int = field("1", "voters who delegated to it")
    ballot: list[int] = field("day", "per place: day on which it votes; -1 never, -2 done", length=PLACES)
    stakeholder: int = field("code", "Stakeholder: what else it is besides a holder")
    benefit: float = field("1/year", "private value of a locked vote, share of the tokens")
    belief: float = field("1", "how far it believes users answer to fees and incentives, standard deviations")
    idea: int = field("flag", "1 on a day on which it looks for something to propose")
    cast: int = field("1", "ballots since the last payment that will be paid")


class GovernanceState(Record):
    """Governance as a whole, at yesterday's close."""

    locked_sum: int = field("uERA", "vote-locked tokens of all voters")
    held: int = field("uERA", "tokens of all voters, locked ones included")
    weight: list[int] = field("uERA", "tokens that can vote by Stakeholder, bonded stake included", length=5)
    closed: float = field("1", "votes that closed, discounted by the later ones")
    reached: float = field("1", "those with quorum, discounted likewise")
    count: int = field("1", "proposals ever: rows in use")
    refused: int = field("1", "proposals dropped because their table is full, so far")
    open: list[int] = field("row", "proposal at vote per place; -1: free", length=PLACES)
    voting: int = field("1", "votes that will be open tomorrow")
    draft: ProposalContent
    turnout: float = field("share", "of the last vote that closed")
    yes_share: float = field("share", "of the last vote that closed")
    top_share: float = field("share", "of the last vote that closed")


class GovernanceMetrics(Record):
    """Governance on a day; shares are those of the last proposal whose vote closed."""

    locked_votes_era: float = metric("ERA", "Vote-locked tokens.", chart=True)
    turnout_share: float = metric("share", "Tokens that voted / effective circulating supply.", better="high", chart=True)
    proposals_open: float = metric("1", "Proposals in draft, at vote or in the timelock.", chart=True)
    proposals_filed: float = metric("1", "Proposals filed today.", chart=True)
    proposals_executed: float = metric("1", "Proposals executed today.", chart=True)
    proposals_refused: float = metric("1", "Ideas for proposals dropped so far because the table is full.", better="low", chart=True)
    changes_refused: float = metric(
        "1", "Decisions not executed today because the table of changes or of grants is full.", better="low", chart=True
    )
    votes_closed: float = metric("1", "Votes that closed today.", chart=True)
    quorum_reached: float = metric("1", "Votes that closed today with quorum.", chart=True)
    yes_share: float = metric("share", "Votes in favour / votes.", chart=True)
    top10_share: float = metric("share", "Votes of the ten largest ballots / votes.", better="low", chart=True)
    bound_days_max: float = metric("day", "Longest time a parameter changed by vote has been at a bound.", better="low", chart=True)


@rule
def count_votes(curve: int, liquid: int, locked: int, remaining: int, maximum: int) -> int:
    """Votes, in uERA: flat2x counts locked tokens twice, linear counts only them, by remaining / maximum days, none once.

    A lock that has run out counts as liquid.
    """
    if curve == LockCurve.LINEAR:
        return mul_div(locked, min(max(remaining, 0), maximum), maximum)
    if curve == LockCurve.FLAT2X and remaining > 0:
        return liquid + 2 * locked
    return liquid + locked


@rule
def count_tokens(curve: int, liquid: int, locked: int, remaining: int) -> int:
    """Tokens behind those votes, in uERA: what counts for quorum and turnout."""
    if curve == LockCurve.LINEAR:
        return locked if remaining > 0 else 0
    return liquid + locked


@rule
def lock(voter: VoterRow, pots: Pots, p: Governance, day: int, amount: int, days: int) -> int:
    """Lock `amount` uERA for `days`; all of the voter's lock then ends that day. Returns OK or a refusal code.

    INVALID_AMOUNT, INSUFFICIENT_BALANCE, BELOW_MINIMUM or ABOVE_MAXIMUM (days), TOO_EARLY (would end an older lock sooner).
    """
    if amount <= 0:
        return INVALID_AMOUNT
    if amount > voter.balance:
        return INSUFFICIENT_BALANCE
    if days < p.lock_minimum_days:
        return BELOW_MINIMUM
    if days > p.lock_maximum_days:
        return ABOVE_MAXIMUM
    if voter.locked > 0 and day + days < voter.lock_end:
        return TOO_EARLY
    lock_tokens(voter, pots, amount)
    voter.lock_end = day + days
    return OK


@rule
def extend(voter: VoterRow, p: Governance, day: int, days: int) -> int:
    """Let a lock end `days` from now. Returns OK, WRONG_STATUS (no lock), TOO_EARLY (not later) or ABOVE_MAXIMUM."""
    if voter.locked <= 0:
        return WRONG_STATUS
    if day + days <= voter.lock_end:
        return TOO_EARLY
    if days > p.lock_maximum_days:
        return ABOVE_MAXIMUM
    voter.lock_end = day + days
    return OK


@rule
def unlock(voter: VoterRow, pots: Pots, day: int) -> int:
    """Take all tokens out of a lock that has ended. Returns OK, WRONG_STATUS (no lock) or TOO_EARLY."""
    if voter.locked <= 0:
        return WRONG_STATUS
    if day < voter.lock_end:
        return TOO_EARLY
    unlock_tokens(voter, pots, voter.locked)
    return OK


@rule
def delegate_votes(voters: Rows[VoterRow], i: int, to: int) -> int:
    """Let voter `to` vote for voter i from the next vote on; -1 takes the votes back. Delegation is one step deep.

    Returns OK, UNKNOWN_TARGET (no such voter, or itself) or WRONG_STATUS (one of the two is already at the other end).
    """
    if to < NOBODY or to >= len(voters) or to == i:
        return UNKNOWN_TARGET
    if to != NOBODY and (voters[to].delegate != NOBODY or voters[i].delegators > 0):
        return WRONG_STATUS
    if voters[i].delegate != NOBODY:
        voters[voters[i].delegate].delegators -= 1
    voters[i].delegate = to
    if to != NOBODY:
        voters[to].delegators += 1
    return OK


@rule
def collect_delegated(voters: Rows[VoterRow], p: Governance, day: int) -> None:
    """What each voter will vote with on `day` besides its own: tokens and votes of those who delegated to it."""
    # All sums first: who comes late in the table may have received by then.
    for i in range(len(voters)):
        voters[i].received_tokens = 0
        voters[i].received_votes = 0
    for i in range(len(voters)):
        voter = voters[i]
        if voter.delegate != NOBODY:
            remaining = voter.lock_end - day
            to = voters[voter.delegate]
            to.received_tokens += count_tokens(p.curve, voter.balance, voter.locked, remaining)
            to.received_votes += count_votes(p.curve, voter.balance, voter.locked, remaining, p.lock_maximum_days)


@rule
def count_held(state: GovernanceState, voters: Rows[VoterRow]) -> None:
    """All voters' tokens, in all and by group, and those locked."""
    state.held = 0
    state.locked_sum = 0
    for k in range(len(state.weight)):
        state.weight[k] = 0
    for i in range(len(voters)):
        voter = voters[i]
        state.locked_sum += voter.locked
        state.held += voter.balance + voter.locked
        state.weight[voter.stakeholder] += voter.balance + voter.locked


@rule
def note_quorum(state: GovernanceState, is_reached: bool) -> None:
    """Remember whether a vote that closed had a quorum; the last eight or so count."""
    state.closed = KEPT * state.closed + 1.0
    state.reached = KEPT * state.reached + (1.0 if is_reached else 0.0)


@rule
def expect_quorum(state: GovernanceState) -> float:
    """Chance of a quorum as past votes show it: the mean of a beta distribution that is even before any vote."""
    return (state.reached + 1.0) / (state.closed + 2.0)
