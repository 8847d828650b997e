"""Unlocks by the calendar."""

from econ.world import World
from protocol.codes import Bucket
from protocol.compiling import rule
from protocol.ledger.supply import lend_float, unlock
from protocol.units import ONE_ERA, SUPPLY


@rule
def open_supply(w: World) -> None:
    """All tokens in the escrow of their buckets, then the launch tranches (a stand-in until the schedule is read)."""
    pots = w.pots[0]
    foundation = w.holders[Bucket.FOUNDATION]
    rnd = w.holders[Bucket.RND]
    foundation.escrow = SUPPLY // 2
    rnd.escrow = SUPPLY - SUPPLY // 2
    unlock(foundation, pots, 48_700_000 * ONE_ERA)
    unlock(rnd, pots, 29_800_000 * ONE_ERA)
    lend_float(foundation, pots, 12_000_000 * ONE_ERA)


@rule
def process_unlocks(w: World) -> None:
    """What vests today becomes liquid."""
