"""Verbs of the flows of policy: out of a source into the clearing account, from there to a destination."""

from metalab.protocol.kernel.accounts import Pots, Staker
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import Tier
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.units import take_bps, to_usd
from metalab.protocol.policy.flows import LAST_FEE, FlowSource, FlowTarget

CORE, FLEX, GUARDIAN = int(Tier.CORE), int(Tier.FLEX), int(Tier.GUARDIAN)
"""Plain integers for rules."""


@rule
def route_fees(pots: Pots, amount: int) -> None:
    """Of the day's fees, before they are split."""
    pots.fees -= amount
    pots.routed += amount
    pots.moved[Cause.FLOW_OF_FEES] += amount


@rule
def route_congestion(pots: Pots, amount: int) -> None:
    """Of the day's congestion fees, before they reach the flex pot."""
    pots.congestion -= amount
    pots.routed += amount
    pots.moved[Cause.FLOW_OF_FEES] += amount


@rule
def slash_to_flows(node: Staker, pots: Pots, stake: int, unbonding: int) -> None:
    """The flows' part of a penalty, before it is distributed."""
    node.stake -= stake
    node.unbonding -= unbonding
    pots.routed_penalties += stake + unbonding
    pots.moved[Cause.FLOW_OF_PENALTIES] += stake + unbonding


@rule
def divert_penalty(node: Staker, pots: Pots, amount: int, bps: int) -> int:
    """Take a share of a penalty of so many uERA for flows, of stake first; returns how much it was."""
    diverted = take_bps(amount, bps)
    if diverted > 0:
        stake = min(diverted, node.stake)
        slash_to_flows(node, pots, stake, diverted - stake)
    return diverted


@rule
def route_penalties(pots: Pots, amount: int) -> None:
    """What was taken for flows today goes on its way; booked when it was taken."""
    pots.routed_penalties -= amount
    pots.routed += amount


@rule
def issue_to_flows(pots: Pots, amount: int) -> None:
    """New tokens come into being for flows; the caller counts them as issued."""
    pots.routed += amount
    pots.moved[Cause.FLOW_OF_ISSUANCE] += amount


@rule
def route_treasury(pots: Pots, amount: int) -> None:
    """Out of the treasury."""
    pots.treasury -= amount
    pots.routed += amount
    pots.moved[Cause.FLOW_OF_TREASURY] += amount


@rule
def route_insurance(pots: Pots, amount: int) -> None:
    """Out of the insurance fund."""
    pots.insurance -= amount
    pots.routed += amount
    pots.moved[Cause.FLOW_OF_INSURANCE] += amount


@rule
def route_reserve(pots: Pots, amount: int) -> None:
    """Out of the protocol's reserve."""
    pots.reserve -= amount
    pots.routed += amount
    pots.moved[Cause.FLOW_OF_RESERVE] += amount


@rule
def buy_for_fund(pots: Pots, amount: int, price: float) -> None:
    """Tokens of the market for USD of the ecosystem fund."""
    money = to_usd(amount, price)
    pots.market_float -= amount
    pots.routed += amount
    pots.fund_usd -= money
    pots.outside_usd += money
    pots.moved[Cause.FLOW_BUY] += amount


@rule
def buy_for_reserve(pots: Pots, amount: int, price: float) -> None:
    """Tokens of the market for USD of the DAO's reserve."""
    money = to_usd(amount, price)
    pots.market_float -= amount
    pots.routed += amount
    pots.reserve_usd -= money
    pots.outside_usd += money
    pots.moved[Cause.FLOW_BUY] += amount


@rule
def sell_for_reserve(pots: Pots, amount: int, price: float) -> None:
    """Tokens on their way are sold; the USD go to the DAO's reserve."""
    money = to_usd(amount, price)
    pots.routed -= amount
    pots.market_float += amount
    pots.reserve_usd += money
    pots.outside_usd -= money
    pots.moved[Cause.FLOW_SELL] += amount


@rule
def endow_reserve(pots: Pots, money: float) -> None:
    """What the DAO holds in USD when the world opens."""
    pots.reserve_usd += money
    pots.outside_usd -= money


