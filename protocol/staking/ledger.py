"""Verbs of staking."""

from typing import Final

from metalab.protocol.kernel.accounts import Pots, Staker
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import Tier
from metalab.protocol.kernel.compiling import rule

REWARD_CAUSES: Final = (int(Cause.REWARD_CORE), int(Cause.REWARD_FLEX), int(Cause.REWARD_GUARDIAN))
"""Why a reward moves, in the order of `Tier`."""


@rule
def bond_stake(node: Staker, pots: Pots, amount: int) -> None:
    """Liquid tokens of a node become its stake."""
    node.balance -= amount
    node.stake += amount
    pots.moved[Cause.BOND] += amount


@rule
def receive_delegation(node: Staker, pots: Pots, amount: int) -> None:
    """Holders who are not modelled hand an operator tokens of their own to bond."""
    pots.market_float -= amount
    node.balance += amount
    pots.moved[Cause.DELEGATE_STAKE] += amount


@rule
def return_delegation(node: Staker, pots: Pots, amount: int) -> None:
    """They get them back."""
    node.balance -= amount
    pots.market_float += amount
    pots.moved[Cause.RETURN_STAKE] += amount


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
def reward_node(node: Staker, pots: Pots, tier: int, amount: int) -> None:
    """A node's part of the pot of its tier."""
    pots.node_rewards[tier] -= amount
    node.balance += amount
    pots.moved[REWARD_CAUSES[tier]] += amount


@rule
def collect_congestion(pots: Pots, amount: int) -> None:
    """Congestion base fees of senders who are not modelled, bought on the market by the protocol."""
    pots.market_float -= amount
    pots.congestion += amount
    pots.moved[Cause.CONGESTION_FEE] += amount


@rule
def pass_congestion(pots: Pots, amount: int) -> None:
    """Congestion fees reach the pot of the flex nodes (ECONOMY 12)."""
    pots.congestion -= amount
    pots.node_rewards[Tier.FLEX] += amount
    pots.moved[Cause.CONGESTION_SHARE] += amount


@rule
def fund_floor(pots: Pots, tier: int, amount: int) -> None:
    """The treasury lifts a tier's pot to the yield floor."""
    pots.treasury -= amount
    pots.node_rewards[tier] += amount
    pots.moved[Cause.REWARD_FLOOR] += amount


@rule
def return_excess(pots: Pots, tier: int, amount: int) -> None:
    """What a tier's pot holds above the yield cap goes to the treasury."""
    pots.node_rewards[tier] -= amount
    pots.treasury += amount
    pots.moved[Cause.REWARD_CAP] += amount


@rule
def forfeit_pot(pots: Pots, tier: int, amount: int) -> None:
    """The share of a tier without nodes goes to the treasury (ECONOMY 9)."""
    pots.node_rewards[tier] -= amount
    pots.treasury += amount
    pots.moved[Cause.EMPTY_TIER] += amount
