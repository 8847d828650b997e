"""Proposals: their life cycle and their execution (MODEL 11, ECONOMY 20).

draft -> active -> succeeded, defeated or no quorum; a success waits in the timelock and is then executed, or expires when it
cannot be within the grace time. A change that is executed holds from the next morning.
"""

from enum import IntEnum
from typing import Final

from metalab.protocol.governance.governance import GRACE_DAYS, NOBODY, Governance, VoterRow, count_tokens, count_votes
from metalab.protocol.governance.ledger import forfeit_deposit, hold_deposit, return_deposit
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import (
    ALREADY_DONE,
    BUDGET_EXHAUSTED,
    EXPIRED,
    INSUFFICIENT_BALANCE,
    INVALID_AMOUNT,
    OK,
    TABLE_FULL,
    TOO_EARLY,
    WRONG_STATUS,
)
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, field
from metalab.protocol.kernel.units import to_uera
from metalab.protocol.policy.changes import ChangeRow, find_free, plan_change, qualify_change
from metalab.protocol.policy.content import (
    GovernableRow,
    ProposalContent,
    check_content,
    compute_topic,
    copy_content,
    find_governable,
    is_linked,
)
from metalab.protocol.policy.grants import FROM_TREASURY, GrantRow, count_grants, plan_grant, qualify_grant

LARGEST: Final = 10
"""How many of the largest ballots a proposal remembers."""
NO_BALLOT: Final = -1
"""What a voter notes that will not vote on the proposal of a place."""
CAST: Final = -2
"""What a voter notes once it has voted."""


class ProposalPhase(IntEnum):
    """Life cycle of a proposal."""

    EMPTY = 0
    PLANNED = 1
    DRAFT = 2
    ACTIVE = 3
    SUCCEEDED = 4
    DEFEATED = 5
    NO_QUORUM = 6
    EXECUTED = 7
    EXPIRED = 8
    REFUSED = 9


EMPTY: Final = int(ProposalPhase.EMPTY)
PLANNED: Final = int(ProposalPhase.PLANNED)


class ProposalRow(Record):
    """A proposal; rows are added by count and never removed."""

    deposit: int = field("uERA", "the proposer's deposit", token=True)
    phase: int = field("code", "Phase")
    refusal: int = field("code", "why a planned proposal was refused")
    proposer: int = field("row", "voter; -1: from outside")
    topic: int = field("1", "key of the ballots' chance: day of filing and what it changes or grants first (`compute_topic`)")
    place: int = field("1", "where voters note their ballot")
    filed_day: int = field("day", "when it was filed, or is to be")
    first_day: int = field("day", "first day of the vote")
    last_day: int = field("day", "last day of the vote")
    ready_day: int = field("day", "end of the timelock")
    done_day: int = field("day", "when it was executed or closed for good")
    quorum: float = field("share", "tokens that must vote, fixed when filed")
    threshold: float = field("share", "share of votes to exceed, fixed when filed")
    tokens: int = field("uERA", "tokens that voted")
    yes: int = field("uERA", "votes in favour")
    no: int = field("uERA", "votes against")
    ballots: int = field("1", "how many voted")
    largest: list[int] = field("uERA", "votes of the largest ballots, falling", length=LARGEST)
    turnout: float = field("share", "tokens that voted / effective circulating supply when the vote closed")
    content: ProposalContent


@rule
def check_filing(proposal: ProposalRow, content: ProposalContent, governable: Rows[GovernableRow], phase: int) -> int:
    """OK when this row may become a filed proposal with this content."""
    if proposal.phase != phase:
        return WRONG_STATUS
    return check_content(governable, content)


@rule
def start_draft(proposal: ProposalRow, governable: Rows[GovernableRow], p: Governance, day: int, proposer: int) -> None:
    """A row that has its content becomes a draft; the rules of its vote are fixed now."""
    content = proposal.content
    proposal.phase = ProposalPhase.DRAFT
    proposal.proposer = proposer
    proposal.filed_day = day
    proposal.topic = compute_topic(governable, content, day)
    proposal.quorum = content.quorum if content.quorum >= 0.0 else p.quorum
    proposal.threshold = content.threshold if content.threshold >= 0.0 else p.threshold


@rule
def file_proposal(
    proposal: ProposalRow, content: ProposalContent, governable: Rows[GovernableRow], voter: VoterRow, pots: Pots, p: Governance, day: int
) -> int:
    """File content in an empty row and hold the proposer's deposit. Returns OK or a refusal code.

    WRONG_STATUS (row in use), INSUFFICIENT_BALANCE (deposit), UNKNOWN_TARGET or OUT_OF_BOUNDS (a change).
    """
    code = check_filing(proposal, content, governable, EMPTY)
    if code != OK:
        return code
    if voter.balance < p.deposit:
        return INSUFFICIENT_BALANCE
    copy_content(proposal.content, content)
    hold_deposit(proposal, voter, pots, p.deposit)
    start_draft(proposal, governable, p, day, voter.index)
    return OK


