"""The price process (MODEL 15, ECONOMY 22-27)."""

from enum import IntEnum

from econ.chance.distributions import normal
from econ.market import Market
from protocol.compiling import rule
from protocol.declare import Record, choice, draw, parameter
from protocol.units import safe_exp, smooth


class PriceMode(IntEnum):
    """How tomorrow's price comes about."""

    MARKET = 0
    EXOGENOUS = 1


class Price(Record):
    """The price process."""

    mode: int = choice(PriceMode.MARKET, source="MODEL 15", owner="nature", doc="How the price comes about.")
    initial_usd: float = parameter(
        1.545, 0.001, 100.0, unit="USD", source="data/era_price.csv 2025-07-17", owner="nature", doc="Price on day 0."
    )
    sigma: float = parameter(
        0.041, 0.0, 0.5, unit="1", source="ECONOMY 24", owner="nature", doc="Median daily volatility."
    )


class MarketDraws(Record):
    """Chance of the market."""

    noise: float = draw(0, "daily return noise")


@rule
def process_price(market: Market, d: MarketDraws, p: Price) -> None:
    """Tomorrow's price."""
    market.log_return = p.sigma * normal(d.noise)
    market.price *= safe_exp(market.log_return)
    market.price_mean = smooth(market.price_mean, market.price, 30.0)
