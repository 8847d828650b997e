"""Verbs of fees and of the revenue split."""

from typing import Final

from metalab.protocol.kernel.accounts import Pots, Wallet
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import SHARE_OF_TIER, SHARES, TIERS, Share
from metalab.protocol.kernel.compiling import rule

SPLIT_CAUSES: Final = (
    int(Cause.SPLIT_CORE),
    int(Cause.SPLIT_GUARDIAN),
    int(Cause.SPLIT_FLEX),
    int(Cause.SPLIT_DEVELOPERS),
    int(Cause.SPLIT_USERS),
)
"""Why a share moves, in the order of `Share`."""


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
def convert_security(pots: Pots, amount: int) -> None:
    """Charges of the rollups for shared security, converted on the market by the protocol."""
    pots.market_float -= amount
    pots.fees += amount
    pots.moved[Cause.SECURITY_CHARGE] += amount


@rule
def keep_native(pots: Pots, money: float) -> None:
    """Fees in native gas that are not converted stay with the ecosystem fund."""
    pots.fund_usd += money
    pots.outside_usd -= money


@rule
def divide_fees(pots: Pots) -> None:
    """The day's fees go to the five pots as computed in `pots.due`, in the order of `Share`."""
    for share in range(SHARES):
        pots.fees -= pots.due[share]
        pots.moved[SPLIT_CAUSES[share]] += pots.due[share]
    # `Share` names guardians before flex nodes, `Tier` the other way round.
    for tier in range(TIERS):
        pots.node_rewards[tier] += pots.due[SHARE_OF_TIER[tier]]
    pots.reward_developers += pots.due[Share.DEVELOPERS]
    pots.reward_users += pots.due[Share.USERS]
