"""Circulating supply as everybody sees it (ECONOMY 1)."""

from protocol.declare import Record, field, metric


class Supply(Record):
    """Circulating series and what is known of the months ahead, in uERA."""

    scheduled: int = field("uERA", "pure calendar series, without the treasury")
    reported: int = field("uERA", "scheduled at the last refresh of the aggregators")
    effective: int = field("uERA", "scheduled - airdrop returned + treasury paid out - burned")
    unlocked: int = field("uERA", "cumulative unlocks of all buckets")
    mean_ahead: int = field("uERA", "mean scheduled supply over the coming months (N of the fundamental)")
    treasury_paid: int = field("uERA", "cumulative payments out of the treasury to anyone")
    airdrop_returned: int = field("uERA", "cumulative airdrop returned to the treasury")


class SupplyMetrics(Record):
    """Supply at the end of a day."""

    circulating_scheduled_era: float = metric("ERA", "Circulating supply by the published schedule.", view="supply")
