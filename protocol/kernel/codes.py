"""Permanent integer codes. Members are never renumbered: stored worlds, journals and vectors depend on them."""

from enum import IntEnum
from typing import Final


class Code(IntEnum):
    """What a protocol action returns. Anything but OK refuses it and leaves the world as it was."""

    OK = 0
    INVALID_AMOUNT = 1
    INSUFFICIENT_BALANCE = 2
    WRONG_STATUS = 3
    BELOW_MINIMUM = 4
    ABOVE_MAXIMUM = 5
    TOO_EARLY = 6
    TABLE_FULL = 7
    CHURN_LIMIT = 8
    UNKNOWN_TARGET = 9
    OUT_OF_BOUNDS = 10
    EXPIRED = 11
    ALREADY_DONE = 12
    BUDGET_EXHAUSTED = 13
    RATIONED = 14
    PROTECTED = 15


# Rules return plain integers: returning an enum member costs four times as much when compiled.
OK: Final = int(Code.OK)
INVALID_AMOUNT: Final = int(Code.INVALID_AMOUNT)
INSUFFICIENT_BALANCE: Final = int(Code.INSUFFICIENT_BALANCE)
WRONG_STATUS: Final = int(Code.WRONG_STATUS)
BELOW_MINIMUM: Final = int(Code.BELOW_MINIMUM)
ABOVE_MAXIMUM: Final = int(Code.ABOVE_MAXIMUM)
TOO_EARLY: Final = int(Code.TOO_EARLY)
TABLE_FULL: Final = int(Code.TABLE_FULL)
CHURN_LIMIT: Final = int(Code.CHURN_LIMIT)
UNKNOWN_TARGET: Final = int(Code.UNKNOWN_TARGET)
OUT_OF_BOUNDS: Final = int(Code.OUT_OF_BOUNDS)
EXPIRED: Final = int(Code.EXPIRED)
ALREADY_DONE: Final = int(Code.ALREADY_DONE)
BUDGET_EXHAUSTED: Final = int(Code.BUDGET_EXHAUSTED)
RATIONED: Final = int(Code.RATIONED)
PROTECTED: Final = int(Code.PROTECTED)


class Tier(IntEnum):
    """Staking tiers, in the order of the stated minimum stakes' roles (MODEL 3)."""

    CORE = 0
    FLEX = 1
    GUARDIAN = 2


TIERS: Final = 3
"""Members of `Tier`: length of vectors per tier."""


class Share(IntEnum):
    """Who shares in protocol revenue: places in `fees.split`, in the order in which the protocol states them (MODEL 7)."""

    CORE = 0
    GUARDIAN = 1
    FLEX = 2
    DEVELOPERS = 3
    USERS = 4


SHARES: Final = 5  # members of `Share`
SHARE_OF_TIER: Final = (int(Share.CORE), int(Share.FLEX), int(Share.GUARDIAN))
"""Place in `fees.split` of each tier, in the order of `Tier`."""


class NodeStatus(IntEnum):
    """Life cycle of a node."""

    CANDIDATE = 0
    BONDED = 1
    UNBONDING = 2
    JAILED = 3
    TOMBSTONED = 4


class Bucket(IntEnum):
    """Allocation buckets in the order of the published table (era_allocation.csv)."""

    INVESTORS = 0
    TREASURY = 1
    FOUNDATION = 2
    TEAM = 3
    RND = 4
    AIRDROP = 5


BUCKETS: Final = 6
"""Members of `Bucket`: length of vectors per bucket."""


class Stakeholder(IntEnum):
    """Who a DAO voter is besides a holder; also the classes of the winners-and-losers page."""

    STAKER = 0
    USER = 1
    DEVELOPER = 2
    INVESTOR = 3
    TRADER = 4


class Framework(IntEnum):
    """The software a rollup runs."""

    ARBITRUM = 0
    OP = 1
    ZK = 2
    POLYGON = 3
