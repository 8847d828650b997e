"""Allocation holders: one row per bucket (ECONOMY 4)."""

from protocol.declare import Record, draw, field


class HolderRow(Record):
    """The holder of an allocation bucket; row number = Bucket. Treasury and airdrop keep liquid tokens in `Pots`."""

    index: int = field("row", "own place in the table; a Bucket")
    escrow: int = field("uERA", "not yet vested", token=True)
    balance: int = field("uERA", "liquid", token=True)
    presold: int = field("uERA", "sold forward, delivered on the next unlock")


class HolderDraws(Record):
    """Chance of a holder's day."""

    mood: float = draw(0, "unused so far")
