"""How a scenario's table of unlocks gets into a world, before it opens."""

from typing import Any

from metalab.econ.kernel.scenario import PlannedUnlock
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.supply.unlock_table import LONGEST_DAYS, LONGEST_MONTHS, UnlockUnit

LONGEST = {UnlockUnit.DAYS: LONGEST_DAYS, UnlockUnit.MONTHS: LONGEST_MONTHS}
"""Most days or months of a row."""


def check_unlock(unlock: PlannedUnlock) -> bool:
    """Whether a row can be in the table: a bucket that vests, a day from launch on, tokens, a length that fits."""
    is_owner = Bucket.INVESTORS <= unlock.owner <= Bucket.RND
    is_length = unlock.unit in LONGEST and 0 <= unlock.length <= LONGEST[UnlockUnit(unlock.unit)]
    return is_owner and unlock.start >= 0 and unlock.amount > 0 and is_length


def load_unlocks(world: Any, unlocks: tuple[PlannedUnlock, ...]) -> None:
    """Write a scenario's table into an empty world, the rows of a bucket together.

    Raises ValueError for a row that cannot be in it and when there are more rows than room.
    """
    if len(unlocks) > len(world.unlocks):
        raise ValueError(f"unlocks: {len(unlocks)} rows, room for {len(world.unlocks)}")
    for unlock in unlocks:
        if not check_unlock(unlock):
            raise ValueError(f"unlock of {unlock.amount / MICRO:,.6g} ERA on day {unlock.start} to bucket {unlock.owner}: refused")
    for k, unlock in enumerate(sorted(unlocks, key=lambda unlock: unlock.owner)):
        world.unlocks[k] = tuple(unlock)[:-1]