@rule
def deliver_tier(pots: Pots, tier: int, amount: int) -> None:
    """Into the pot of a tier."""
    pots.routed -= amount
    pots.node_rewards[tier] += amount
    pots.moved[Cause.FLOW_TO_STAKERS] += amount


@rule
def deliver_developers(pots: Pots, amount: int) -> None:
    """Into the developers' pot."""
    pots.routed -= amount
    pots.reward_developers += amount
    pots.moved[Cause.FLOW_TO_DEVELOPERS] += amount


@rule
def deliver_users(pots: Pots, amount: int) -> None:
    """Into the users' pot."""
    pots.routed -= amount
    pots.reward_users += amount
    pots.moved[Cause.FLOW_TO_USERS] += amount


@rule
def deliver_delegates(pots: Pots, amount: int) -> None:
    """Into the pot for ballots cast."""
    pots.routed -= amount
    pots.reward_delegates += amount
    pots.moved[Cause.FLOW_TO_VOTERS] += amount


@rule
def deliver_lockers(pots: Pots, amount: int) -> None:
    """Into the pot for locked tokens."""
    pots.routed -= amount
    pots.reward_lockers += amount
    pots.moved[Cause.FLOW_TO_VOTERS] += amount


@rule
def deliver_treasury(pots: Pots, amount: int) -> None:
    """Into the treasury."""
    pots.routed -= amount
    pots.treasury += amount
    pots.moved[Cause.FLOW_TO_TREASURY] += amount


@rule
def deliver_insurance(pots: Pots, amount: int) -> None:
    """Into the insurance fund."""
    pots.routed -= amount
    pots.insurance += amount
    pots.moved[Cause.FLOW_TO_INSURANCE] += amount


@rule
def deliver_reserve(pots: Pots, amount: int) -> None:
    """Into the protocol's reserve."""
    pots.routed -= amount
    pots.reserve += amount
    pots.moved[Cause.FLOW_TO_RESERVE] += amount


@rule
def burn_routed(pots: Pots, amount: int) -> None:
    """Destroyed; still counted so that the supply stays exact."""
    pots.routed -= amount
    pots.burned += amount
    pots.moved[Cause.FLOW_BURN] += amount


@rule
def take_flow(pots: Pots, source: int, amount: int) -> None:
    """Out of a source of ERA into the clearing account."""
    if source <= LAST_FEE:
        route_fees(pots, amount)
    elif source == FlowSource.CONGESTION:
        route_congestion(pots, amount)
    elif source == FlowSource.PENALTIES:
        route_penalties(pots, amount)
    elif source == FlowSource.ISSUANCE:
        issue_to_flows(pots, amount)
    elif source == FlowSource.TREASURY:
        route_treasury(pots, amount)
    elif source == FlowSource.INSURANCE:
        route_insurance(pots, amount)
    elif source == FlowSource.RESERVE:
        route_reserve(pots, amount)


@rule
def deliver_flow(pots: Pots, target: int, amount: int) -> None:
    """From the clearing account to a destination that is no order at the market."""
    if target <= FlowTarget.GUARDIAN:
        # Destinations name tiers in the order of `Tier`.
        deliver_tier(pots, target, amount)
    elif target == FlowTarget.DEVELOPERS:
        deliver_developers(pots, amount)
    elif target == FlowTarget.USERS:
        deliver_users(pots, amount)
    elif target == FlowTarget.DELEGATES:
        deliver_delegates(pots, amount)
    elif target == FlowTarget.LOCKERS:
        deliver_lockers(pots, amount)
    elif target == FlowTarget.TREASURY or target == FlowTarget.BUY_HOLD:
        deliver_treasury(pots, amount)
    elif target == FlowTarget.INSURANCE:
        deliver_insurance(pots, amount)
    elif target == FlowTarget.RESERVE:
        deliver_reserve(pots, amount)
    elif target == FlowTarget.BURN or target == FlowTarget.BUY_BURN:
        burn_routed(pots, amount)


@rule
def distribute_flow(pots: Pots, core: int, flex: int, guardian: int) -> None:
    """From the clearing account to the pots of the three tiers."""
    deliver_tier(pots, CORE, core)
    deliver_tier(pots, FLEX, flex)
    deliver_tier(pots, GUARDIAN, guardian)
