"""What users do with their airdrop: who farms it, when they claim it, how they sell it (ECONOMY 5)."""

from typing import Protocol

from metalab.econ.market.exchange import ExchangeState, order_sell
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import OK
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, parameter
from metalab.protocol.kernel.units import power, safe_log, to_count
from metalab.protocol.supply.airdrop import Airdrop, claim

WEEK = 7
"""Days over which the part sold at once is sold: the first week from the claim (ECONOMY 5)."""


class Claiming(Record):
    """Habits of airdrop recipients."""

    claim_hazard: float = parameter(
        1.0 / 7.0, 1.0 / 30.0, 1.0, unit="1/day", source="assumed (ECONOMY 5)", owner="behaviour", doc="Hazard of claiming."
    )
    spread: float = parameter(
        1.2,
        0.0,
        3.0,
        unit="1",
        source="assumed (ECONOMY 2)",
        owner="nature",
        binds="opening",
        doc="Lognormal sigma of the airdrop over cohorts.",
    )
    farm_share: float = parameter(
        0.5, 0.3, 0.8, unit="share", source="assumed (ECONOMY 5)", owner="behaviour", doc="Cohorts that farm the airdrop."
    )
    farm_factor: float = parameter(
        2.0,
        1.0,
        5.0,
        unit="1",
        source="assumed (ECONOMY 5)",
        owner="behaviour",
        doc="Messages of a farmer before its claim, as a multiple.",
    )
    week_share: float = parameter(
        0.55,
        0.41,
        0.70,
        unit="share",
        source="data/defaults.csv airdrop.sell_week1",
        owner="behaviour",
        binds="entry",
        doc="Sold in the week after the claim.",
    )
    farmer_factor: float = parameter(
        1.4, 0.5, 2.0, unit="1", source="ECONOMY 5", owner="behaviour", binds="entry", doc="That share of farmers, in means."
    )
    quick_share: float = parameter(
        0.5, 0.0, 1.0, unit="share", source="ECONOMY 5", owner="behaviour", binds="entry", doc="Part of the rest that is sold quickly."
    )
    quick_decay: float = parameter(
        0.0077, 0.0, 0.1, unit="1/day", source="ECONOMY 5", owner="behaviour", doc="Daily sale of the quick part."
    )
    slow_decay: float = parameter(
        0.0005, 0.0, 0.01, unit="1/day", source="ECONOMY 5", owner="behaviour", doc="Daily sale of the slow part."
    )
    errand_days: int = parameter(
        14,
        1,
        60,
        unit="day",
        source="assumed",
        owner="behaviour",
        doc="Days between two sales and redemptions of points; amounts are those of as many daily sales.",
    )


class Recipient(Protocol):
    """A row that received an airdrop: amounts in uERA."""

    balance: int
    airdrop: int
    rush: int
    quick: int
    slow: int
    claim_day: int
    next_day: int
    farmer: int


@rule
def compute_claim_step(p: Claiming) -> float:
    """A day's step of the cumulated hazard: a cohort claims when it passes the exponential variate it was born with."""
    # The daily hazard at which a day's chance of claiming is `claim_hazard`.
    return -safe_log(1.0 - p.claim_hazard)


@rule
def compute_sold(decay: float, days: float) -> float:
    """Share that `days` daily sales of `decay` sell."""
    return 1.0 - power(1.0 - decay, days)


@rule
def compute_other_factor(p: Claiming) -> float:
    """What keeps the mean over all cohorts at `week_share`: .6 where half of them farm and sell 1.4 times as much."""
    return max(1.0 - p.farm_share * p.farmer_factor, 0.0) / (1.0 - p.farm_share)


@rule
def divide_airdrop(user: Recipient, amount: int, p: Claiming) -> None:
    """Decide what of `amount` is sold in the first week, quickly and slowly; exact in sum."""
    factor = p.farmer_factor if user.farmer == 1 else compute_other_factor(p)
    user.rush = to_count(amount * min(p.week_share * factor, 1.0))
    user.quick = to_count((amount - user.rush) * p.quick_share)
    user.slow = amount - user.rush - user.quick


@rule
def take_airdrop(user: Recipient, pots: Pots, day: int, days_since_launch: int, airdrop: Airdrop, p: Claiming) -> int:
    """Claim and plan the sales, which start the same day. Returns the uERA claimed."""
    # Noted before the claim, which sets it to 0.
    amount = user.airdrop
    if claim(user, pots, days_since_launch, airdrop) != OK:
        return 0
    divide_airdrop(user, amount, p)
    user.claim_day = day
    user.next_day = day
    return amount


@rule
def sell_week(user: Recipient, desk: ExchangeState, pots: Pots, day: int) -> None:
    """One of seven equal sales from the day of the claim on."""
    # The rest over the days that are left: the seventh sale takes what rounding down left over.
    amount = user.rush // max(user.claim_day + WEEK - day, 1)
    user.rush -= amount
    order_sell(user, desk, pots, min(amount, user.balance))


@rule
def sell_rest(user: Recipient, desk: ExchangeState, pots: Pots, quick_sold: float, slow_sold: float, surplus: int) -> None:
    """Sell the given shares of the quick and the slow part, and a surplus besides the airdrop."""
    quick = to_count(user.quick * quick_sold)
    slow = to_count(user.slow * slow_sold)
    user.quick -= quick
    user.slow -= slow
    order_sell(user, desk, pots, min(quick + slow + surplus, user.balance))
