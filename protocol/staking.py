"""Staking: tiers, life cycle of a node, bonding and unbonding (MODEL 3)."""

from protocol.codes import BELOW_MINIMUM, INSUFFICIENT_BALANCE, INVALID_AMOUNT, OK, TOO_EARLY, WRONG_STATUS, Status
from protocol.compiling import rule
from protocol.declare import Record, field, metric, parameter
from protocol.ledger.accounts import Pots
from protocol.ledger.staking import begin_unbonding, bond_stake, release_stake


class Staking(Record):
    """Rules of staking. Vectors are in the order of `Tier`: core, flex, guardian."""

    minimum: list[int] = parameter(
        (100_000, 50_000, 500_000), 1, 10**8, unit="ERA", source="S2", owner="dao", doc="Smallest stake of core, flex and guardian nodes."
    )
    unbonding_days: int = parameter(
        14, 1, 60, unit="day", source="data/defaults.csv staking.unbonding_days", owner="dao", doc="Days from the start of an exit to liquid tokens."
    )


class StakingMetrics(Record):
    """Stakes and node counts at the end of a day."""

    staked_core_era: float = metric("ERA", "Stake bonded by core nodes.", view="nodes")
    staked_flex_era: float = metric("ERA", "Stake bonded by flex nodes.", view="nodes")
    staked_guardian_era: float = metric("ERA", "Stake bonded by guardian nodes.", view="nodes")


class NodeRow(Record):
    """A node operator, candidate or bonded."""

    index: int = field("row", "own place in the table")
    balance: int = field("uERA", "liquid", token=True)
    stake: int = field("uERA", "bonded", token=True)
    unbonding: int = field("uERA", "on its way out", token=True)
    tier: int = field("code", "Tier")
    status: int = field("code", "Status")
    release_day: int = field("day", "when unbonding stake becomes liquid")
    protocol_run: int = field("flag", "never exits, refilled from R&D (ECONOMY 9)")
    uptime: float = field("share", "share of the day it was up")


class StakingState(Record):
    """Staking as a whole, at yesterday's close. Vectors in the order of `Tier`."""

    bonded: list[int] = field("uERA", "bonded stake per tier", length=3)
    nodes: list[int] = field("1", "bonded nodes per tier, jailed ones included", length=3)


@rule
def bond(node: NodeRow, pots: Pots, p: Staking, amount: int) -> int:
    """Move `amount` uERA of a node's liquid balance into stake. Returns OK or a refusal code."""
    if amount <= 0:
        return INVALID_AMOUNT
    if amount > node.balance:
        return INSUFFICIENT_BALANCE
    if node.status != Status.CANDIDATE and node.status != Status.BONDED:
        return WRONG_STATUS
    if node.stake + amount < p.minimum[node.tier]:
        return BELOW_MINIMUM
    bond_stake(node, pots, amount)
    node.status = Status.BONDED
    return OK


@rule
def unbond(node: NodeRow, pots: Pots, p: Staking, day: int) -> int:
    """Start a bonded node's exit. Returns OK or a refusal code."""
    if node.status != Status.BONDED:
        return WRONG_STATUS
    begin_unbonding(node, pots, node.stake)
    node.status = Status.UNBONDING
    node.release_day = day + p.unbonding_days
    return OK


@rule
def release(node: NodeRow, pots: Pots, day: int) -> int:
    """Finish an exit whose time has come. Returns OK or a refusal code."""
    if node.status != Status.UNBONDING:
        return WRONG_STATUS
    if day < node.release_day:
        return TOO_EARLY
    release_stake(node, pots, node.unbonding)
    node.status = Status.CANDIDATE
    return OK
