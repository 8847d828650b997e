"""Node operators: enter, earn, exit."""

from econ.chance.distributions import normal
from econ.exchange import Desk, order_sell
from protocol.codes import Status
from protocol.compiling import rule
from protocol.declare import Record, draw
from protocol.ledger.accounts import Pots
from protocol.staking import NodeRow, Staking, bond, release, unbond


class NodeDraws(Record):
    """Chance of a node's day."""

    review: float = draw(0, "whether it reconsiders")
    mood: float = draw(1, "noise of its estimate")


@rule
def node_day(node: NodeRow, d: NodeDraws, day: int, desk: Desk, pots: Pots, p: Staking) -> None:
    """One day of a node."""
    if node.status == Status.CANDIDATE and d.review < 0.1 and node.balance >= p.minimum[node.tier]:
        bond(node, pots, p, p.minimum[node.tier])
    elif node.status == Status.BONDED and d.review < 0.02 and normal(d.mood) < 0.0 and node.protocol_run == 0:
        unbond(node, pots, p, day)
    elif node.status == Status.UNBONDING:
        release(node, pots, day)
    elif node.balance > 3 * p.minimum[node.tier]:
        order_sell(node, desk, pots, node.balance // 10)
