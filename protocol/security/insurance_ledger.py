"""Verbs of the insurance fund."""

from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.compiling import rule


@rule
def pay_insurance(pots: Pots, amount: int) -> None:
    """The fund sells tokens for the victims of an incident, who are not modelled: the USD stay within `outside_usd`."""
    pots.insurance -= amount
    pots.market_float += amount
    pots.moved[Cause.INSURANCE_PAYOUT] += amount


@rule
def collect_premium(pots: Pots, amount: int) -> None:
    """Premiums of the rollups, bought on the market for the fund."""
    pots.market_float -= amount
    pots.insurance += amount
    pots.moved[Cause.INSURANCE_PREMIUM] += amount
