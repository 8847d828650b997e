"""How a rollup's data moves from the hot to the cold tier in time, or is lost (MODEL 8).

Bytes are counted before compression, in integers: what came in is what is hot, cold or lost, exactly. Of each day's data a
fingerprint is kept, which a copy must match. In a run it is a number that stands for the hash of the contents;
`protocol.storage.fingerprints` has the real ones.
"""

from typing import Final

from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR, HOURS_A_DAY
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, draw, field
from metalab.protocol.kernel.units import MB, clip, safe_log, to_count
from metalab.protocol.storage.storage import Storage, StorageMetrics, StorageState

RING: Final = 16
"""Days of data that a rollup's hot tier has places for; more than any `hot_days`."""
PRIME: Final = (1 << 31) - 1
"""2^31 - 1, a prime: products of two remainders fit in 62 bits."""
BASE: Final = 1_103_515_245
"""Multiplier of the polynomial, below the prime: that of the C standard's example generator, which scatters well."""
HALF_MASK: Final = (1 << 30) - 1
"""The lower 30 bits of a count of bytes, which is hashed in two parts below the prime."""


class StoreRow(Record):
    """A rollup's data; same place in the table as the rollup."""

    batch: list[int] = field("byte", "posted on day d, at place d % RING; 0 once moved or pruned", length=RING)
    mark: list[int] = field("1", "its fingerprint", length=RING)
    posted: int = field("byte", "so far")
    hot: int = field("byte", "in the hot tier")
    cold: int = field("byte", "moved to the cold tier so far")
    lost: int = field("byte", "pruned before it had moved, so far")
    cold_mb: float = field("MB", "in the cold tier after compression")
    cost_usd: float = field("USD", "of today, both tiers")


class StoreDraws(Record):
    """Chance of a migration."""

    delay: float = draw(0, "how long it takes")
    outage: float = draw(1, "whether its operator is down, and for how long")
    flaw: float = draw(2, "whether the copy is flawed")


@rule
def compute_mark(rollup: int, day: int, count: int) -> int:
    """Fingerprint of a day's data: a polynomial of rollup, day and bytes modulo a prime. Another value of any one is noticed."""
    # One more, so that rollup 0 and day 0 count as well.
    mark = (rollup + 1) * BASE % PRIME
    mark = (mark + day + 1) * BASE % PRIME
    mark = (mark + (count >> 30)) * BASE % PRIME
    return (mark + (count & HALF_MASK)) * BASE % PRIME


@rule
def post(store: StoreRow, rollup: int, day: int, count: int) -> None:
    """Post a day's bytes to the hot tier, and keep their fingerprint."""
    store.batch[day % RING] = count
    store.mark[day % RING] = compute_mark(rollup, day, count)
    store.posted += count
    store.hot += count


@rule
def compute_outage(u: float, p: Storage) -> float:
    """Hours for which the operator is down on a day: rarely more than 0, then exponential."""
    # Where u is below `chance`, u / chance is uniform again: one draw tells whether and for how long.
    chance = p.outages / DAYS_A_YEAR
    return -p.outage_hours * safe_log(u / chance) if u < chance else 0.0


@rule
def compute_lost(count: int, hours: float, p: Storage) -> int:
    """Bytes of a day that were pruned when their migration began `hours` after it could: what is older than the hot tier keeps."""
    return to_count(count * clip((hours - p.margin_hours) / HOURS_A_DAY, 0.0, 1.0))


@rule
def is_flawed(store: StoreRow, rollup: int, day: int, flaw: float, p: Storage) -> bool:
    """Whether the copy is not the original: a byte too many stands for a flaw, the fingerprint is what finds it."""
    copied = store.batch[day % RING] + (1 if flaw < p.flaws else 0)
    return compute_mark(rollup, day, copied) != store.mark[day % RING]


@rule
def migrate(store: StoreRow, rollup: int, day: int, delay: float, d: StoreDraws, p: Storage, today: StorageMetrics) -> int:
    """Move a day's data to the cold tier, `delay` hours being how long a copy takes. Returns the bytes that arrived."""
    count = store.batch[day % RING]
    hours = delay + compute_outage(d.outage, p)
    if is_flawed(store, rollup, day, d.flaw, p):
        if p.verify == 1:
            today.fingerprints_failed += 1.0
            # A flawed copy is made again.
            hours += delay
        else:
            today.data_flawed_mb += count / MB
    lost = compute_lost(count, hours, p)
    store.batch[day % RING] = 0
    store.hot -= count
    store.cold += count - lost
    store.lost += lost
    today.data_lost_mb += lost / MB
    return count - lost


@rule
def is_stored(store: StoreRow, day: int) -> bool:
    """Whether there is data of a day to be moved."""
    return store.batch[day % RING] > 0


@rule
def archive(store: StoreRow, count: int, p: Storage) -> float:
    """Put bytes that arrived into the cold tier, compressed. Returns the MB they take there."""
    taken = count / MB * p.ratios[p.compression]
    store.cold_mb += taken
    return taken


@rule
def pay_storage(store: StoreRow, posted: int, archived_mb: float, s: StorageState, p: Storage, today: StorageMetrics) -> None:
    """The day's cost of a rollup's data in both tiers."""
    posted_mb = posted / MB * p.batch_ratio
    hot_mb = store.hot / MB * p.batch_ratio
    hot = posted_mb * s.hot_once + hot_mb * s.hot_rent
    store.cost_usd = hot + archived_mb * s.cold_once + store.cold_mb * s.cold_rent
    today.data_posted_mb += posted_mb
    today.stored_hot_mb += hot_mb
    today.stored_cold_mb += store.cold_mb
    today.storage_cost_hot_usd += hot
    today.storage_cost_usd += store.cost_usd
