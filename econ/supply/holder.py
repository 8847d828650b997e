"""Allocation holders: one row per bucket, which sells part of what unlocks (ECONOMY 4)."""

from metalab.econ.market.exchange import ExchangeState, book_sale, order_sell
from metalab.econ.market.market import MarketState
from metalab.econ.supply.escrow import (
    RECENT,
    HolderRow,
    bound_released,
    compute_terms_in,
    expect_released,
    find_due_day,
    get_released,
    sum_recent,
)
from metalab.econ.supply.supply import SupplyMetrics
from metalab.protocol.governance.governance import VoterRow
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.dates import count_month_days, find_month_start, split_months
from metalab.protocol.kernel.declare import Record, Rows, draw, parameter
from metalab.protocol.kernel.units import mul_div, to_count, to_era
from metalab.protocol.supply.ledger import delegate
from metalab.protocol.supply.unlock_table import UnlockRow
from metalab.protocol.supply.vesting import Vesting


class Holders(Record):
    """How allocation holders sell, and what insiders delegate."""

    insiders_fraction: float = parameter(
        0.30, 0.1, 0.6, unit="share", source="ECONOMY 4", owner="behaviour", doc="Median part of an unlock that investors and team sell."
    )
    labs_fraction: float = parameter(
        0.30,
        0.1,
        0.6,
        unit="share",
        source="ECONOMY 4",
        owner="behaviour",
        doc="Part of the launch tranches that foundation and R&D sell, and the median part of an unlock.",
    )
    fraction_sigma: float = parameter(
        0.35,
        0.0,
        1.0,
        unit="1",
        source="ECONOMY 4; range assumed (0 to three times the default)",
        owner="nature",
        binds="opening",
        doc="Lognormal sigma of these fractions, drawn once per run and bucket.",
    )
    anticipation_days: int = parameter(
        30,
        20,
        45,
        unit="day",
        source="data/defaults.csv unlock.anticipation_days",
        owner="behaviour",
        doc="Sales of an unlock start so many days before it.",
    )
    recovery_days: int = parameter(
        14,
        7,
        30,
        unit="day",
        source="data/defaults.csv unlock.recovery_days",
        owner="behaviour",
        doc="Sales of an unlock end so many days after it.",
    )
    forward_days: int = parameter(
        30,
        0,
        30,
        unit="day",
        source="ECONOMY 4; range assumed (0 is no forward sales)",
        owner="behaviour",
        doc="Tokens are sold forward only when they unlock within so many days.",
    )
    launch_days: int = parameter(
        365,
        30,
        1_096,
        unit="day",
        source="ECONOMY 4; range assumed (a month to three years)",
        owner="behaviour",
        doc="Days from launch over which they do.",
    )
    volume_cap: float = parameter(
        0.10,
        0.01,
        0.5,
        unit="share",
        source="ECONOMY 4; range assumed",
        owner="behaviour",
        doc="Most that one holder sells a day, as a share of the mean volume.",
    )
    scarce_offer: float = parameter(
        0.05, 0.0, 0.5, unit="1/day", source="assumed", owner="behaviour",
        doc="Part of its liquid tokens that a holder offers a day per log unit by which a scarce float raises the price.",
    )  # fmt: skip
    delegate_share: float = parameter(
        0.05,
        0.0,
        0.20,
        unit="share",
        source="ECONOMY 20",
        owner="behaviour",
        doc="Part of what insiders keep of an unlock that they delegate to the voters.",
    )


class HolderDraws(Record):
    """Chance of a holder's day: its plan has none, the draw is there for subclasses."""

    mood: float = draw(0, "free for rules that sell by chance")


@rule
def is_insider(bucket: int) -> bool:
    """Whether a bucket belongs to investors or team."""
    return bucket == Bucket.INVESTORS or bucket == Bucket.TEAM


@rule
def is_lab(bucket: int) -> bool:
    """Whether a bucket belongs to foundation or R&D."""
    return bucket == Bucket.FOUNDATION or bucket == Bucket.RND


