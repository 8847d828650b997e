"""Verbs of fees and of the revenue split."""

from metalab.protocol.kernel.accounts import Pots, Wallet
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.compiling import rule


@rule
def pay_message_fee(user: Wallet, pots: Pots, amount: int) -> None:
    """A sender pays in ERA."""
    user.balance -= amount
    pots.fees += amount
    pots.moved[Cause.MESSAGE_FEE] += amount


@rule
def convert_fee(pots: Pots, amount: int) -> None:
    """Fees paid in a native gas token, converted on the market by the protocol."""
    pots.market_float -= amount
    pots.fees += amount
    pots.moved[Cause.CONVERT_FEE] += amount


@rule
def convert_verification(pots: Pots, amount: int) -> None:
    """State verification fees of the rollups, converted on the market by the protocol."""
    pots.market_float -= amount
    pots.fees += amount
    pots.moved[Cause.VERIFICATION_FEE] += amount


@rule
def keep_native(pots: Pots, money: float) -> None:
    """Fees in native gas that are not converted stay with the ecosystem fund."""
    pots.fund_usd += money
    pots.outside_usd -= money


@rule
def divide_fees(pots: Pots) -> None:
    """The day's fees go to the five pots as computed in `pots.due` (core, guardian, flex, developers, users)."""
    core, guardian, flex, developers, users = pots.due[0], pots.due[1], pots.due[2], pots.due[3], pots.due[4]
    pots.fees -= core + guardian + flex + developers + users
    pots.reward_core += core
    pots.reward_guardian += guardian
    pots.reward_flex += flex
    pots.reward_developers += developers
    pots.reward_users += users
    pots.moved[Cause.SPLIT_CORE] += core
    pots.moved[Cause.SPLIT_GUARDIAN] += guardian
    pots.moved[Cause.SPLIT_FLEX] += flex
    pots.moved[Cause.SPLIT_DEVELOPERS] += developers
    pots.moved[Cause.SPLIT_USERS] += users
