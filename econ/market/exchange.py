"""The desk where agents trade ERA at the day's price.

Orders are filled at once from or into the market float (ECONOMY 3): selling always, buying only until the day's net
purchases reach a share of the float. The price answers to what was filled; where the float is scarce it rises until orders fit.
"""

from metalab.protocol.kernel.accounts import Cash, Pots, Wallet
from metalab.protocol.kernel.codes import INVALID_AMOUNT, OK
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field, parameter
from metalab.protocol.kernel.units import to_count, to_usd
from metalab.protocol.market.ledger import buy, buy_for_cash, sell, sell_for_cash


class Exchange(Record):
    """Rules of the desk."""

    float_share: float = parameter(
        0.5, 0.01, 1.0, unit="share", source="ECONOMY 3", owner="nature", doc="Most of the market float that net buying can take a day."
    )


class ExchangeState(Record):
    """Today's orders."""

    opening_float: int = field("uERA", "market float when the day began")
    requested_buy: int = field("uERA", "asked to buy")
    requested_sell: int = field("uERA", "asked to sell")
    filled_buy: int = field("uERA", "bought")
    filled_sell: int = field("uERA", "sold")


@rule
def open_desk(desk: ExchangeState, pots: Pots) -> None:
    """Forget yesterday's orders."""
    desk.opening_float = pots.market_float
    desk.requested_buy = 0
    desk.requested_sell = 0
    desk.filled_buy = 0
    desk.filled_sell = 0


@rule
def get_buyable(desk: ExchangeState, pots: Pots, p: Exchange) -> int:
    """How much can still be bought today, in uERA."""
    # The limit is one of net buying (ECONOMY 3): the day's sales make room for purchases.
    limit = to_count(desk.opening_float * p.float_share) + desk.filled_sell - desk.filled_buy
    return max(min(limit, pots.market_float), 0)


@rule
def fill_buy(desk: ExchangeState, pots: Pots, p: Exchange, amount: int) -> int:
    """Book an order to buy; returns how much of it is filled. The caller moves that much with a ledger verb."""
    desk.requested_buy += amount
    filled = min(amount, get_buyable(desk, pots, p))
    desk.filled_buy += filled
    return filled


@rule
def book_sale(desk: ExchangeState, amount: int) -> None:
    """Book an order to sell that a ledger verb fills in full."""
    desk.requested_sell += amount
    desk.filled_sell += amount


@rule
def order_buy(wallet: Wallet, desk: ExchangeState, pots: Pots, p: Exchange, amount: int) -> int:
    """Buy up to `amount` uERA with money that is not tracked; returns what was filled."""
    if amount <= 0:
        return 0
    filled = fill_buy(desk, pots, p, amount)
    if filled > 0:
        buy(wallet, pots, filled)
    return filled


@rule
def order_sell(wallet: Wallet, desk: ExchangeState, pots: Pots, amount: int) -> int:
    """Sell `amount` uERA; returns OK or a refusal code."""
    if amount <= 0 or amount > wallet.balance:
        return INVALID_AMOUNT
    book_sale(desk, amount)
    sell(wallet, pots, amount)
    return OK


@rule
def order_buy_for_cash(wallet: Cash, desk: ExchangeState, pots: Pots, p: Exchange, amount: int, price: float) -> int:
    """Buy up to `amount` uERA with the agent's own USD at `price`; returns what was filled, never more than it can pay."""
    if amount <= 0:
        return 0
    # What cannot be paid for is no order: it must not move the price either.
    affordable = min(amount, to_count(max(wallet.usd, 0.0) / price * 1e6))
    filled = fill_buy(desk, pots, p, affordable)
    # Flooring to whole uERA can cost a rounding error more than the balance at large numbers.
    while filled > 0 and to_usd(filled, price) > wallet.usd:
        filled -= 1
    if filled > 0:
        buy_for_cash(wallet, pots, filled, price)
    return filled


@rule
def order_sell_for_cash(wallet: Cash, desk: ExchangeState, pots: Pots, amount: int, price: float) -> int:
    """Sell `amount` uERA for USD; returns OK or a refusal code."""
    if amount <= 0 or amount > wallet.balance:
        return INVALID_AMOUNT
    book_sale(desk, amount)
    sell_for_cash(wallet, pots, amount, price)
    return OK


@rule
def compute_net_filled(desk: ExchangeState) -> int:
    """Filled purchases less filled sales of the day, in uERA: the q that moves the price."""
    return desk.filled_buy - desk.filled_sell
