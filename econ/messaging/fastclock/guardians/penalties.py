"""What the rules of slashing make of the evidence that a simulation leaves.

Every offence on record is an accusation of the day of the simulation, by `Fault`'s number in `protocol.security.slashing.Offence`; a
second one of the same kind on one day goes on with the first. All of it ripens together, so that the penalties see each other.
"""

from typing import Any, NamedTuple

import numpy as np

from metalab.econ.messaging.fastclock.simulation import Simulation
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import NodeStatus, Tier
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Record, Table, make_defaults
from metalab.protocol.security.slashing import OFFENCES, Docket, Slashing, SlashingContext, SlashingState, accuse, count_case, punish
from metalab.protocol.staking.journal import JournalRow
from metalab.protocol.staking.staking import NodeRow, Staking, StakingState


class Penalty(NamedTuple):
    """What becomes of one accused guardian: uERA and share of its stake lost, first day out of jail (0: not jailed)."""

    guardian: int
    slashed: int
    share: float
    jailed_until: int
    is_tombstoned: bool


def list_penalties(simulation: Simulation, values: Slashing | None = None) -> list[Penalty]:
    """The penalties of a simulation on day 0, by the rules of slashing `values` (default: as declared)."""
    p: Slashing = _open(Slashing, defaults=True) if values is None else values
    stakes = simulation.room.committee.stakes
    nodes = _bond(stakes)
    accused = {(offence.guardian, int(offence.fault)) for offence in simulation.room.record.offences}
    for guardian, fault in sorted(accused):
        plain(accuse)(nodes[guardian], fault, 0)
    # The day on which everything filed on day 0 is ripe.
    _sentence(nodes, p, p.evidence_days)
    return [_read(nodes[guardian], stakes[guardian]) for guardian in sorted({guardian for guardian, _ in accused})]


def _open(record: type[Record], *, defaults: bool = False) -> Any:
    """One row of a record by itself."""
    return Table(record, make_defaults(record) if defaults else np.zeros(1, record.dtype))[0]


def _bond(stakes: tuple[int, ...]) -> Table:
    """Guardians as bonded nodes of their tier."""
    nodes = Table(NodeRow, np.zeros(len(stakes), NodeRow.dtype))
    for index, stake in enumerate(stakes):
        node = nodes[index]
        node.index, node.stake, node.status, node.tier = index, stake, int(NodeStatus.BONDED), int(Tier.GUARDIAN)
    return nodes


def _sentence(nodes: Table, p: Slashing, day: int) -> None:
    """Count all that is ripe, then punish it, equivocation as late as the order of offences says: it excludes for good.

    The reporter's reward goes to a bystander outside the committee.
    """
    docket, reporter, journal = _open(Docket), _open(NodeRow), Table(JournalRow, np.zeros(0, JournalRow.dtype))
    reporter.index = -1
    court = SlashingContext(p, _open(SlashingState), _open(Staking, defaults=True), _open(StakingState), _open(Pots), journal, day)
    for index in range(len(nodes)):
        plain(count_case)(docket, nodes[index], p, day)
    for index in range(len(nodes)):
        for offence in range(OFFENCES):
            plain(punish)(nodes[index], reporter, docket, court, offence)


def _read(node: NodeRow, stake: int) -> Penalty:
    slashed = node.year_loss
    return Penalty(node.index, slashed, slashed / stake, node.jail_until, node.status == NodeStatus.TOMBSTONED)
