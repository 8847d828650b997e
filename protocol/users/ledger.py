"""Verbs of incentives to users."""

from metalab.protocol.kernel.accounts import Pots, Wallet
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.compiling import rule


@rule
def pay_points(user: Wallet, pots: Pots, amount: int) -> None:
    """Points are redeemed out of the treasury."""
    pots.treasury -= amount
    user.balance += amount
    pots.moved[Cause.POINTS] += amount


@rule
def pay_activity_reward(user: Wallet, pots: Pots, amount: int) -> None:
    """A cohort's part of the users' pot."""
    pots.reward_users -= amount
    user.balance += amount
    pots.moved[Cause.REWARD_USER] += amount


@rule
def pay_discount(pots: Pots, amount: int) -> None:
    """The part of a message fee that the users' pot pays for the sender."""
    pots.reward_users -= amount
    pots.fees += amount
    pots.moved[Cause.GAS_DISCOUNT] += amount
