"""Fees of the day are collected and split."""

from econ.world import World
from protocol.compiling import rule
from protocol.fees import divide_revenue, quote_fee


@rule
def open_revenue(w: World) -> None:
    """The first quote."""
    quote_fee(w.state[0].quote, w.params[0].fees, w.state[0].market.price)


@rule
def process_revenue(w: World) -> None:
    """The day's fees are split."""
    divide_revenue(w.pots[0], w.params[0].fees, w.today[0].fees)
