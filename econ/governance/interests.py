"""What everybody can look up about the network's money, and how voters weigh it.

Nobody knows what a proposal will do. A voter makes a first-order estimate (`incidence.py`) from the public figures that are read
in the evening (`outlook.py`). docs/decisions/0003-voter-utility.md gives the reasons.
"""

from metalab.econ.governance.learning import LearningState
from metalab.protocol.kernel.codes import TIERS
from metalab.protocol.kernel.declare import Record, field, parameter

CLASSES = 5
"""Members of `Stakeholder`."""
ILLIQUIDITY_DAYS = 14.0
"""Days without access that `illiquidity` is the cost of: as many as the default unbonding (ECONOMY 7)."""


SOURCES = 13
"""Members of `FlowSource`."""


class Interests(Record):
    """How voters estimate what a change means to them."""

    prior: float = parameter(
        0.1, 0.01, 100.0, unit="1", owner="behaviour",
        source="chosen, because one change of the fee that was to cost a quarter of messages should count as much as the belief",
        doc="Evidence for which the first belief stands, as a sum of squared log changes of messages that it foretells.",
    )  # fmt: skip
    memory_days: float = parameter(
        365.0, 30.0, 3_650.0, unit="day", source="assumed", owner="behaviour", doc="Days after which a third of an experience is left."
    )
    belief_sigma: float = parameter(
        0.8, 0.0, 2.0, unit="1", source="assumed (as the lock benefit, ECONOMY 20)", owner="behaviour",
        doc="Spread over voters of how strongly users answer, lognormal around what all have seen.",
    )  # fmt: skip
    building: float = parameter(
        0.5, 0.0, 3.0, unit="1", source="assumed", owner="behaviour",
        doc="By which power of developers' money voters think that building, and with it use, grows.",
    )  # fmt: skip
    scale: float = parameter(
        0.02, 0.001, 0.2, unit="share", source="assumed", owner="behaviour",
        doc="Change of own income or token value that counts as large.",
    )  # fmt: skip
    noise: float = parameter(
        0.3, 0.0, 2.0, unit="1", source="assumed", owner="behaviour",
        doc="Standard deviation of a voter's error, effects being within -1..1.",
    )  # fmt: skip
    illiquidity: float = parameter(
        0.02, 0.0, 0.1, unit="1/year", source="ECONOMY 7", owner="behaviour",
        doc="Yearly cost of 14 days without access, share of the tokens.",
    )  # fmt: skip


class InterestsState(Record):
    """Public figures of yesterday's close, as yearly flows. Vectors in the order of `Stakeholder` or of `Tier`."""

    price: float = field("USD", "30-day mean price")
    market_cap: float = field("USD", "effective circulating supply at that price")
    effective: float = field("ERA", "effective circulating supply")
    issuable: float = field("ERA", "all tokens, of which issuance is a share")
    liquid: float = field("ERA", "the part that is neither bonded nor locked")
    volume: float = field("ERA/day", "7-day mean of volume")
    volatility: float = field("1", "usual daily volatility in which impact is measured")
    sold: float = field("share", "of what is paid out of the treasury that is sold")
    fee_usd: float = field("USD", "fee of a message by the rule in force at that price")
    rival_usd: float = field("USD", "a rival's fee")
    log_price: float = field("1", "log of mean price over the fee rule's reference price")
    messages: float = field("1/year", "messages at the last whole week's pace")
    live: float = field("1", "live rollups")
    revenue_usd: float = field("USD/year", "protocol revenue")
    staked_usd: list[float] = field("USD", "bonded stake", length=TIERS)
    earning_usd: list[float] = field("USD", "stake that bears rewards", length=TIERS)
    pot_usd: list[float] = field("USD/year", "revenue due to the tier before floor and cap", length=TIERS)
    tvl_usd: float = field("USD", "value secured")
    slashed_usd: float = field("USD/year", "365-day mean of the stake that slashing takes")
    losses_usd: float = field("USD/year", "what incidents are seen to take")
    share_stakers: float = field("share", "of revenue")
    share_developers: float = field("share", "of revenue")
    share_users: float = field("share", "of revenue")
    claims_usd: float = field("USD/year", "365-day mean of what the insurance fund paid for it")
    rollup_fees_usd: float = field("USD/year", "90-day mean of what rollups earn their developers")
    charges_usd: float = field("USD/year", "revenue that rollups pay: verification and shared security")
    developers_usd: float = field("USD/year", "what developers get: from their rollups, their share of revenue and their budgets")
    held_usd: list[float] = field("USD", "tokens that a group can vote with", length=CLASSES)
    sources_usd: list[float] = field(
        "USD", "what an account holds, or congestion fees bring in a year (365-day mean), in the order of FlowSource", length=SOURCES
    )
    learning: LearningState
