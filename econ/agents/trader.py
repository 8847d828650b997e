"""Traders: fundamentalist, chartist, noise (ECONOMY 18)."""

from protocol.declare import Record, draw, field


class TraderRow(Record):
    """A trader."""

    index: int = field("row", "own place in the table")
    balance: int = field("uERA", "liquid", token=True)
    usd: float = field("USD", "money")


class TraderDraws(Record):
    """Chance of a trader's day."""

    pace: float = draw(0, "how fast it adjusts")
