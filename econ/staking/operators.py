"""What node operators want and can pay for, and what they have learned."""

from metalab.protocol.kernel.codes import TIERS
from metalab.protocol.kernel.declare import Record, field, parameter
from metalab.protocol.security.slashing import Docket

WINDOW = 30
"""Days over which yields are reported (ECONOMY 19)."""
MEMORY = WINDOW * TIERS
"""Places of the window of all tiers."""


class Operators(Record):
    """How node operators decide. Vectors are in the order of `Tier`."""

    capital_usd: list[float] = parameter(
        (154_500.0, 77_250.0, 772_500.0), 1_000.0, 1e9, unit="USD",
        source="ECONOMY 6 (the minimum stakes at the launch price)", owner="behaviour", binds="entry",
        doc="Smallest own capital of an operator who looks at the tier.",
    )  # fmt: skip
    capital_alpha: float = parameter(
        1.3, 0.5, 5.0, unit="1", source="ECONOMY 6", owner="behaviour", binds="entry", doc="Pareto exponent of own capital."
    )
    delegation: float = parameter(
        3.0, 0.0, 20.0, unit="1", source="assumed", owner="behaviour",
        doc="Stake that outsiders delegate through an operator when all of them want to, in multiples of its own.",
    )  # fmt: skip
    reservation: float = parameter(
        0.08, 0.04, 0.15, unit="1/year", source="ECONOMY 7", owner="behaviour", doc="Median reservation yield of operators and delegators."
    )
    reservation_sigma: float = parameter(0.4, 0.0, 1.5, unit="1", source="ECONOMY 7", owner="behaviour", doc="Its spread (log).")
    cost_month: list[float] = parameter(
        (300.0, 60.0, 450.0), 0.0, 2000.0, unit="USD/month", source="ECONOMY 8", owner="behaviour", doc="Operating cost; flex: on standby."
    )
    cost_hour: float = parameter(
        0.33, 0.0, 5.0, unit="USD/h", source="ECONOMY 8", owner="behaviour", doc="Cost of an active hour of a flex node."
    )
    cost_sigma: float = parameter(
        0.3, 0.0, 1.5, unit="1", source="ECONOMY 8", owner="behaviour", binds="entry", doc="Spread of costs (log)."
    )
    trend_weight: float = parameter(
        0.04, 0.0, 0.5, unit="1",
        source="assumed (past returns move expectations by a few per cent of themselves, Greenwood and Shleifer 2014)",
        owner="behaviour", doc="Part of the trend of the price that operators expect to go on.",
    )  # fmt: skip
    risk_aversion: float = parameter(
        1.0, 0.0, 10.0, unit="1", source="assumed (log utility: about 2 points for 14 days, as ECONOMY 7)", owner="behaviour",
        doc="Relative risk aversion: the yield asked for stake that cannot be sold while it unbonds.",
    )  # fmt: skip
    memory_days: float = parameter(
        30.0, 1.0, 365.0, unit="day", source="ECONOMY 19", owner="behaviour", doc="Days of the means of pots and active hours."
    )
    experience_days: float = parameter(
        180.0, 30.0, 1_095.0, unit="day", source="assumed", owner="behaviour",
        doc="Days of the means of the price's daily return and of its size.",
    )  # fmt: skip
    arrivals: float = parameter(
        10.0, 0.0, 100.0, unit="1/day", source="assumed (core yields are back within half a year of a threefold demand)",
        owner="behaviour", doc="New operators a day and tier for each 100 points of yield above the median reservation.",
    )  # fmt: skip
    enter_days: int = parameter(21, 1, 365, unit="day", source="ECONOMY 7", owner="behaviour", doc="Patience before entering.")
    exit_days: int = parameter(30, 1, 365, unit="day", source="ECONOMY 7", owner="behaviour", doc="Patience before leaving.")
    exit_share: float = parameter(
        0.5, 0.0, 1.0, unit="share", source="ECONOMY 7", owner="behaviour", doc="Part of the reservation below which it leaves."
    )
    act: float = parameter(
        1.0 / 7.0, 0.001, 1.0, unit="1/day", source="ECONOMY 7", owner="behaviour", doc="Chance to act once patience is over."
    )
    review: float = parameter(
        1.0 / 14.0, 0.0, 1.0, unit="1/day", source="ECONOMY 6", owner="behaviour", doc="Chance to compare tiers and to change the stake."
    )
    move_gain: float = parameter(
        0.02, 0.0, 0.5, unit="1/year", source="ECONOMY 6", owner="behaviour", doc="Gain in yield that makes it move."
    )
    step: float = parameter(
        0.15,
        0.01,
        1.0,
        unit="share",
        source="ECONOMY 6",
        owner="behaviour",
        doc="Most that it adds or withdraws at once, relative to stake.",
    )
    volume_share: float = parameter(
        0.005, 0.0, 0.1, unit="share", source="ECONOMY 6", owner="behaviour",
        doc="What it buys at once, topping up or beyond the minimum at entry: at most this part of mean volume.",
    )  # fmt: skip
    exit_sale: float = parameter(0.7, 0.0, 1.0, unit="share", source="ECONOMY 7", owner="behaviour", doc="Sold after unbonding.")


class OperatorsState(Record):
    """What operators see and have learned. Of the last 30 days, tier t has places 30 t to 30 t + 29."""

    reward: list[float] = field("ERA", "rewards", length=MEMORY)
    loss: list[float] = field("ERA", "operating cost and slashing", length=MEMORY)
    staked: list[float] = field("ERA", "bonded stake", length=MEMORY)
    gross: list[float] = field("1/year", "yield per tier", length=3)
    net: list[float] = field("1/year", "yield per tier after cost and slashing", length=3)
    log_price: float = field("1", "log of the price last seen")
    trend: float = field("1/day", "slow mean of daily log returns")
    swing: float = field("1", "slow mean of their size")
    offer: list[float] = field("1/year", "net yield of a tier to a median newcomer", length=3)
    appetite: list[float] = field("share", "part of possible delegations that outsiders want in a tier", length=3)
    severity: list[float] = field("share", "what a first, lone safety fault costs in a tier", length=3)
    lone: Docket
    arrived: list[int] = field("1", "operators who have arrived so far", length=3)
    used: int = field("1", "rows that somebody has or had; the others, behind them, are free")
