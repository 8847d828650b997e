"""How much is traded in a day (ECONOMY 25)."""

from metalab.econ.kernel.chance.distributions import normal
from metalab.econ.market.market import MarketState
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, parameter
from metalab.protocol.kernel.units import safe_exp

_SOURCE = "ECONOMY 25"
"""Source of the defaults."""
# Of ECONOMY 25. Constants: another unit is another slope and limit, another centre or shift another turnover.
RETURN_UNIT = 0.05
"""Log return that counts as one."""
RETURN_CENTRE = 0.7
"""Count of an ordinary day."""
LOG_SHIFT = -0.16
"""Brings the mean of the exponential back to 1."""


class Volume(Record):
    """Trading volume of everyone, in shares of the reported supply."""

    turnover: float = parameter(
        0.22,
        0.05,
        1.0,
        unit="1/day",
        source=_SOURCE,
        owner="nature",
        doc="Turnover long after the listing; range data/defaults.csv, widened.",
    )
    listing_extra: float = parameter(
        4.78, 0.0, 20.0, unit="1/day", source=_SOURCE, owner="nature", doc="Turnover on top of it on the listing day."
    )
    listing_days: float = parameter(
        10.0, 1.0, 100.0, unit="day", source=_SOURCE, owner="nature", doc="Decay time of the listing's turnover."
    )
    persistence: float = parameter(0.85, 0.0, 0.99, unit="1", source=_SOURCE, owner="nature", doc="Share of a surge left after a day.")
    innovation: float = parameter(0.22, 0.0, 1.0, unit="1", source=_SOURCE, owner="nature", doc="Daily shock of log volume.")
    return_slope: float = parameter(
        0.25, 0.0, 2.0, unit="1", source=_SOURCE, owner="nature", doc="Response of log volume to yesterday's return."
    )
    return_limit: float = parameter(3.0, 0.5, 20.0, unit="1", source=_SOURCE, owner="nature", doc="Largest count.")
    mean_days: float = parameter(
        7.0, 1.0, 90.0, unit="day", source="ECONOMY 19", owner="behaviour", doc="Days of the mean volume on which people decide."
    )


@rule
def compute_volume(reported: float, age: int, surge: float, log_return: float, p: Volume) -> float:
    """Volume in ERA of a day `age` days after the launch, without the agents; `reported` in ERA, `surge` is x."""
    level = p.turnover + p.listing_extra * safe_exp(-age / p.listing_days)
    heat = min(p.return_limit, abs(log_return) / RETURN_UNIT) - RETURN_CENTRE
    return reported * level * safe_exp(surge + p.return_slope * heat + LOG_SHIFT)


@rule
def advance_volume(market: MarketState, u: float, reported: float, gross: float, age: int, p: Volume) -> None:
    """Today's volume: the market's own, at least what the agents traded (`gross`, ERA). Uses yesterday's return."""
    market.surge = p.persistence * market.surge + p.innovation * normal(u)
    market.volume = max(compute_volume(reported, age, market.surge, market.log_return, p), gross)
