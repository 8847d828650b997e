"""Verbs of developers: their part of revenue, royalties, grants, the ecosystem fund."""

from metalab.protocol.kernel.accounts import Pots, Wallet
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.units import to_usd


@rule
def pay_developer(developer: Wallet, pots: Pots, amount: int) -> None:
    """A developer's part of protocol revenue."""
    pots.reward_developers -= amount
    developer.balance += amount
    pots.moved[Cause.REWARD_DEVELOPER] += amount


@rule
def pay_royalty(adopter: Wallet, originator: Wallet, pots: Pots, amount: int) -> None:
    """Royalty of a licensed innovation."""
    adopter.balance -= amount
    originator.balance += amount
    pots.moved[Cause.ROYALTY] += amount


@rule
def grant(developer: Wallet, pots: Pots, amount: int) -> None:
    """A grant for deploying, out of the treasury."""
    pots.treasury -= amount
    developer.balance += amount
    pots.moved[Cause.GRANT] += amount


@rule
def endow_fund(pots: Pots, amount: int, price: float) -> None:
    """Treasury tokens sold on the market for the ecosystem fund's USD."""
    money = to_usd(amount, price)
    pots.treasury -= amount
    pots.market_float += amount
    pots.fund_usd += money
    pots.outside_usd -= money
    pots.moved[Cause.FUND_ENDOWMENT] += amount


@rule
def purchase_grant(developer: Wallet, pots: Pots, amount: int, price: float) -> None:
    """Tokens that the ecosystem fund buys on the market for a developer."""
    money = to_usd(amount, price)
    pots.market_float -= amount
    developer.balance += amount
    pots.fund_usd -= money
    pots.outside_usd += money
    pots.moved[Cause.FUND_PURCHASE] += amount
