"""Why tokens moved. Each verb of the ledger has one permanent cause; the day's flow per cause is summed in `Pots.moved`."""

from enum import IntEnum
from typing import Final


class Cause(IntEnum):
    """Permanent: never renumber, only append."""

    GENESIS = 0
    UNLOCK = 1
    DELIVER_PRESOLD = 2
    CLAIM_AIRDROP = 3
    RETURN_AIRDROP = 4
    BUY = 5
    SELL = 6
    CONVERT_FEE = 7
    MESSAGE_FEE = 8
    VERIFICATION_FEE = 9
    CONGESTION_FEE = 10
    SPLIT_CORE = 11
    SPLIT_GUARDIAN = 12
    SPLIT_FLEX = 13
    SPLIT_DEVELOPERS = 14
    SPLIT_USERS = 15
    REWARD_CORE = 16
    REWARD_GUARDIAN = 17
    REWARD_FLEX = 18
    REWARD_DEVELOPER = 19
    REWARD_USER = 20
    REWARD_FLOOR = 21
    REWARD_CAP = 22
    EMPTY_TIER = 23
    BOND = 24
    UNBOND = 25
    RELEASE = 26
    SLASH_BURN = 27
    SLASH_INSURANCE = 28
    SLASH_REPORTER = 29
    REFILL = 30
    LOCK = 31
    UNLOCK_VOTE = 32
    DEPOSIT = 33
    DEPOSIT_RETURN = 34
    DEPOSIT_FORFEIT = 35
    GRANT = 36
    POINTS = 37
    FUND_PURCHASE = 38
    ROYALTY = 39
    DELEGATE = 40
    TREASURY_GRANT = 41
    POOL_IN = 42
    POOL_OUT = 43
    INSURANCE_PAYOUT = 44
    ROLLUP_FEE = 45
    REDELEGATE = 46
    GAS_DISCOUNT = 47
    CONGESTION_SHARE = 48
    FUND_ENDOWMENT = 49
    INSURANCE_PREMIUM = 50
    CONNECTOR_FEE = 51
    REWARD_LIGHT = 52


CAUSES: Final = 64
"""Length of `Pots.moved`: room for causes to come, so that stored layouts stay."""
