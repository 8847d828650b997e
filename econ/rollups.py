"""Rollups: born, used, closed (ECONOMY 17)."""

from protocol.declare import Record, draw, field


class RollupRow(Record):
    """A rollup; rows are added by count and retired by status."""

    index: int = field("row", "own place in the table")
    live: int = field("flag", "1 while it runs")
    developer: int = field("row", "its developer")
    birth_day: int = field("day", "day of deployment; negative before launch")
    tvl: float = field("USD", "value secured")


class Network(Record):
    """All rollups together."""

    count: int = field("1", "rows in use, live or closed")
    live: int = field("1", "live rollups")
    tvl: float = field("USD", "value secured")


class RollupDraws(Record):
    """Chance of a rollup's day."""

    close: float = draw(0, "whether it closes")
    shock: float = draw(1, "TVL shock")
