"""Attackers who forge a snapshot when it pays, and the operators who sign it (MODEL 14, ECONOMY 11, LOOPS 8)."""

from typing import Any

from metalab.econ.kernel.chance.philox import uniform_at
from metalab.protocol.kernel.codes import NodeStatus, Tier
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, metric, parameter
from metalab.protocol.kernel.units import clip, power
from metalab.protocol.security.slashing import Offence, accuse
from metalab.protocol.staking.staking import NodeRow

TRAIT = -1
"""Day of the key that gives operators their permanent trait."""
LARGEST_EXCESS = 100.0
"""Excess of profit over cost, in units of the cost, beyond which no more attackers come: what costs nothing has a finite hazard."""
NOBODY = -1.0
"""Stands for no quorum."""


class Defection(Record):
    """How attacks come about."""

    arrival: float = parameter(
        0.05, 0.0, 12.0, unit="1/year", source="ECONOMY 11 (range .01-.5)", owner="nature",
        doc="Attackers a year where a forgery brings twice what it costs.",
    )  # fmt: skip
    excess_power: float = parameter(
        1.0, 0.0, 3.0, unit="1", source="assumed (LOOPS 8; 0: as many for any excess)", owner="behaviour",
        doc="Exponent of profit over cost less 1 in that hazard.",
    )  # fmt: skip


class DefectionMetrics(Record):
    """Attacks on a day."""

    attack_hazard: float = metric("1/year", "Hazard of an attack: 0 while forging costs more than it brings.", better="low", chart=True)
    attack_opportunities: float = metric("1", "Attackers who came.", better="low", chart=True)
    attack_open_share: float = metric(
        "share", "Guardian stake that the protocol does not run itself when one came; 0 without.", better="low", chart=True
    )
    attacks: float = metric("1", "Forgeries by a quorum of guardians.", better="low", chart=True)
    operators_defected: float = metric("1", "Operators who took part.", better="low", chart=True)


@rule
def compute_attack_hazard(profit: float, cost: float, p: Defection) -> float:
    """Hazard a year: arrival x (profit / cost - 1)^power, 0 where forging costs at least what it brings (LOOPS 8)."""
    if profit <= cost or profit <= 0.0:
        return 0.0
    excess = clip(profit / cost - 1.0, 0.0, LARGEST_EXCESS) if cost > 0.0 else LARGEST_EXCESS
    return p.arrival * power(excess, p.excess_power)


@rule
def is_attesting(node: NodeRow) -> bool:
    """A guardian that attests: the jailed do not."""
    return node.status == NodeStatus.BONDED and node.tier == Tier.GUARDIAN


@rule
def is_free(node: NodeRow) -> bool:
    """A guardian whose operator can be won; those run by the protocol never can."""
    return is_attesting(node) and node.protocol_run == 0


@rule
def takes_part(node: NodeRow, key: Any, highest: float) -> bool:
    """Whether a guardian's operator is among those with a trait up to `highest`."""
    return is_free(node) and uniform_at(key, node.identity, 0) <= highest


@rule
def sum_attesting_stake(nodes: Rows[NodeRow]) -> int:
    """Stake of all guardians that attest. In uERA."""
    total = 0
    for i in range(len(nodes)):
        if is_attesting(nodes[i]):
            total += nodes[i].stake
    return total


@rule
def sum_free_stake(nodes: Rows[NodeRow]) -> int:
    """Stake of all guardians that can be won. In uERA."""
    total = 0
    for i in range(len(nodes)):
        if is_free(nodes[i]):
            total += nodes[i].stake
    return total


@rule
def find_next(nodes: Rows[NodeRow], key: Any, above: float) -> int:
    """Row of the guardian that can be won with the lowest trait above `above`; -1 without one."""
    found = -1
    lowest = 2.0
    for i in range(len(nodes)):
        if is_free(nodes[i]):
            trait = uniform_at(key, nodes[i].identity, 0)
            if above < trait < lowest:
                lowest = trait
                found = i
    return found


@rule
def find_quorum(nodes: Rows[NodeRow], key: Any, quorum: float) -> float:
    """Trait of the last operator needed for more stake than `quorum` (uERA), lowest traits first; NOBODY where it cannot be had."""
    highest = NOBODY
    won = 0
    while won <= quorum:
        row = find_next(nodes, key, highest)
        if row < 0:
            return NOBODY
        won += nodes[row].stake
        highest = uniform_at(key, nodes[row].identity, 0)
    return highest


@rule
def sum_honest_watchers(nodes: Rows[NodeRow], key: Any, highest: float) -> float:
    """Guardians that are left to notice."""
    watchers = 0.0
    for i in range(len(nodes)):
        if is_attesting(nodes[i]) and not takes_part(nodes[i], key, highest):
            watchers += nodes[i].uptime
    return watchers


@rule
def accuse_defectors(nodes: Rows[NodeRow], key: Any, highest: float, day: int) -> int:
    """The forged snapshot is the evidence against all who signed it and the true one. Returns how many are accused."""
    accused = 0
    for i in range(len(nodes)):
        if takes_part(nodes[i], key, highest):
            accuse(nodes[i], Offence.EQUIVOCATION, day)
            nodes[i].defected = 1
            accused += 1
    return accused
