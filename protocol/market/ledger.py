"""Verbs of the market: the market float is the counterparty of every order and has unlimited outside USD."""

from metalab.protocol.kernel.accounts import Cash, Pots, Purse, Wallet
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.units import to_usd


@rule
def buy(wallet: Wallet, pots: Pots, amount: int) -> None:
    """Tokens from the market float, paid with money whose owner is not tracked (it stays within `outside_usd`)."""
    pots.market_float -= amount
    wallet.balance += amount
    pots.moved[Cause.BUY] += amount


@rule
def sell(wallet: Wallet, pots: Pots, amount: int) -> None:
    """Tokens to the market float for money whose owner is not tracked."""
    wallet.balance -= amount
    pots.market_float += amount
    pots.moved[Cause.SELL] += amount


@rule
def buy_for_cash(wallet: Cash, pots: Pots, amount: int, price: float) -> None:
    """Tokens from the market float, paid out of the buyer's USD at `price`."""
    # One amount for both sides, so that all USD sum to 0 (ECONOMY 3); the same below.
    money = to_usd(amount, price)
    pots.market_float -= amount
    wallet.balance += amount
    wallet.usd -= money
    pots.outside_usd += money
    pots.moved[Cause.BUY] += amount


@rule
def sell_for_cash(wallet: Cash, pots: Pots, amount: int, price: float) -> None:
    """Tokens to the market float, the USD at `price` to the seller."""
    money = to_usd(amount, price)
    wallet.balance -= amount
    pots.market_float += amount
    wallet.usd += money
    pots.outside_usd -= money
    pots.moved[Cause.SELL] += amount


@rule
def pay_cash(payer: Purse, pots: Pots, money: float) -> None:
    """USD from an agent to everyone not modelled (bills)."""
    payer.usd -= money
    pots.outside_usd += money


@rule
def receive_cash(payee: Purse, pots: Pots, money: float) -> None:
    """USD from everyone not modelled to an agent (capital it brings along)."""
    payee.usd += money
    pots.outside_usd -= money


@rule
def fill_pool(pots: Pots, amount: int, money: float) -> None:
    """Outsiders open the pool with tokens of the market float and their own USD."""
    pots.market_float -= amount
    pots.pool += amount
    pots.pool_usd += money
    pots.outside_usd -= money
    pots.moved[Cause.GENESIS] += amount


@rule
def buy_from_pool(pots: Pots, amount: int, money: float) -> None:
    """Outsiders take tokens out of the pool into the market float and pay USD into it."""
    pots.pool -= amount
    pots.market_float += amount
    pots.pool_usd += money
    pots.outside_usd -= money
    pots.moved[Cause.POOL_OUT] += amount


@rule
def sell_to_pool(pots: Pots, amount: int, money: float) -> None:
    """Outsiders bring tokens of the market float to the pool and take USD out of it."""
    pots.market_float -= amount
    pots.pool += amount
    pots.pool_usd -= money
    pots.outside_usd += money
    pots.moved[Cause.POOL_IN] += amount
