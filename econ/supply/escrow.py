"""Escrows of the allocation: what their terms will release, and what the ledger has released.

Releases are stocks. Terms, built-in or a table, say how much ought to be out by a day; whoever changes them in a run moves only
what is still in escrow: nothing comes back, and nothing more is released until the new terms exceed what is out.
"""

from typing import Final

from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.dates import split_months
from metalab.protocol.kernel.declare import Record, Rows, field
from metalab.protocol.supply.ledger import deliver_presold, unlock, unlock_treasury
from metalab.protocol.supply.unlock_table import UnlockRow, compute_table
from metalab.protocol.supply.vesting import Vesting, compute_delay, compute_vested_in

RECENT: Final = 32
"""Days of releases that a holder remembers, one of them cleared for tomorrow: the longest month and the longest recovery fit."""


class HolderRow(Record):
    """The holder of an allocation bucket; row number = Bucket. Treasury and airdrop keep liquid tokens in `Pots`."""

    index: int = field("row", "own place in the table; a Bucket")
    escrow: int = field("uERA", "not yet vested", token=True, circulates=False)
    balance: int = field("uERA", "liquid", token=True)
    presold: int = field("uERA", "sold forward, delivered on the next unlock")
    owed: int = field(
        "uERA", "due by its plan and not sold yet, what the volume cap carries over; below 0: sold ahead of a postponed unlock"
    )
    zeal: float = field("1", "this run's multiple of the fraction it sells")
    granted: int = field("uERA", "all that its escrow held at genesis")
    launched: int = field("uERA", "released on the launch day")
    due: float = field("uERA", "sales of its plan until tonight, per unit of the fraction it sells")
    first_row: int = field("row", "first row of its table of unlocks")
    table_rows: int = field("1", "rows of its table of unlocks; 0: the built-in terms hold")
    recent: list[int] = field("uERA", "releases of the last days, by the day modulo the length", length=RECENT)


@rule
def get_released(holder: HolderRow) -> int:
    """What has left a holder's escrow since genesis, in uERA."""
    return holder.granted - holder.escrow


@rule
def compute_terms(holder: HolderRow, vesting: Vesting, unlocks: Rows[UnlockRow], day: int) -> int:
    """What ought to be out by a day (from launch) by the terms in force, in uERA."""
    due = find_due_day(holder, vesting, day)
    months, into, length = split_months(due)
    return compute_terms_in(holder, vesting, unlocks, due, months, into, length)


@rule
def find_due_day(holder: HolderRow, vesting: Vesting, day: int) -> int:
    """The day whose terms hold on a day: an earlier one where the escrow is delayed."""
    return max(day - compute_delay(vesting, holder.index), 0)


@rule
def compute_terms_in(holder: HolderRow, vesting: Vesting, unlocks: Rows[UnlockRow], due: int, months: int, into: int, length: int) -> int:
    """The same for a day whose terms hold, `into` days into a month of `length` days after so many months."""
    if holder.table_rows == 0:
        return compute_vested_in(vesting, holder.index, months, into, length)
    # Off means the same for a table: nothing after the launch day.
    return compute_table(unlocks, holder.first_row, holder.table_rows, due if vesting.unlocks == 1 else 0)


@rule
def bound_released(holder: HolderRow, terms: int) -> int:
    """What is out by a day, today or later, on which so much ought to be: never less than is out, never more than there was."""
    return min(max(terms, get_released(holder)), holder.granted)


@rule
def expect_released(holder: HolderRow, vesting: Vesting, unlocks: Rows[UnlockRow], day: int) -> int:
    """What will be out by a day, today or later, if the terms stay."""
    return bound_released(holder, compute_terms(holder, vesting, unlocks, day)) if holder.escrow > 0 else holder.granted


@rule
def release_vested(holder: HolderRow, pots: Pots, vesting: Vesting, unlocks: Rows[UnlockRow], day: int) -> int:
    """Take out of escrow what is due by `day`: to buyers of forwards first, the rest to the holder. Returns the amount."""
    # Tomorrow's place is that of 31 days ago.
    holder.recent[(day + 1) % RECENT] = 0
    if holder.escrow <= 0:
        return 0
    # Against the cumulative terms (ECONOMY 1): rounding down cannot build up over the days.
    amount = expect_released(holder, vesting, unlocks, day) - get_released(holder)
    if amount <= 0:
        return 0
    holder.recent[day % RECENT] += amount
    if holder.index == Bucket.TREASURY:
        unlock_treasury(holder, pots, amount)
        return amount
    delivered = min(holder.presold, amount)
    deliver_presold(holder, pots, delivered)
    holder.presold -= delivered
    unlock(holder, pots, amount - delivered)
    return amount


@rule
def open_releases(holder: HolderRow, pots: Pots, vesting: Vesting, unlocks: Rows[UnlockRow], day: int) -> None:
    """Release what is out on row 0, and remember the last days before it as if the run had begun earlier."""
    holder.launched = min(compute_terms(holder, vesting, unlocks, 0), holder.granted)
    release_vested(holder, pots, vesting, unlocks, day)
    out = get_released(holder)
    for date in range(day, max(day - RECENT + 1, 0), -1):
        before = min(compute_terms(holder, vesting, unlocks, date - 1), holder.granted)
        holder.recent[date % RECENT] = out - before
        out = before
    # The launch tranche is no unlock of a day.
    if day == 0:
        holder.recent[0] = 0


@rule
def sum_recent(holder: HolderRow, day: int, days: int) -> int:
    """What was released on the last `days` days up to `day`, at most 31, in uERA."""
    total = 0
    for back in range(days):
        total += holder.recent[(day - back) % RECENT]
    return total
