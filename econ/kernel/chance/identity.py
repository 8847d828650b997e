"""Chance by identity: what is born during a run draws by a number of its own, never by the row that it happened to get.

Rows are given out in order of birth, so a birth more would hand all later ones the chance of others. An identity is fixed
by who founds what on which day; two futures that differ in one birth agree on the chance of everything else.
"""

from typing import Any, Protocol

from metalab.econ.kernel.chance.philox import TILE, fill_agents
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.scratch import I64, make_scratch

FOUNDED = 1 << 20
"""Identities below this belong to what opens with the run, one each; day and founder of all others are told apart by it."""


class Named(Protocol):
    """A row with an identity."""

    identity: int


@rule
def compute_identity(founder: int, day: int) -> int:
    """Identity of what a founder (its row, 0 or more) founds on a day below 2^20: nobody founds two of a kind on one day."""
    return (founder + 1) * FOUNDED + day


@rule
def fill_by_identity(flat: Any, key: Any, rows: Rows[Named], count: int) -> None:
    """Write uniform_at(key, identity, column) into the first `count` rows of `flat`, by the identities of `rows`."""
    agents = make_scratch(TILE, I64)
    for row in range(0, count, TILE):
        for t in range(TILE):
            # Places behind the last row are worked on and not used.
            agents[t] = rows[min(row + t, count - 1)].identity
        fill_agents(flat, key, agents, row, min(TILE, count - row))
