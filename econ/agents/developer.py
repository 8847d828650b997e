"""Developers: deploy, earn, license, close."""

from protocol.declare import Record, draw, field


class DeveloperRow(Record):
    """A developer."""

    index: int = field("row", "own place in the table")
    balance: int = field("uERA", "liquid", token=True)


class DeveloperDraws(Record):
    """Chance of a developer's day."""

    idea: float = draw(0, "whether an idea arrives")
