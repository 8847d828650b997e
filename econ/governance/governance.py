"""Operators vote; votes close, decisions are executed, ideas become proposals, new votes open."""

from typing import Any, Final

from metalab.econ.governance.agenda import propose
from metalab.econ.governance.incidence import estimate_effect
from metalab.econ.governance.outlook import read_accounts, update_outlook
from metalab.econ.governance.voter import BELIEF, DELAY, OPERATORS, OPINION, TURNOUT, compute_delay, compute_turnout, form_opinion
from metalab.econ.governance.voters import value_gain
from metalab.econ.kernel.chance.distributions import normal
from metalab.econ.kernel.chance.philox import derive_key, uniform_at
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.kernel.world import World
from metalab.econ.policy.governable import read_governable
from metalab.econ.policy.grants import process_grants
from metalab.protocol.governance.governance import NOBODY, PLACES, VoterRow, collect_delegated, count_held, note_quorum
from metalab.protocol.governance.proposals import (
    NO_BALLOT,
    ProposalPhase,
    cast_stake,
    execute,
    expire,
    file_planned,
    get_top_share,
    get_yes_share,
    is_open,
    open_vote,
    settle_deposit,
    tally,
    was_filed,
)
from metalab.protocol.kernel.codes import OK, TABLE_FULL, Stakeholder
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import to_era
from metalab.protocol.policy.content import has_room, start_flows
from metalab.protocol.staking.staking import NodeRow, is_bonded

OPERATOR_BELIEF = -2
"""Day of the key from which operators' beliefs are drawn; the voters' genesis has -1."""


STAKER: Final = int(Stakeholder.STAKER)
"""Operators vote as stakers; a plain integer for rules."""


@rule
def is_operator(node: NodeRow) -> bool:
    """Whether a node's stake votes: bonded, and not run by the protocol."""
    return node.protocol_run == 0 and node.stake > 0 and is_bonded(node)


@rule
def count_stake(nodes: Rows[NodeRow]) -> int:
    """Stake that votes, in uERA."""
    total = 0
    for i in range(len(nodes)):
        if is_operator(nodes[i]):
            total += nodes[i].stake
    return total


@rule
def observe(w: World, is_first: bool) -> None:
    """What will be known tomorrow morning: public figures, parameters, votes that were delegated."""
    s = w.state[0]
    p = w.params[0]
    g = s.governance
    # First: the outlook sums the budgets from this table.
    read_governable(w.governable, w.flat.params_words, w.flat.params_reals)
    # For tomorrow's ballots: whether a lock still counts depends on the day of the vote.
    collect_delegated(w.voters, p.governance, s.clock.day + 1)
    count_held(g, w.voters)
    g.weight[STAKER] += count_stake(w.nodes)
    update_outlook(s, p, w.today[0], w.governable, is_first)
    read_accounts(s.interests, w.pots[0])


@rule
def open_governance(w: World) -> None:
    """No proposals; the first look at public figures."""
    for place in range(PLACES):
        w.state[0].governance.open[place] = NOBODY


@rule
def get_ballot_key(w: World, topic: int) -> Any:
    """The chance of everything that belongs to one proposal."""
    clock = w.state[0].clock
    return derive_key(clock.seed, clock.replication, Stream.BALLOTS, topic)


@rule
def vote_stake(w: World, row: int) -> None:
    """Bonded stake votes through its operators, on the day each has time for it; protocol-run nodes do not vote."""
    proposal = w.proposals[row]
    s = w.state[0]
    p = w.params[0]
    key = get_ballot_key(w, proposal.topic)
    # The same key on every day and for every proposal: an operator's belief lasts for the whole run.
    traits = derive_key(s.clock.seed, s.clock.replication, Stream.GENESIS_VOTERS, OPERATOR_BELIEF)
    for i in range(len(w.nodes)):
        node = w.nodes[i]
        if not is_operator(node):
            continue
        who = OPERATORS + node.identity
        if proposal.first_day + compute_delay(uniform_at(key, who, DELAY), p.electorate) != s.clock.day:
            continue
        belief = normal(uniform_at(traits, who, BELIEF))
        effect = estimate_effect(proposal.content, w.governable, STAKER, belief, s.interests, p)
        opinion = form_opinion(effect, uniform_at(key, who, OPINION), p.interests.noise)
        gain = value_gain(opinion, node.stake, proposal, s, p)
        if uniform_at(key, who, TURNOUT) < compute_turnout(gain, p.electorate):
            cast_stake(proposal, node.stake, s.clock.day, 1 if opinion > 0.0 else 0)


