"""Protocol actions as a Mesa agent takes them: plain arrays and an index, one compiled entry per action."""

from typing import Any

from econ.agents.user import send
from protocol.compiling import rule
from protocol.slashing import accuse
from protocol.staking import bond, migrate, queue_exit, unbond, withdraw


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
