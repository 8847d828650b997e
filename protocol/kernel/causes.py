"""Why tokens moved. Each verb of the ledger has one permanent cause; the day's flow per cause is summed in `Pots.moved`.

A cause says where it is declared what it means for those concerned. Stakeholder income, flow charts and summaries are made
from these declarations, so a new cause cannot be forgotten in one of them.
"""

from enum import IntEnum, unique
from typing import Final

CLASSES: Final = (
    "nodes", "users", "developers", "treasury", "voters", "holders", "protocol", "insurance", "fund", "outside", "burn", "issuance",
)  # fmt: skip
"""Who can pay or earn: classes of agents, the protocol's own accounts, everyone not modelled (outside), nobody (burn, issuance)."""
KINDS: Final = ("income", "trade", "move")


def check_meaning(code: int, payer: str, earner: str, kind: str) -> None:
    """Raise TypeError unless a cause names who pays, who earns and what kind of flow it is."""
    if payer not in CLASSES or earner not in CLASSES or kind not in KINDS:
        raise TypeError(f"cause {code}: {payer!r}, {earner!r}, {kind!r}; name two of {', '.join(CLASSES)} and one of {', '.join(KINDS)}")


@unique
class Cause(IntEnum):
    """Permanent: never renumber, only append. Each member: code, who pays, who earns, and what kind of flow it is.

    `INCOME`: the payer is poorer and the earner richer. `TRADE`: tokens against USD. `MOVE`: between accounts of one owner,
    on the way from one pot to the next, or principal handed over; nobody's income.
    """

    payer: str
    earner: str
    kind: str

    def __new__(cls, code: int, payer: str, earner: str, kind: str) -> "Cause":
        """A member that is its code and knows its meaning."""
        check_meaning(code, payer, earner, kind)
        member = int.__new__(cls, code)
        member._value_ = code
        member.payer, member.earner, member.kind = payer, earner, kind
        return member

    GENESIS = 0, "protocol", "holders", "move"
    UNLOCK = 1, "holders", "holders", "move"
    DELIVER_PRESOLD = 2, "holders", "outside", "trade"
    CLAIM_AIRDROP = 3, "protocol", "users", "move"
    RETURN_AIRDROP = 4, "protocol", "treasury", "income"
    BUY = 5, "outside", "protocol", "trade"
    SELL = 6, "protocol", "outside", "trade"
    CONVERT_FEE = 7, "outside", "protocol", "trade"
    MESSAGE_FEE = 8, "users", "protocol", "income"
    VERIFICATION_FEE = 9, "outside", "protocol", "income"
    CONGESTION_FEE = 10, "outside", "protocol", "income"
    SPLIT_CORE = 11, "protocol", "protocol", "move"
    SPLIT_GUARDIAN = 12, "protocol", "protocol", "move"
    SPLIT_FLEX = 13, "protocol", "protocol", "move"
    SPLIT_DEVELOPERS = 14, "protocol", "protocol", "move"
    SPLIT_USERS = 15, "protocol", "protocol", "move"
    REWARD_CORE = 16, "protocol", "nodes", "income"
    REWARD_GUARDIAN = 17, "protocol", "nodes", "income"
    REWARD_FLEX = 18, "protocol", "nodes", "income"
    REWARD_DEVELOPER = 19, "protocol", "developers", "income"
    REWARD_USER = 20, "protocol", "users", "income"
    REWARD_FLOOR = 21, "treasury", "protocol", "income"
    REWARD_CAP = 22, "protocol", "treasury", "income"
    EMPTY_TIER = 23, "protocol", "treasury", "income"
    BOND = 24, "nodes", "nodes", "move"
    UNBOND = 25, "nodes", "nodes", "move"
    RELEASE = 26, "nodes", "nodes", "move"
    SLASH_BURN = 27, "nodes", "burn", "income"
    SLASH_INSURANCE = 28, "nodes", "insurance", "income"
    SLASH_REPORTER = 29, "nodes", "nodes", "income"
    REFILL = 30, "holders", "nodes", "income"
    LOCK = 31, "voters", "voters", "move"
    UNLOCK_VOTE = 32, "voters", "voters", "move"
    DEPOSIT = 33, "voters", "protocol", "move"
    DEPOSIT_RETURN = 34, "protocol", "voters", "move"
    DEPOSIT_FORFEIT = 35, "voters", "treasury", "income"
    GRANT = 36, "treasury", "developers", "income"
    POINTS = 37, "treasury", "users", "income"
    FUND_PURCHASE = 38, "fund", "developers", "income"
    ROYALTY = 39, "developers", "developers", "income"
    DELEGATE = 40, "holders", "voters", "move"
    TREASURY_GRANT = 41, "treasury", "protocol", "income"
    """Who earns is the grant's target: insurance, the developers' or users' pot, foundation, R&D, or nobody (a burn)."""
    POOL_IN = 42, "outside", "outside", "move"
    POOL_OUT = 43, "outside", "outside", "move"
    INSURANCE_PAYOUT = 44, "insurance", "outside", "income"
    ROLLUP_FEE = 45, "outside", "outside", "move"
    """Reserved: fees of rollups are in USD and move no token."""
    REDELEGATE = 46, "voters", "voters", "move"
    """Reserved: delegation of votes moves no token."""
    GAS_DISCOUNT = 47, "users", "users", "income"
    """The users' pot pays a part of the sender's fee: income and fee of users at once."""
    CONGESTION_SHARE = 48, "protocol", "protocol", "move"
    FUND_ENDOWMENT = 49, "treasury", "fund", "income"
    INSURANCE_PREMIUM = 50, "outside", "insurance", "income"
    CONNECTOR_FEE = 51, "outside", "protocol", "income"
    REWARD_LIGHT = 52, "treasury", "outside", "income"
    SECURITY_CHARGE = 53, "outside", "protocol", "income"
    ISSUANCE = 54, "issuance", "protocol", "income"
    DELEGATE_STAKE = 55, "outside", "nodes", "move"
    RETURN_STAKE = 56, "nodes", "outside", "move"
    INSURANCE_RETURN = 57, "insurance", "treasury", "income"
    # Flows of policy: out of a source, by one clearing account, into a destination (protocol/policy/flows.py).
    FLOW_OF_FEES = 58, "protocol", "protocol", "move"
    FLOW_OF_PENALTIES = 59, "nodes", "protocol", "income"
    FLOW_OF_ISSUANCE = 60, "issuance", "protocol", "income"
    FLOW_OF_TREASURY = 61, "treasury", "protocol", "income"
    FLOW_OF_INSURANCE = 62, "insurance", "protocol", "income"
    FLOW_OF_RESERVE = 63, "protocol", "protocol", "move"
    FLOW_TO_STAKERS = 64, "protocol", "protocol", "move"
    FLOW_TO_DEVELOPERS = 65, "protocol", "protocol", "move"
    FLOW_TO_USERS = 66, "protocol", "protocol", "move"
    FLOW_TO_VOTERS = 67, "protocol", "protocol", "move"
    FLOW_TO_TREASURY = 68, "protocol", "treasury", "income"
    FLOW_TO_INSURANCE = 69, "protocol", "insurance", "income"
    FLOW_TO_RESERVE = 70, "protocol", "protocol", "move"
    FLOW_BURN = 71, "protocol", "burn", "income"
    FLOW_BUY = 72, "outside", "protocol", "trade"
    FLOW_SELL = 73, "protocol", "outside", "trade"
    DELEGATE_PAY = 74, "protocol", "voters", "income"
    LOCKER_PAY = 75, "protocol", "voters", "income"

    @property
    def is_income(self) -> bool:
        """Whether the payer is poorer and the earner richer by it."""
        return self.kind == "income"

    @property
    def is_burn(self) -> bool:
        """Whether the tokens are destroyed."""
        return self.earner == "burn"


CAUSES: Final = 96
"""Length of `Pots.moved`: room for causes to come, so that stored layouts stay."""


def list_gains(owner: str) -> tuple[Cause, ...]:
    """Causes that are income of a class."""
    return tuple(cause for cause in Cause if cause.is_income and cause.earner == owner)


def list_losses(owner: str) -> tuple[Cause, ...]:
    """Causes that are an expense or a loss of a class."""
    return tuple(cause for cause in Cause if cause.is_income and cause.payer == owner)