@rule
def close_vote(w: World, row: int) -> None:
    """Count a vote that ends today, settle its deposit and free its place."""
    proposal = w.proposals[row]
    s = w.state[0]
    today = w.today[0].governance
    if tally(proposal, w.params[0].governance, s.supply.effective, s.clock.day) != OK:
        return
    settle_deposit(proposal, w.voters, w.pots[0])
    s.governance.open[proposal.place] = NOBODY
    s.governance.voting -= 1
    s.governance.turnout = proposal.turnout
    s.governance.yes_share = get_yes_share(proposal)
    s.governance.top_share = get_top_share(proposal)
    today.votes_closed += 1.0
    is_reached = proposal.phase != ProposalPhase.NO_QUORUM
    note_quorum(s.governance, is_reached)
    if is_reached:
        today.quorum_reached += 1.0


@rule
def carry_out(w: World, row: int) -> None:
    """Execute a decision whose timelock is over, or let it expire."""
    proposal = w.proposals[row]
    day = w.state[0].clock.day
    code = TABLE_FULL
    if has_room(w.flows, proposal.content):
        code = execute(proposal, row, w.changes, w.grants, w.governable, w.pots[0], w.state[0].market.price, day)
    if code == OK:
        start_flows(w.flows, proposal.content, day, row)
        # The morning's look at planned grants is over: those of a vote are paid on the day of its execution.
        process_grants(w)
        w.today[0].governance.proposals_executed += 1.0
    else:
        if code == TABLE_FULL:
            w.today[0].governance.changes_refused += 1.0
        expire(proposal, day)


@rule
def find_place(open_rows: list[int]) -> int:
    """A free place for a vote, -1 when all are taken."""
    for place in range(PLACES):
        if open_rows[place] == NOBODY:
            return place
    return NOBODY


@rule
def start_vote(w: World, row: int) -> None:
    """Open the vote on a draft whose time has come, and fix on which day each voter will look at it."""
    proposal = w.proposals[row]
    s = w.state[0]
    p = w.params[0]
    place = find_place(s.governance.open)
    if place == NOBODY or open_vote(proposal, p.governance, s.clock.day, place) != OK:
        return
    s.governance.open[place] = row
    s.governance.voting += 1
    key = get_ballot_key(w, proposal.topic)
    plan_ballots(w.voters, proposal.first_day, place, key, p.electorate)


@rule
def plan_ballots(voters: Rows[VoterRow], first_day: int, place: int, key: Any, e: Any) -> None:
    """The day on which each voter votes, if it does; those who delegated never do."""
    for i in range(len(voters)):
        voters[i].ballot[place] = NO_BALLOT
        if voters[i].delegate == NOBODY:
            voters[i].ballot[place] = first_day + compute_delay(uniform_at(key, i, DELAY), e)


@rule
def advance(w: World, row: int) -> None:
    """One proposal's day."""
    proposal = w.proposals[row]
    s = w.state[0]
    if proposal.phase == ProposalPhase.PLANNED and proposal.filed_day <= s.clock.day:
        file_planned(proposal, w.governable, w.params[0].governance, s.clock.day)
    elif proposal.phase == ProposalPhase.DRAFT:
        start_vote(w, row)
    elif proposal.phase == ProposalPhase.ACTIVE:
        vote_stake(w, row)
        close_vote(w, row)
    elif proposal.phase == ProposalPhase.SUCCEEDED:
        carry_out(w, row)


@rule
def record_governance(w: World) -> None:
    """The evening's figures."""
    g = w.state[0].governance
    today = w.today[0].governance
    proposals = w.proposals
    governable = w.governable
    for row in range(g.count):
        if is_open(proposals[row]):
            today.proposals_open += 1.0
        if was_filed(proposals[row], w.state[0].clock.day):
            today.proposals_filed += 1.0
    for k in range(len(governable)):
        today.bound_days_max = max(today.bound_days_max, float(governable[k].bound_days))
    today.proposals_refused = float(g.refused)
    today.locked_votes_era = to_era(g.locked_sum)
    today.turnout_share = g.turnout
    today.yes_share = g.yes_share
    today.top10_share = g.top_share


@rule
def process_governance(w: World) -> None:
    """Operators vote; votes close, decisions are executed, ideas become proposals, new votes open."""
    for row in range(w.state[0].governance.count):
        advance(w, row)
    voters = w.voters
    for i in range(len(voters)):
        if voters[i].idea == 1:
            voters[i].idea = 0
            propose(w, voters[i])
    # On day 0 the slow means open at what is first seen (ECONOMY 19).
    observe(w, w.state[0].clock.day == 0)
    record_governance(w)
