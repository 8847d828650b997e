"""DAO voters."""

from protocol.declare import Record, draw


class VoterDraws(Record):
    """Chance of a voter's day."""

    turnout: float = draw(0, "whether it votes")
