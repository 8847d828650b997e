"""Node operators enter, earn and leave."""

from typing import Any

from econ.agents.node import node_day
from econ.chance.streams import Stream
from econ.clock import draw_day
from econ.world import World
from protocol.codes import Bucket, Tier
from protocol.compiling import rule
from protocol.ledger.supply import hand_over
from protocol.staking import bond


@rule
def open_nodes(w: World) -> None:
    """The candidates of all tiers, and a genesis set bonded out of R&D."""
    size = w.params[0].population
    staking = w.params[0].staking
    for i in range(len(w.nodes)):
        node = w.nodes[i]
        node.index = i
        node.tier = Tier.CORE
        if i >= size.core:
            node.tier = Tier.FLEX
        if i >= size.core + size.flex:
            node.tier = Tier.GUARDIAN
        if node.tier == Tier.CORE and w.holders[Bucket.RND].balance >= staking.minimum[node.tier]:
            hand_over(w.holders[Bucket.RND], node, w.pots[0], staking.minimum[node.tier])
            bond(node, w.pots[0], staking, staking.minimum[node.tier])


@rule
def draw_nodes(w: World) -> None:
    """Today's chance of all nodes."""
    draw_day(w.flat.nodes, w.state[0].clock, Stream.NODES)


@rule
def node_at(nodes: Any, draws: Any, state: Any, pots: Any, params: Any, i: int) -> None:
    """The day of node i."""
    s = state[0]
    node_day(nodes[i], draws[i], s.clock.day, s.desk, pots[0], params[0].staking)


@rule
def process_nodes(w: World) -> None:
    """Nodes enter and leave."""
    draw_nodes(w)
    for i in range(len(w.nodes)):
        node_at(w.nodes, w.node_draws, w.state, w.pots, w.params, i)