@rule
def file_planned(proposal: ProposalRow, governable: Rows[GovernableRow], p: Governance, day: int) -> int:
    """File a proposal that comes from outside, without deposit. Refused ones are marked with their code, and returned."""
    code = check_filing(proposal, proposal.content, governable, PLANNED)
    if code == OK:
        start_draft(proposal, governable, p, day, NOBODY)
    elif proposal.phase == ProposalPhase.PLANNED:
        proposal.phase = ProposalPhase.REFUSED
        proposal.refusal = code
    return code


@rule
def open_vote(proposal: ProposalRow, p: Governance, day: int, place: int) -> int:
    """From tomorrow on a draft can be voted on. Returns OK, WRONG_STATUS or TOO_EARLY."""
    if proposal.phase != ProposalPhase.DRAFT:
        return WRONG_STATUS
    # Drafts wait for their time, and for a free place after that.
    if day < proposal.filed_day + p.draft_days:
        return TOO_EARLY
    proposal.phase = ProposalPhase.ACTIVE
    proposal.place = place
    proposal.first_day = day + 1
    proposal.last_day = day + p.voting_days
    return OK


@rule
def check_ballot(proposal: ProposalRow, votes: int, day: int) -> int:
    """OK when these votes count today, else WRONG_STATUS, TOO_EARLY, EXPIRED or INVALID_AMOUNT (no votes)."""
    if proposal.phase != ProposalPhase.ACTIVE:
        return WRONG_STATUS
    if day < proposal.first_day:
        return TOO_EARLY
    if day > proposal.last_day:
        return EXPIRED
    return INVALID_AMOUNT if votes <= 0 else OK


@rule
def keep_largest(proposal: ProposalRow, votes: int) -> None:
    """Insert a ballot into the falling list of the largest."""
    rest = votes
    for k in range(LARGEST):
        here = proposal.largest[k]
        if rest > here:
            proposal.largest[k] = rest
            rest = here


@rule
def book_ballot(proposal: ProposalRow, tokens: int, votes: int, is_yes: int) -> None:
    """Count a ballot."""
    proposal.tokens += tokens
    proposal.ballots += 1
    if is_yes == 1:
        proposal.yes += votes
    else:
        proposal.no += votes
    keep_largest(proposal, votes)


@rule
def cast_stake(proposal: ProposalRow, stake: int, day: int, is_yes: int) -> int:
    """A node's bonded stake votes through its operator, one vote a token. Returns OK or a refusal code."""
    code = check_ballot(proposal, stake, day)
    if code == OK:
        book_ballot(proposal, stake, stake, is_yes)
    return code


@rule
def cast_vote(proposal: ProposalRow, voter: VoterRow, p: Governance, day: int, is_yes: int) -> int:
    """A voter votes with all it has and all that is delegated to it, once. Returns OK or a refusal code.

    WRONG_STATUS (no vote going on, or its votes are delegated), TOO_EARLY, EXPIRED, INVALID_AMOUNT (no votes), ALREADY_DONE.
    """
    remaining = voter.lock_end - day
    votes = count_votes(p.curve, voter.balance, voter.locked, remaining, p.lock_maximum_days) + voter.received_votes
    code = check_ballot(proposal, votes, day)
    if code != OK:
        return code
    if voter.delegate != NOBODY:
        return WRONG_STATUS
    if voter.ballot[proposal.place] == CAST:
        return ALREADY_DONE
    tokens = count_tokens(p.curve, voter.balance, voter.locked, remaining) + voter.received_tokens
    book_ballot(proposal, tokens, votes, is_yes)
    voter.ballot[proposal.place] = CAST
    return OK


@rule
def tally(proposal: ProposalRow, p: Governance, effective: int, day: int) -> int:
    """Close a vote at the end of its last day. Returns OK, WRONG_STATUS or TOO_EARLY.

    With quorum it succeeds when yes / (yes + no) is above the threshold; `effective` is circulating supply in uERA.
    """
    if proposal.phase != ProposalPhase.ACTIVE:
        return WRONG_STATUS
    if day < proposal.last_day:
        return TOO_EARLY
    proposal.turnout = proposal.tokens / effective if effective > 0 else 0.0
    proposal.phase = ProposalPhase.DEFEATED
    proposal.done_day = day
    # A proposal from outside may ask for no quorum at all; without a ballot it still has none.
    if proposal.ballots == 0 or proposal.turnout < proposal.quorum:
        proposal.phase = ProposalPhase.NO_QUORUM
    elif get_yes_share(proposal) > proposal.threshold:
        proposal.phase = ProposalPhase.SUCCEEDED
        proposal.ready_day = day + p.timelock_days
    return OK


@rule
def is_open(proposal: ProposalRow) -> bool:
    """In draft, at vote or in the timelock."""
    return proposal.phase == ProposalPhase.DRAFT or proposal.phase == ProposalPhase.ACTIVE or proposal.phase == ProposalPhase.SUCCEEDED


@rule
def was_filed(proposal: ProposalRow, day: int) -> bool:
    """Whether it was filed on a day."""
    return proposal.filed_day == day and proposal.phase != ProposalPhase.PLANNED and proposal.phase != ProposalPhase.REFUSED


