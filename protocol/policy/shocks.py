"""Shocks: what can happen to a world from outside. The kinds are permanent integers."""

from enum import IntEnum
from typing import Final

from metalab.protocol.kernel.declare import Record, field


class ShockKind(IntEnum):
    """What happens. `SHOCK_UNITS` says what a size of it means."""

    PRICE = 0
    TVL = 1
    MESSAGES = 2
    INVESTORS_SALE = 3
    FOUNDATION_SALE = 4
    TEAM_SALE = 5
    RND_SALE = 6


SHOCK_UNITS: Final = {
    ShockKind.PRICE: "jump of the log price",
    ShockKind.TVL: "jump of the log of every live rollup's value secured",
    ShockKind.MESSAGES: "factor on the demand for messages, for this day alone",
    ShockKind.INVESTORS_SALE: "ERA sold at once, at most the liquid balance",
    ShockKind.FOUNDATION_SALE: "ERA sold at once, at most the liquid balance",
    ShockKind.TEAM_SALE: "ERA sold at once, at most the liquid balance",
    ShockKind.RND_SALE: "ERA sold at once, at most the liquid balance",
}


class ShockRow(Record):
    """A shock to come or past. Unused rows have day -1."""

    day: int = field("day", "morning on which it happens")
    kind: int = field("code", "ShockKind")
    strength: float = field("1", "in the unit of the kind")
    slot: int = field("word", "MESSAGES: place of the demand for messages in Params")
    kept: float = field("1", "MESSAGES: the parameter's value to return to the next morning")
    condition: int = field("row", "condition that it waits for; -1: none")
    until: int = field("day", "it waits no longer from this day on; 0: for ever")
