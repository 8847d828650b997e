"""Channels: whose money a governable parameter moves first."""

from enum import IntEnum


class Channel(IntEnum):
    """Which flow a parameter scales, first order; NONE is judged by noise alone."""

    NONE = 0
    MESSAGE_FEE = 1
    INDEXATION = 2
    VERIFICATION_FEE = 3
    SHARE_STAKERS = 4
    SHARE_DEVELOPERS = 5
    SHARE_USERS = 6
    SPEND_DEVELOPERS = 7
    SPEND_USERS = 8
    UNBONDING = 9
    YIELD_FLOOR = 10
    YIELD_CAP = 11
    PENALTY = 12
    MINIMUM_STAKE = 13
    PREMIUM = 14
    COVER = 15
    SECURITY_CHARGE = 16
    ISSUANCE = 17
