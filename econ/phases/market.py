"""The day's orders become tomorrow's price."""

from econ.chance.streams import Stream
from econ.clock import draw_day
from econ.price import process_price
from econ.world import World
from protocol.compiling import rule


@rule
def open_market(w: World) -> None:
    """The market on the morning of the first day: every mean opens at its launch value (ECONOMY 19)."""
    market = w.state[0].market
    market.price = w.params[0].price.initial_usd
    market.price_mean = market.price


@rule
def process_market(w: World) -> None:
    """Today's close and tomorrow's price."""
    market = w.state[0].market
    w.today[0].market.price_usd = market.price
    draw_day(w.flat.market, w.state[0].clock, Stream.MARKET)
    process_price(market, w.market_draws[0], w.params[0].price)
