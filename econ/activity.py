"""How much the network is used: what everybody can see of it."""

from protocol.declare import Record, field


class Activity(Record):
    """Use of the network at yesterday's close."""

    users_active: int = field("1", "active cohorts")
    active_share: float = field("share", "active cohorts / all cohorts")
    messages: int = field("1", "messages of the last finished day")
    message_growth: float = field("1/year", "smoothed growth of messages g, in [-.3, .3] (ECONOMY 26)")
    delay_s: float = field("s", "mean message delay")
    success: float = field("share", "share of messages that arrive")
