"""Voters lock, vote and have ideas for proposals."""

from typing import Any

from metalab.econ.governance.incidence import estimate_effect
from metalab.econ.governance.voter import (
    OPINION,
    TURNOUT,
    Electorate,
    VoterDraws,
    compute_pivotality,
    compute_turnout,
    form_opinion,
    get_holding,
    pick_group,
    review_lock,
)
from metalab.econ.kernel.chance.distributions import lognormal, normal, pareto
from metalab.econ.kernel.chance.philox import derive_key, uniform_at
from metalab.econ.kernel.chance.streams import GENESIS, Stream
from metalab.econ.kernel.clock import draw_day
from metalab.econ.kernel.records import Params, State
from metalab.econ.kernel.world import World
from metalab.protocol.governance.governance import NOBODY, PLACES, VoterRow, delegate_votes
from metalab.protocol.governance.proposals import NO_BALLOT, ProposalRow, cast_vote
from metalab.protocol.governance.voter_pay import compute_locker_yield, expect_ballot_pay, note_ballot
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.codes import OK, Bucket
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.memory import as_reals
from metalab.protocol.kernel.units import to_count, to_usd
from metalab.protocol.policy.content import GovernableRow
from metalab.protocol.supply.ledger import endow

PASSES = 40
"""Rounds of sharing out the opening tokens; each cuts at least one more voter at the limit, and ten were enough."""
HOLDING, GROUP, BENEFIT, BELIEF, DELEGATES, FIRST = 0, 1, 2, 3, 4, 5
"""Draws of a voter's opening; from FIRST on: the voters it looks at for a delegate."""


@rule
def find_scale(key: Any, voters: int, total: float, cap: float, tail: float) -> float:
    """The factor on Pareto draws with which everybody's min(cap, factor x draw) sums to `total`."""
    scale = 0.0
    for _ in range(PASSES):
        capped = 0.0
        free = 0.0
        for i in range(voters):
            x = pareto(uniform_at(key, i, HOLDING), tail)
            if scale * x >= cap and scale > 0.0:
                capped += cap
            else:
                free += x
        if free > 0.0:
            # Never below the last round's: who has reached the limit stays there, so the rounds settle.
            scale = max((total - capped) / free, scale)
    return scale


@rule
def endow_voters(w: World, key: Any, total: int) -> None:
    """Share exactly `total` uERA of the airdrop's escrow among the voters (ECONOMY 2: Pareto, none above a limit)."""
    e = w.params[0].electorate
    n = len(w.voters)
    # In a world of few voters the limit must leave room for all tokens.
    cap = max(e.largest, 2.0 / n) * total
    scale = find_scale(key, n, float(total), cap, e.tail)
    left = total
    for i in range(n):
        x = min(scale * pareto(uniform_at(key, i, HOLDING), e.tail), cap)
        amount = min(to_count(x), left)
        endow(w.holders[Bucket.AIRDROP], w.voters[i], w.pots[0], amount)
        left -= amount
    smallest = find_smallest(w.voters)
    # What rounding down left over, less than one uERA a voter: the smallest holder stays below the limit with it.
    endow(w.holders[Bucket.AIRDROP], w.voters[smallest], w.pots[0], left)


@rule
def find_smallest(voters: Rows[VoterRow]) -> int:
    """Who gets what rounding left over: it stays below the limit."""
    best = 0
    for i in range(len(voters)):
        if voters[i].balance < voters[best].balance:
            best = i
    return best


@rule
def open_voter(voter: VoterRow, i: int, key: Any, e: Electorate) -> None:
    """A voter's own traits."""
    voter.index = i
    voter.delegate = NOBODY
    voter.stakeholder = pick_group(uniform_at(key, i, GROUP), e)
    voter.benefit = lognormal(uniform_at(key, i, BENEFIT), e.benefit, e.benefit_sigma)
    voter.belief = normal(uniform_at(key, i, BELIEF))
    for place in range(PLACES):
        voter.ballot[place] = NO_BALLOT


@rule
def find_delegate(voters: Rows[VoterRow], i: int, key: Any, e: Electorate) -> int:
    """The largest of a few randomly met voters of the same group that is larger than voter i itself; -1: none."""
    best = NOBODY
    for k in range(e.met):
        j = to_count(uniform_at(key, i, FIRST + k) * len(voters))
        is_larger = voters[j].balance > (voters[i].balance if best == NOBODY else voters[best].balance)
        # No chains: who has delegated cannot vote for others.
        if is_larger and voters[j].stakeholder == voters[i].stakeholder and voters[j].delegate == NOBODY:
            best = j
    return best


