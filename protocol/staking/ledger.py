"""Verbs of staking."""

from metalab.protocol.kernel.accounts import Pots, Staker
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import Tier
from metalab.protocol.kernel.compiling import rule


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
    pots.reward_flex += amount
    pots.moved[Cause.CONGESTION_SHARE] += amount


@rule
def take_from_pot(pots: Pots, tier: int, amount: int) -> None:
    """Part of the verbs below, never called alone: a tier's pot gives (a negative amount: gets)."""
    if tier == Tier.CORE:
        pots.reward_core -= amount
    elif tier == Tier.FLEX:
        pots.reward_flex -= amount
    else:
        pots.reward_guardian -= amount


@rule
def fund_floor(pots: Pots, tier: int, amount: int) -> None:
    """The treasury lifts a tier's pot to the yield floor."""
    pots.treasury -= amount
    take_from_pot(pots, tier, -amount)
    pots.moved[Cause.REWARD_FLOOR] += amount


@rule
def return_excess(pots: Pots, tier: int, amount: int) -> None:
    """What a tier's pot holds above the yield cap goes to the treasury."""
    take_from_pot(pots, tier, amount)
    pots.treasury += amount
    pots.moved[Cause.REWARD_CAP] += amount


@rule
def forfeit_pot(pots: Pots, tier: int, amount: int) -> None:
    """The share of a tier without nodes goes to the treasury (ECONOMY 9)."""
    take_from_pot(pots, tier, amount)
    pots.treasury += amount
    pots.moved[Cause.EMPTY_TIER] += amount
