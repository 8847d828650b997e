"""Operators who forge a snapshot when they can and it pays (MODEL 14, ECONOMY 11)."""

from typing import Any

from metalab.econ.kernel.chance.philox import uniform_at
from metalab.protocol.kernel.codes import NodeStatus, Tier
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, metric, parameter, switch
from metalab.protocol.kernel.units import to_usd
from metalab.protocol.security.slashing import Docket, Offence, accuse, clear_docket
from metalab.protocol.staking.staking import NodeRow, is_bonded

TRAIT = -1
"""Day of the key that gives operators their permanent trait."""


class Defection(Record):
    """How attacks come about."""

    acting: int = switch(True, source="MODEL 14", owner="behaviour", doc="Whether operators may defect.")
    arrival: float = parameter(
        0.05, 0.0, 12.0, unit="1/year", source="ECONOMY 11 (range .01-.5)", owner="nature", doc="Opportunities for an attack a year."
    )
    open_share: float = parameter(
        0.05, 0.0, 1.0, unit="share", source="ECONOMY 11 (range 0-.20)", owner="nature", doc="Guardian operators open to bribes."
    )
    margin: float = parameter(
        3.0, 0.0, 100.0, unit="1", source="ECONOMY 11", owner="behaviour", doc="Gain over expected loss from which they act."
    )


class DefectionMetrics(Record):
    """Attacks on a day."""

    attack_opportunities: float = metric("1", "Opportunities for an attack.", better="low", chart=True)
    attack_open_share: float = metric("share", "Guardian stake open to bribes when one came; 0 without.", better="low", chart=True)
    attacks: float = metric("1", "Forgeries by a quorum of guardians.", better="low", chart=True)
    operators_defected: float = metric("1", "Operators who took part.", better="low", chart=True)


@rule
def is_open(node: NodeRow, key: Any, p: Defection) -> bool:
    """Whether a guardian's operator takes bribes, by a permanent trait; those run by the protocol never do."""
    if node.status != NodeStatus.BONDED or node.tier != Tier.GUARDIAN or node.protocol_run == 1:
        return False
    return uniform_at(key, node.identity, 0) < p.open_share


@rule
def count_defectors(docket: Docket, nodes: Rows[NodeRow], key: Any, p: Defection) -> None:
    """The docket that those open to bribes would fill: their stake, the largest among them, the stake of the tier."""
    clear_docket(docket)
    for i in range(len(nodes)):
        node = nodes[i]
        # The jailed cannot attest, but penalties are measured against the whole tier.
        if node.tier == Tier.GUARDIAN and is_bonded(node):
            docket.nodes += 1
            docket.total += node.stake
        if is_open(node, key, p):
            docket.offenders += 1
            docket.slashed += node.stake
            docket.largest = max(docket.largest, node.stake)


@rule
def sum_attesting_stake(nodes: Rows[NodeRow]) -> int:
    """Stake of all guardians that attest: the jailed do not. In uERA."""
    total = 0
    for i in range(len(nodes)):
        if nodes[i].status == NodeStatus.BONDED and nodes[i].tier == Tier.GUARDIAN:
            total += nodes[i].stake
    return total


@rule
def sum_honest_watchers(nodes: Rows[NodeRow], key: Any, p: Defection) -> float:
    """Guardians that are left to notice."""
    watchers = 0.0
    for i in range(len(nodes)):
        node = nodes[i]
        if node.status == NodeStatus.BONDED and node.tier == Tier.GUARDIAN and not is_open(node, key, p):
            watchers += node.uptime
    return watchers


@rule
def is_worth_it(gain: float, stake: int, penalty: float, price: float, p: Defection) -> bool:
    """Whether the extractable value is more than `margin` times what the defectors expect to lose."""
    return gain > p.margin * to_usd(stake, price) * penalty and gain > 0.0


@rule
def accuse_defectors(nodes: Rows[NodeRow], key: Any, p: Defection, day: int) -> int:
    """The forged snapshot is the evidence against all who signed it and the true one. Returns how many are accused."""
    accused = 0
    for i in range(len(nodes)):
        if is_open(nodes[i], key, p):
            accuse(nodes[i], Offence.EQUIVOCATION, day)
            nodes[i].defected = 1
            accused += 1
    return accused
