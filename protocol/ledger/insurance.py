"""Verbs of the insurance fund."""

from protocol.compiling import rule
from protocol.ledger.accounts import Pots
from protocol.ledger.causes import Cause


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
