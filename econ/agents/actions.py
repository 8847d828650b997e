"""Protocol actions as a Mesa agent takes them: plain arrays and an index, one compiled entry per action."""

from typing import Any, NamedTuple

from metalab.econ.governance.drafting import write_content
from metalab.econ.users.user import send
from metalab.protocol.governance.governance import delegate_votes, extend, lock, unlock
from metalab.protocol.governance.proposals import cast_vote, file_proposal
from metalab.protocol.kernel.codes import OK, TABLE_FULL, UNKNOWN_TARGET
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.policy.content import find_governable
from metalab.protocol.security.slashing import accuse
from metalab.protocol.staking.staking import bond, migrate, queue_exit, unbond, withdraw


@rule
def send_at(users: Any, state: Any, pots: Any, params: Any, today: Any, i: int, count: int) -> int:
    """User i sends `count` messages; returns how many were sent."""
    return send(users[i], state[0], pots[0], params[0], today[0], count)


@rule
def bond_at(nodes: Any, pots: Any, params: Any, state: Any, journal: Any, i: int, amount: int) -> int:
    """Node i bonds `amount` uERA."""
    s = state[0]
    return bond(nodes[i], pots[0], s.staking, params[0].staking, amount, s.clock.day, journal)


@rule
def unbond_at(nodes: Any, pots: Any, params: Any, state: Any, journal: Any, i: int) -> int:
    """Node i starts its exit."""
    s = state[0]
    return unbond(nodes[i], pots[0], s.staking, params[0].staking, s.clock.day, journal)


@rule
def queue_exit_at(nodes: Any, state: Any, i: int) -> int:
    """Node i queues for its exit."""
    return queue_exit(nodes[i], state[0].staking)


@rule
def withdraw_at(nodes: Any, pots: Any, params: Any, state: Any, journal: Any, i: int, amount: int) -> int:
    """Node i unbonds `amount` uERA and stays."""
    s = state[0]
    return withdraw(nodes[i], pots[0], s.staking, params[0].staking, amount, s.clock.day, journal)


@rule
def migrate_at(nodes: Any, params: Any, state: Any, i: int, tier: int) -> int:
    """Node i moves to another tier."""
    return migrate(nodes[i], state[0].staking, params[0].staking, tier)


@rule
def accuse_at(nodes: Any, state: Any, i: int, offence: int) -> int:
    """Node i commits an offence that is found out."""
    return accuse(nodes[i], offence, state[0].clock.day)


@rule
def lock_at(voters: Any, pots: Any, params: Any, state: Any, i: int, amount: int, days: int) -> int:
    """Voter i locks `amount` uERA for `days`."""
    return lock(voters[i], pots[0], params[0].governance, state[0].clock.day, amount, days)


@rule
def extend_at(voters: Any, params: Any, state: Any, i: int, days: int) -> int:
    """Voter i lets its lock end `days` from now."""
    return extend(voters[i], params[0].governance, state[0].clock.day, days)


@rule
def unlock_at(voters: Any, pots: Any, state: Any, i: int) -> int:
    """Voter i takes its tokens out of an ended lock."""
    return unlock(voters[i], pots[0], state[0].clock.day)


@rule
def delegate_at(voters: Any, i: int, to: int) -> int:
    """Voter i lets voter `to` vote for it; -1 takes its votes back."""
    return delegate_votes(voters, i, to)


@rule
def vote_at(proposals: Any, voters: Any, params: Any, state: Any, i: int, row: int, is_yes: int) -> int:
    """Voter i votes on the proposal in a row."""
    if row < 0 or row >= state[0].governance.count:
        return UNKNOWN_TARGET
    return cast_vote(proposals[row], voters[i], params[0].governance, state[0].clock.day, is_yes)


class ProposalContext(NamedTuple):
    """The tables that a proposal touches."""

    proposals: Any
    governable: Any
    voters: Any
    pots: Any
    params: Any
    state: Any


@rule
def propose_at(w: ProposalContext, i: int, slot: int, value: float) -> int:
    """Voter i files a proposal, that a parameter be `value` (stored units)."""
    g = w.state[0].governance
    day = w.state[0].clock.day
    at = find_governable(w.governable, slot)
    if at < 0:
        return UNKNOWN_TARGET
    if g.count >= len(w.proposals):
        return TABLE_FULL
    code = write_content(g.draft, w.governable, at, value, day, 0)
    if code == OK:
        code = file_proposal(w.proposals[g.count], g.draft, w.governable, w.voters[i], w.pots[0], w.params[0].governance, day)
    if code == OK:
        g.count += 1
    return code
