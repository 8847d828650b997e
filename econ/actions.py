"""Protocol actions as a Mesa agent takes them: plain arrays and an index, one compiled entry per action."""

from typing import Any

from econ.agents.user import send
from protocol.compiling import rule
from protocol.staking import bond, unbond


@rule
def send_at(users: Any, state: Any, pots: Any, params: Any, today: Any, i: int, count: int) -> int:
    """User i sends `count` messages; returns how many could be paid."""
    s = state[0]
    return send(users[i], s.desk, pots[0], params[0].exchange, s.quote, count, today[0].fees)


@rule
def bond_at(nodes: Any, pots: Any, params: Any, i: int, amount: int) -> int:
    """Node i bonds `amount` uERA."""
    return bond(nodes[i], pots[0], params[0].staking, amount)


@rule
def unbond_at(nodes: Any, pots: Any, params: Any, state: Any, i: int) -> int:
    """Node i starts its exit."""
    return unbond(nodes[i], pots[0], params[0].staking, state[0].clock.day)
