"""Verbs of slashing: stake and unbonding stake of an offender go to reporter, insurance fund or are burned."""

from metalab.protocol.kernel.accounts import Pots, Staker, Wallet
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.compiling import rule


@rule
def slash_to_burn(node: Staker, pots: Pots, stake: int, unbonding: int) -> None:
    """Destroy a part of both."""
    node.stake -= stake
    node.unbonding -= unbonding
    pots.burned += stake + unbonding
    pots.moved[Cause.SLASH_BURN] += stake + unbonding


@rule
def slash_to_insurance(node: Staker, pots: Pots, stake: int, unbonding: int) -> None:
    """A part of both goes to the insurance fund."""
    node.stake -= stake
    node.unbonding -= unbonding
    pots.insurance += stake + unbonding
    pots.moved[Cause.SLASH_INSURANCE] += stake + unbonding


@rule
def slash_to_reporter(node: Staker, reporter: Wallet, pots: Pots, stake: int, unbonding: int) -> None:
    """A part of both goes to who brought the evidence."""
    node.stake -= stake
    node.unbonding -= unbonding
    reporter.balance += stake + unbonding
    pots.moved[Cause.SLASH_REPORTER] += stake + unbonding