@rule
def compute_fraction(holder: HolderRow, p: Holders) -> float:
    """The part of each unlock that a holder sells in this run; never more than all of it."""
    if is_insider(holder.index):
        return min(p.insiders_fraction * holder.zeal, 1.0)
    if is_lab(holder.index):
        return min(p.labs_fraction * holder.zeal, 1.0)
    return 0.0


@rule
def compute_sale_weight(p: Holders, lead: int) -> float:
    """Share of an unlock's sales that falls `lead` days before it (negative: after it).

    A triangle from 0 at the start of anticipation to its peak on the day and back to 0 at the end of recovery; it adds to 1.
    """
    # Two over the base: the triangle's area is 1.
    height = 2.0 / (p.anticipation_days + p.recovery_days)
    if lead >= 0:
        return height * max(p.anticipation_days - lead, 0) / p.anticipation_days
    return height * max(p.recovery_days + lead, 0) / p.recovery_days


@rule
def compute_sold_share(p: Holders, lead: int) -> float:
    """Share of an unlock's sales that has taken place when it is `lead` days ahead: the weights summed in closed form."""
    base = p.anticipation_days + p.recovery_days
    if lead >= 0:
        left = max(p.anticipation_days - lead, 0)
        # 1 + 2 + ... + left, the days' heights in steps of the first.
        return left * (left + 1) / (p.anticipation_days * base)
    left = max(p.recovery_days + lead, 0)
    return 1.0 - left * (left - 1) / (p.recovery_days * base)


@rule
def compute_past_due(holder: HolderRow, p: Holders, day: int, eve: int) -> float:
    """Sales due for what has been released since launch, per unit of fraction, in uERA: all of it, less what recovery still has to bring.

    With `eve` 1 it is what was due on the evening before. The launch tranche is no unlock here: unlocks start on day 1.
    """
    due = float(get_released(holder) - holder.launched)
    for back in range(p.recovery_days):
        due -= (1.0 - compute_sold_share(p, eve - back)) * holder.recent[(day - back) % RECENT]
    return due


@rule
def compute_plan(holder: HolderRow, vesting: Vesting, unlocks: Rows[UnlockRow], p: Holders, day: int, eve: int) -> tuple[float, float]:
    """Sales due until tonight for all unlocks, and what should be sold forward by then, both per unit of fraction, in uERA.

    Both follow from what was released and from the terms in force, whatever they were before. With `eve` 1 the sales are those due
    on the evening before.
    """
    due = compute_past_due(holder, p, day, eve)
    ahead = 0.0
    before = get_released(holder)
    # Nothing unlocks before long, as before a cliff or after the end: spares going through the days.
    if expect_released(holder, vesting, unlocks, day + p.anticipation_days) == before:
        return due, 0.0
    today = find_due_day(holder, vesting, day)
    months, into, length = split_months(today)
    for lead in range(1, p.anticipation_days + 1):
        date = find_due_day(holder, vesting, day + lead)
        # A day on, unless a delay holds it on the launch day: cheaper than splitting every date anew.
        into += date - today
        today = date
        if into == length:
            months += 1
            into = 0
            length = count_month_days(months)
        released = bound_released(holder, compute_terms_in(holder, vesting, unlocks, date, months, into, length))
        sales = compute_sold_share(p, lead + eve) * (released - before)
        due += sales
        ahead += sales if lead <= p.forward_days else 0.0
        before = released
    return due, ahead


@rule
def compute_launch_due(holder: HolderRow, p: Holders, day: int) -> int:
    """Today's part of the launch tranche that a foundation or lab sells in equal daily steps, in uERA."""
    if not is_lab(holder.index) or day >= p.launch_days:
        return 0
    total = to_count(p.labs_fraction * holder.launched)
    # Differences of a running total: the daily steps sum to it exactly.
    return mul_div(total, day + 1, p.launch_days) - mul_div(total, day, p.launch_days)


@rule
def open_plan(holder: HolderRow, vesting: Vesting, unlocks: Rows[UnlockRow], p: Holders, day: int) -> None:
    """Take what was due before row 0 as sold."""
    if is_insider(holder.index) or is_lab(holder.index):
        holder.due = compute_plan(holder, vesting, unlocks, p, day, 1)[0]