@rule
def open_voters(w: World) -> None:
    """Voters on the morning of the first day: tokens, traits, delegates."""
    clock = w.state[0].clock
    e = w.params[0].electorate
    if len(w.voters) == 0:
        return
    key = derive_key(clock.seed, clock.replication, Stream.GENESIS_VOTERS, GENESIS)
    for i in range(len(w.voters)):
        open_voter(w.voters[i], i, key, e)
    endow_voters(w, key, min(e.tokens, w.holders[Bucket.AIRDROP].escrow))
    # After all holdings are known: a delegate has to be larger than oneself.
    for i in range(len(w.voters)):
        if uniform_at(key, i, DELEGATES) < e.delegating:
            delegate_votes(w.voters, i, find_delegate(w.voters, i, key, e))


@rule
def draw_voters(w: World) -> None:
    """Today's chance of all voters."""
    draw_day(as_reals(w.voter_draws), w.state[0].clock, Stream.VOTERS)


@rule
def value_gain(opinion: float, tokens: int, proposal: ProposalRow, s: State, p: Params) -> float:
    """USD that a ballot of so many uERA is felt to be worth: what the decision brings its tokens, times how much it matters."""
    gain = abs(opinion) * p.interests.scale * to_usd(tokens, s.interests.price)
    return gain * compute_pivotality(proposal, s.supply.effective, p.electorate)


@rule
def decide(voter: VoterRow, proposal: ProposalRow, governable: Rows[GovernableRow], key: Any, s: State, p: Params) -> int:
    """1 yes, 0 no, -1 does not vote."""
    effect = estimate_effect(proposal.content, governable, voter.stakeholder, voter.belief, s.interests, p)
    opinion = form_opinion(effect, uniform_at(key, voter.index, OPINION), p.interests.noise)
    tokens = get_holding(voter) + voter.received_tokens
    # Who is paid for a ballot counts that too, whatever it thinks of the matter.
    gain = value_gain(opinion, tokens, proposal, s, p) + expect_ballot_pay(tokens, s.flows, p.flows) * s.interests.price
    if uniform_at(key, voter.index, TURNOUT) >= compute_turnout(gain, p.electorate):
        return -1
    return 1 if opinion > 0.0 else 0


@rule
def is_called(voter: VoterRow, d: VoterDraws, s: State, e: Electorate) -> bool:
    """Whether there is anything for a voter to do today: a lock to review, a ballot to cast, an idea to form."""
    day = s.clock.day
    if d.review < e.review or d.idea < e.proposing / DAYS_A_YEAR or (voter.locked > 0 and day >= voter.lock_end):
        return True
    # On most days no vote is open: it spares a look at every place.
    if s.governance.voting == 0:
        return False
    due = 0
    for place in range(PLACES):
        if voter.ballot[place] == day:
            due += 1
    return due > 0


@rule
def look_after_lock(voter: VoterRow, d: VoterDraws, s: State, pots: Pots, p: Params) -> None:
    """Review the lock now and then, and when it has ended."""
    day = s.clock.day
    if d.review < p.electorate.review or (voter.locked > 0 and day >= voter.lock_end):
        paid = compute_locker_yield(s.flows, s.governance.locked_sum)
        review_lock(voter, pots, p.governance, day, p.interests, paid)


@rule
def cast_ballots(voter: VoterRow, s: State, p: Params, governable: Rows[GovernableRow], proposals: Rows[ProposalRow]) -> None:
    """Vote where today is the day."""
    day = s.clock.day
    for place in range(PLACES):
        row = s.governance.open[place]
        if row != NOBODY and voter.ballot[place] == day:
            key = derive_key(s.clock.seed, s.clock.replication, Stream.BALLOTS, proposals[row].topic)
            choice = decide(voter, proposals[row], governable, key, s, p)
            if choice >= 0 and cast_vote(proposals[row], voter, p.governance, day, choice) == OK:
                note_ballot(voter, get_holding(voter) + voter.received_tokens, s.flows, p.flows)


@rule
def voter_at(voters: Any, draws: Any, state: Any, pots: Any, params: Any, governable: Any, proposals: Any, i: int) -> None:
    """The day of voter i."""
    voter, d, s, p = voters[i], draws[i], state[0], params[0]
    if not is_called(voter, d, s, p.electorate):
        return
    look_after_lock(voter, d, s, pots[0], p)
    cast_ballots(voter, s, p, governable, proposals)
    if d.idea < p.electorate.proposing / DAYS_A_YEAR:
        voter.idea = 1


@rule
def process_voters(w: World) -> None:
    """Voters lock, vote and have ideas."""
    draw_voters(w)
    # Most voters do nothing on most days: rows are looked at here, tables handed on only to those who act.
    voters = w.voters
    draws = w.voter_draws
    s = w.state[0]
    e = w.params[0].electorate
    for i in range(len(voters)):
        if is_called(voters[i], draws[i], s, e):
            voter_at(voters, draws, w.state, w.pots, w.params, w.governable, w.proposals, i)