@rule
def get_yes_share(proposal: ProposalRow) -> float:
    """Votes in favour / votes; 0 without votes."""
    votes = proposal.yes + proposal.no
    return proposal.yes / votes if votes > 0 else 0.0


@rule
def get_top_share(proposal: ProposalRow) -> float:
    """Votes of the ten largest ballots / votes; 0 without votes."""
    votes = proposal.yes + proposal.no
    top = 0
    for k in range(LARGEST):
        top += proposal.largest[k]
    return top / votes if votes > 0 else 0.0


@rule
def settle_deposit(proposal: ProposalRow, voters: Rows[VoterRow], pots: Pots) -> int:
    """Give the deposit back, or, without quorum, let it fall to the treasury. Returns what the treasury received, in uERA."""
    amount = proposal.deposit
    if amount <= 0:
        return 0
    if proposal.phase == ProposalPhase.NO_QUORUM:
        forfeit_deposit(proposal, pots, amount)
        return amount
    # A proposal from outside has no deposit and has returned above: here somebody has proposed.
    return_deposit(proposal, voters[proposal.proposer], pots, amount)
    return 0


@rule
def check_execution(proposal: ProposalRow, changes: Rows[ChangeRow], grants: Rows[GrantRow], pots: Pots, price: float, day: int) -> int:
    """OK, WRONG_STATUS, TOO_EARLY, TABLE_FULL (changes or grants) or BUDGET_EXHAUSTED (today's grants above the treasury)."""
    content = proposal.content
    if proposal.phase != ProposalPhase.SUCCEEDED:
        return WRONG_STATUS
    if day < proposal.ready_day:
        return TOO_EARLY
    if find_free(changes) + content.changes > len(changes) or count_grants(grants) + content.grants > len(grants):
        return TABLE_FULL
    return BUDGET_EXHAUSTED if sum_due(content, price, day) > pots.treasury else OK


@rule
def sum_due(content: ProposalContent, price: float, day: int) -> int:
    """What the treasury would have to grant at once, in uERA; later payments are judged on their days."""
    due = 0
    for k in range(content.grants):
        if content.payer[k] == FROM_TREASURY and content.grant_wait[k] == 0 and content.due_day[k] <= day:
            due += to_uera(content.usd[k], price) if content.usd[k] > 0.0 else content.amount[k]
    return due


@rule
def plan_content_change(
    changes: Rows[ChangeRow], governable: Rows[GovernableRow], content: ProposalContent, k: int, row: int, day: int
) -> None:
    """Write change k of a proposal that is executed on a day into the table of changes."""
    parameter = governable[find_governable(governable, content.slot[k])]
    linked = is_linked(governable, content, k)
    # A change never holds on the day of its execution: all of that day was decided without it (MODEL 17).
    start = max(day + 1 + content.wait[k], content.day[k])
    plan_change(changes, start, content.ramp_days[k], parameter.slot, parameter.is_real, content.value[k], linked, row)
    until = start + content.span[k] if content.span[k] > 0 else content.until[k]
    last = changes[find_free(changes) - 1]
    qualify_change(last, until, content.mode[k], parameter.low, parameter.high, content.condition[k])
    parameter.is_moved = 1


@rule
def plan_content_grant(grants: Rows[GrantRow], content: ProposalContent, k: int, row: int, day: int) -> None:
    """Write grant k of a proposal that is executed on a day into the table of grants."""
    due = max(day + content.grant_wait[k], content.due_day[k])
    plan_grant(grants, due, content.target[k], content.amount[k], row)
    qualify_grant(grants[count_grants(grants) - 1], content.usd[k], content.payer[k], content.grant_condition[k])


@rule
def execute(
    proposal: ProposalRow,
    row: int,
    changes: Rows[ChangeRow],
    grants: Rows[GrantRow],
    governable: Rows[GovernableRow],
    pots: Pots,
    price: float,
    day: int,
) -> int:
    """Carry out a proposal whose timelock has run out: its changes hold from tomorrow, its grants are due today, or later as it says.

    Returns OK or a refusal code. The caller settles the grants, which need the accounts of those who receive them.
    """
    code = check_execution(proposal, changes, grants, pots, price, day)
    if code != OK:
        return code
    content = proposal.content
    for k in range(content.changes):
        plan_content_change(changes, governable, content, k, row, day)
    for k in range(content.grants):
        plan_content_grant(grants, content, k, row, day)
    proposal.phase = ProposalPhase.EXECUTED
    proposal.done_day = day
    return OK


@rule
def expire(proposal: ProposalRow, day: int) -> int:
    """End a success that could not be executed in time. Returns OK, WRONG_STATUS or TOO_EARLY."""
    if proposal.phase != ProposalPhase.SUCCEEDED:
        return WRONG_STATUS
    if day < proposal.ready_day + GRACE_DAYS:
        return TOO_EARLY
    proposal.phase = ProposalPhase.EXPIRED
    proposal.done_day = day
    return OK
