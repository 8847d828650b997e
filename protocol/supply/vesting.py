"""Vesting: how much of each allocation bucket the terms unlock by a date (MODEL 1, ECONOMY 1).

Pure functions of the calendar; what was really released is a stock of the ledger (`econ/supply/escrow.py`). A bucket has a launch
tranche, a cliff in calendar months, a tranche at the cliff and a linear rest; dates are the 17th of each month. Days count from the
token launch.
"""

from enum import IntEnum
from typing import Final

from metalab.protocol.kernel.codes import BUCKETS, Bucket
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.dates import split_months
from metalab.protocol.kernel.declare import Record, choice, parameter, switch
from metalab.protocol.kernel.units import take_bps

_TABLE = "data/era_allocation.csv"
"""The published allocation, the source of the defaults."""


DELAYED: Final = int(Bucket.TREASURY)
"""First of the buckets whose escrow a vote can hold back; foundation, team and R&D follow."""


class VestingSchedule(IntEnum):
    """Which terms hold for tokens with a cliff."""

    OFFICIAL = 0
    STATED = 1


class VestingStep(IntEnum):
    """What happens between two monthly dates."""

    DAILY = 0
    MONTHLY = 1


class SupplyRefresh(IntEnum):
    """When aggregators update the circulating supply they print."""

    DATED = 0
    PERIODIC = 1
    FROZEN = 2


class Vesting(Record):
    """The allocation table and how it is read. Vectors are in the order of `Bucket`."""

    schedule: int = choice(
        VestingSchedule.OFFICIAL, source="MODEL 1", owner="team", doc="Official terms, or stated ones (no tranche at the cliff)."
    )
    step: int = choice(VestingStep.DAILY, source="ECONOMY 1", owner="team", doc="Linear by day between monthly dates, or monthly steps.")
    unlocks: int = switch(True, source="MODEL 0", owner="team", doc="Off: nothing vests after the launch tranches.")
    tokens: list[int] = parameter(
        (320_750_123, 210_000_000, 149_400_000, 147_500_000, 102_349_877, 70_000_000),
        0,
        1_000_000_000,
        unit="ERA",
        source=_TABLE,
        owner="team",
        doc="Size of each bucket.",
        total=1_000_000_000,
    )
    launch: list[int] = parameter(
        (0, 60_000_000, 48_700_000, 0, 29_800_000, 70_000_000),
        0,
        1_000_000_000,
        unit="ERA",
        source=_TABLE,
        owner="team",
        doc="Unlocked at the token launch.",
    )
    cliff_months: list[int] = parameter(
        (12, 0, 3, 12, 0, 0), 0, 60, unit="month", source=_TABLE, owner="team", doc="Calendar months before the linear part starts."
    )
    cliff_share: list[int] = parameter(
        (1_500, 0, 0, 1_500, 0, 0),
        0,
        10_000,
        unit="bps",
        source=_TABLE,
        owner="team",
        doc="Part of the bucket unlocked at the cliff (official schedule).",
    )
    linear_months: list[int] = parameter(
        (24, 48, 45, 24, 48, 0), 0, 120, unit="month", source=_TABLE, owner="team", doc="Calendar months of the linear part."
    )
    delay_days: list[int] = parameter(
        (0, 0, 0, 0), 0, 1_461, unit="day", source="assumed (up to four years, the longest linear part)", owner="dao",
        doc="Days by which treasury, foundation, team and R&D get what is in escrow later than by their terms; a ramp slows them down.",
    )  # fmt: skip
    refresh: int = choice(
        SupplyRefresh.DATED, source="ECONOMY 1", owner="nature", doc="When aggregators update the circulating supply they report."
    )
    refresh_days: list[int] = parameter(
        (395, 760), 1, 3_650, unit="day", source="ECONOMY 1", owner="nature", doc="Days of the dated refreshes, from launch."
    )
    refresh_interval: int = parameter(365, 90, 365, unit="day", source="ECONOMY 1", owner="nature", doc="Days between periodic refreshes.")
    holders_sell: int = switch(
        True, source="ECONOMY 29", owner="behaviour", doc="Off: allocation holders sell nothing (counterpart of the unlock pattern)."
    )


@rule
def compute_vested_in(p: Vesting, bucket: int, months: int, day: int, length: int) -> int:
    """Cumulative unlocks of a bucket, in uERA, `day` days into a period of `length` days that starts after `months` months."""
    tokens = p.tokens[bucket]
    # A scenario may make a bucket smaller than its launch tranche.
    launch = min(p.launch[bucket], tokens)
    passed = months - p.cliff_months[bucket]
    if p.unlocks == 0 or passed < 0:
        return launch
    span = p.linear_months[bucket]
    if passed >= span:
        return tokens
    share = p.cliff_share[bucket]
    # Stated terms know no tranche at the cliff (MODEL 1).
    cliff = min(take_bps(tokens, share), tokens - launch) if share > 0 and p.schedule == VestingSchedule.OFFICIAL else 0
    into = day if p.step == VestingStep.DAILY else 0
    # Fits 63 bits without `mul_div`: at most 10^15 uERA times 120 months of 31 days.
    return launch + cliff + (tokens - launch - cliff) * (passed * length + into) // (span * length)


@rule
def compute_vested(p: Vesting, bucket: int, day: int) -> int:
    """Cumulative unlocks of a bucket by a day (>= 0, counted from launch), in uERA."""
    months, into, length = split_months(day)
    return compute_vested_in(p, bucket, months, into, length)


@rule
def compute_scheduled(p: Vesting, day: int) -> int:
    """Circulating supply by the built-in terms on a day (all unlocks but the treasury's), in uERA."""
    return compute_unlocked(p, day) - compute_vested(p, Bucket.TREASURY, day)


@rule
def compute_unlocked(p: Vesting, day: int) -> int:
    """Cumulative unlocks of all buckets by the built-in terms by a day, in uERA."""
    months, into, length = split_months(day)
    total = 0
    for bucket in range(BUCKETS):
        total += compute_vested_in(p, bucket, months, into, length)
    return total


@rule
def compute_delay(p: Vesting, bucket: int) -> int:
    """Days by which the escrow of a bucket is late. Investors and airdrop were promised theirs for good: 0."""
    place = bucket - DELAYED
    return p.delay_days[place] if 0 <= place < len(p.delay_days) else 0


@rule
def find_refresh(p: Vesting, day: int) -> int:
    """The last day, not after `day`, on which aggregators took over the schedule; the launch counts as one."""
    if p.refresh == SupplyRefresh.PERIODIC:
        return day // p.refresh_interval * p.refresh_interval
    last = 0
    if p.refresh == SupplyRefresh.DATED:
        for k in range(len(p.refresh_days)):
            # The latest, in whatever order they are given.
            if last < p.refresh_days[k] <= day:
                last = p.refresh_days[k]
    return last
