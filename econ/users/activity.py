"""How much the network is used: what everybody can see of it."""

from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field, metric
from metalab.protocol.kernel.units import clip, safe_log, smooth

# How growth is read off messages: voters alone use it, for whom half or twice of each changes no vote by 1 %.
FAST_DAYS = 30.0
"""Shorter mean of daily messages (assumed)."""
SLOW_DAYS = 180.0
"""Longer mean of daily messages (assumed)."""
FASTEST_GROWTH = 0.3
"""A year; growth is read within plus and minus this (ECONOMY 26)."""


class ActivityState(Record):
    """Use of the network at yesterday's close."""

    users_active: int = field("1", "active cohorts")
    active_share: float = field("share", "active cohorts / all cohorts")
    messages: int = field("1", "messages of the last finished day")
    message_growth: float = field("1/year", "smoothed growth of messages g, in [-.3, .3] (ECONOMY 26)")
    delay_s: float = field("s", "mean message delay")
    success: float = field("share", "share of messages that arrive")
    fast: float = field("1/day", "shorter mean of messages without farmers' extra ones")
    slow: float = field("1/day", "longer mean of the same")


class ActivityMetrics(Record):
    """Users on a day."""

    users_active: float = metric("1", "Active cohorts.", better="high", chart=True)
    people_active: float = metric("1", "Real people behind the active cohorts.", better="high", chart=True)
    addresses: float = metric("1", "Addresses that were ever active.", better="high", chart=True)
    users_joined: float = metric("1", "Cohorts that became active.", better="high", chart=True)
    users_left: float = metric("1", "Cohorts that left.", better="low", chart=True)
    messages_farmed: float = metric("1", "Messages that farmers sent beyond their normal rate.", chart=True)
    airdrop_claimed_era: float = metric("ERA", "Airdrop claimed by users.", chart=True)


@rule
def open_growth(activity: ActivityState, messages: float) -> None:
    """Growth opens at 0: both means at the launch value (ECONOMY 19)."""
    activity.fast = messages
    activity.slow = messages
    activity.message_growth = 0.0


@rule
def measure_growth(activity: ActivityState, organic: float) -> None:
    """One day of g. `organic` is today's messages without what farmers added.

    An exponential mean of n days is (n - 1) / 2 days old, so under steady growth the logarithms of the two means differ by
    the growth over the difference of their ages.
    """
    activity.fast = smooth(activity.fast, organic, FAST_DAYS)
    activity.slow = smooth(activity.slow, organic, SLOW_DAYS)
    lag = 0.5 * (SLOW_DAYS - FAST_DAYS)
    growth = DAYS_A_YEAR / lag * (safe_log(activity.fast) - safe_log(activity.slow))
    activity.message_growth = clip(growth, -FASTEST_GROWTH, FASTEST_GROWTH)
