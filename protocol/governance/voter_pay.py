"""Pay of voters out of two pots: for ballots cast, every so many days, and for locked tokens, every day.

Both pots are filled by flows of policy alone. Whoever is paid gets its exact part of the running total, so that nothing is lost and nobody
is off by more than one uERA.
"""

from metalab.protocol.governance.governance import VoterRow
from metalab.protocol.governance.ledger import pay_delegate, pay_locker
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import ONE_ERA, mul_div, smooth, to_era
from metalab.protocol.policy.flows import Flows, FlowsMetrics, FlowsState

MEAN_DAYS = 30.0
"""Days of the mean of what lockers are paid, on which they judge a lock (assumed: a month, as delegates' pay)."""
LARGEST_YIELD = 10.0
"""Yield a year beyond which nobody believes it (assumed): on the first day of a pot nobody may have locked anything."""


@rule
def is_paid(tokens: int, p: Flows) -> bool:
    """Whether a ballot with so many tokens behind it is paid."""
    return tokens > 0 and tokens >= p.ballot_minimum


@rule
def note_ballot(voter: VoterRow, tokens: int, state: FlowsState, p: Flows) -> None:
    """Remember a ballot that will be paid."""
    if is_paid(tokens, p):
        voter.cast += 1
        state.ballots += 1


@rule
def pay_ballots(voters: Rows[VoterRow], pots: Pots, ballots: int) -> None:
    """Pay out the whole pot in proportion to ballots; there is at least one."""
    pot = pots.reward_delegates
    given = 0
    counted = 0
    for i in range(len(voters)):
        if voters[i].cast > 0:
            counted += voters[i].cast
            upto = mul_div(pot, counted, ballots)
            pay_delegate(voters[i], pots, upto - given)
            given = upto


@rule
def sum_locked(voters: Rows[VoterRow]) -> int:
    """Locked tokens of all voters, in uERA."""
    total = 0
    for i in range(len(voters)):
        total += voters[i].locked
    return total


@rule
def pay_locks(voters: Rows[VoterRow], pots: Pots, locked: int) -> None:
    """Pay out the whole pot in proportion to locked tokens, which are `locked` > 0 together."""
    pot = pots.reward_lockers
    given = 0
    counted = 0
    for i in range(len(voters)):
        if voters[i].locked > 0:
            counted += voters[i].locked
            upto = mul_div(pot, counted, locked)
            pay_locker(voters[i], pots, upto - given)
            given = upto


@rule
def settle_ballots(voters: Rows[VoterRow], pots: Pots, state: FlowsState, day: int, today: FlowsMetrics) -> None:
    """Pay for the ballots since the last payment; where there are none, the pot stays."""
    # Without a ballot the next one could have had all of it: that is what voters can know.
    state.ballot_pay = pots.reward_delegates // max(state.ballots, 1)
    today.delegate_pay_era = to_era(pots.reward_delegates) if state.ballots > 0 else 0.0
    if state.ballots > 0:
        pay_ballots(voters, pots, state.ballots)
    for i in range(len(voters)):
        voters[i].cast = 0
    state.ballots = 0
    state.paid_day = day


@rule
def settle_locks(voters: Rows[VoterRow], pots: Pots, state: FlowsState, today: FlowsMetrics) -> None:
    """Pay for locked tokens; where there are none, the pot stays."""
    # What waits for a first lock counts as on offer.
    state.locker_pay = smooth(state.locker_pay, to_era(pots.reward_lockers), MEAN_DAYS)
    locked = sum_locked(voters)
    if pots.reward_lockers > 0 and locked > 0:
        today.locker_pay_era = to_era(pots.reward_lockers)
        pay_locks(voters, pots, locked)


@rule
def pay_voters(voters: Rows[VoterRow], pots: Pots, state: FlowsState, p: Flows, day: int, today: FlowsMetrics) -> None:
    """Pay what is due this morning."""
    if pots.reward_lockers > 0 or state.locker_pay > 0.0:
        settle_locks(voters, pots, state, today)
    if day - state.paid_day >= p.pay_days:
        settle_ballots(voters, pots, state, day, today)


@rule
def compute_locker_yield(state: FlowsState, locked: int) -> float:
    """What locked tokens are paid a year, share of the tokens."""
    if state.locker_pay <= 0.0:
        return 0.0
    return min(DAYS_A_YEAR * state.locker_pay / to_era(max(locked, ONE_ERA)), LARGEST_YIELD)


@rule
def expect_ballot_pay(tokens: int, state: FlowsState, p: Flows) -> float:
    """ERA that a ballot with so many tokens behind it will bring, as the last payment shows it."""
    return to_era(state.ballot_pay) if state.ballot_pay > 0 and is_paid(tokens, p) else 0.0