@rule
def follow_plan(holder: HolderRow, vesting: Vesting, unlocks: Rows[UnlockRow], p: Holders, day: int) -> float:
    """Let what is due grow to tonight's: it falls where an unlock was postponed. Returns what should be sold forward by tonight."""
    fraction = compute_fraction(holder, p)
    if fraction <= 0.0:
        return 0.0
    due, ahead = compute_plan(holder, vesting, unlocks, p, day, 0)
    change = fraction * (due - holder.due)
    holder.due = due
    if vesting.holders_sell == 1:
        # One of the two is 0.
        holder.owed += to_count(change) - to_count(-change) + compute_launch_due(holder, p, day)
    return fraction * ahead


@rule
def sell_forward(holder: HolderRow, desk: ExchangeState, amount: int) -> None:
    """Sell tokens that are still in escrow: the market feels it today, delivery is on the unlock day."""
    holder.presold += amount
    book_sale(desk, amount)


@rule
def holder_day(
    holder: HolderRow,
    ahead: float,
    market: MarketState,
    scarce: float,
    desk: ExchangeState,
    pots: Pots,
    vesting: Vesting,
    p: Holders,
    today: SupplyMetrics,
) -> None:
    """What a holder sells today; `ahead` should be sold forward by tonight, `scarce` is the log price that a scarce float adds.

    What is due and lies in its hands is sold first; the rest of the day's allowance goes to forward sales.
    """
    if vesting.holders_sell == 0 or compute_fraction(holder, p) <= 0.0:
        return
    cap = to_count(p.volume_cap * market.volume_mean * 1e6)
    owed = max(holder.owed, 0)
    wanted = min(max(to_count(ahead) - holder.presold, 0), owed)
    planned = min(owed - wanted, cap, holder.balance)
    # Beyond the plan: what a scarce float pays for.
    spot = min(planned + to_count(p.scarce_offer * scarce * holder.balance), cap, holder.balance)
    forward = min(wanted, cap - spot)
    if spot > 0:
        order_sell(holder, desk, pots, spot)
    if forward > 0:
        sell_forward(holder, desk, forward)
    holder.owed -= planned + forward
    today.holders_sold_era += to_era(spot + forward)
    if market.volume_mean > 0.0:
        today.holders_sold_peak = max(today.holders_sold_peak, to_era(spot + forward) / market.volume_mean)


@rule
def compute_delegation(holder: HolderRow, p: Holders, day: int) -> int:
    """What an insider delegates today, in uERA: on each monthly date its share of what it keeps of the month's unlocks."""
    if not is_insider(holder.index):
        return 0
    months, into, _ = split_months(day)
    if into > 0 or months < 1:
        return 0
    unlocked = sum_recent(holder, day, day - find_month_start(months - 1))
    kept = (1.0 - compute_fraction(holder, p)) * unlocked
    return min(to_count(p.delegate_share * kept), holder.balance)


@rule
def delegate_to_voters(holder: HolderRow, voters: Rows[VoterRow], pots: Pots, amount: int) -> int:
    """Hand tokens to the voters pro rata to what they hold, rounded down; returns what was handed over, the rest stays."""
    held = 0
    for i in range(len(voters)):
        held += voters[i].balance + voters[i].locked
    if amount <= 0 or held <= 0:
        return 0
    left = amount
    for i in range(len(voters)):
        part = mul_div(amount, voters[i].balance + voters[i].locked, held)
        if part > 0:
            delegate(holder, voters[i], pots, part)
            left -= part
    return amount - left


@rule
def record_presold(holders: Rows[HolderRow], today: SupplyMetrics) -> None:
    """The evening's forwards by bucket."""
    today.presold_investors_era = to_era(holders[Bucket.INVESTORS].presold)
    today.presold_foundation_era = to_era(holders[Bucket.FOUNDATION].presold)
    today.presold_team_era = to_era(holders[Bucket.TEAM].presold)
    today.presold_rnd_era = to_era(holders[Bucket.RND].presold)
