"""Verbs of staking."""

from protocol.compiling import rule
from protocol.ledger.accounts import Pots, Staker
from protocol.ledger.causes import Cause


@rule
def bond_stake(node: Staker, pots: Pots, amount: int) -> None:
    """Liquid tokens of a node become its stake."""
    node.balance -= amount
    node.stake += amount
    pots.moved[Cause.BOND] += amount


@rule
def begin_unbonding(node: Staker, pots: Pots, amount: int) -> None:
    """Stake starts on its way out; it can still be slashed."""
    node.stake -= amount
    node.unbonding += amount
    pots.moved[Cause.UNBOND] += amount


@rule
def release_stake(node: Staker, pots: Pots, amount: int) -> None:
    """Unbonded stake becomes liquid."""
    node.unbonding -= amount
    node.balance += amount
    pots.moved[Cause.RELEASE] += amount


@rule
def reward_core(node: Staker, pots: Pots, amount: int) -> None:
    """A core node's part of the core pot."""
    pots.reward_core -= amount
    node.balance += amount
    pots.moved[Cause.REWARD_CORE] += amount


@rule
def reward_guardian(node: Staker, pots: Pots, amount: int) -> None:
    """A guardian's part of the guardian pot."""
    pots.reward_guardian -= amount
    node.balance += amount
    pots.moved[Cause.REWARD_GUARDIAN] += amount


@rule
def reward_flex(node: Staker, pots: Pots, amount: int) -> None:
    """A flex node's part of the flex pot."""
    pots.reward_flex -= amount
    node.balance += amount
    pots.moved[Cause.REWARD_FLEX] += amount
