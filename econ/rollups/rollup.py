"""Rollups: their sizes, their birth as rows of a table, their traffic (ECONOMY 12 and 17)."""

from metalab.econ.kernel.chance.distributions import lognormal
from metalab.econ.kernel.chance.identity import compute_identity
from metalab.protocol.kernel.codes import OK, TABLE_FULL
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, draw, field, metric, parameter, switch
from metalab.protocol.kernel.units import power, safe_exp, safe_log

NONE = -1
"""No row: no developer, no licence, no innovation, or still running (`close_day`)."""
LEAST_USD = 1e-6
"""Value at which a rollup without any is ranked, and chosen as a home where none has any."""


class Rollups(Record):
    """How rollups are born, grow and close."""

    opening_tvl_usd: float = parameter(
        4e8,
        1e6,
        1e10,
        unit="USD",
        source="data/caldera_ecosystem_checkpoints.csv 2025-07; range assumed (to 25 times)",
        owner="nature",
        binds="opening",
        doc="Value secured on day 0.",
    )
    opening_age_days: float = parameter(
        540.0,
        0.0,
        3_000.0,
        unit="day",
        source="ECONOMY 17",
        owner="nature",
        binds="opening",
        doc="Opening ages are uniform from 0 to this.",
    )
    tvl_median_usd: float = parameter(
        3e6,
        1e5,
        3e7,
        unit="USD",
        source="ECONOMY 17; range assumed (a thirtieth to 10 times)",
        owner="nature",
        binds="entry",
        doc="Median value secured of a new rollup.",
    )
    tvl_sigma: float = parameter(
        1.5, 0.0, 3.0, unit="1", source="ECONOMY 17", owner="nature", binds="entry", doc="Spread of log value secured between rollups."
    )
    tvl_beta: float = parameter(
        0.4, 0.0, 3.0, unit="1", source="ECONOMY 17 (.8 of a factor half as volatile as the fitted one)", owner="nature",
        doc="Log value secured per unit of the market factor's change.",
    )  # fmt: skip
    tvl_noise: float = parameter(
        0.02, 0.0, 0.3, unit="1", source="ECONOMY 17", owner="nature", doc="Daily spread of a rollup's own log value secured."
    )
    hazard: float = parameter(
        0.06, 0.0, 5.0, unit="1/year", source="assumed (between .05, ECONOMY 17's hazard of the young, and .10)", owner="nature",
        doc="Hazard of closing for reasons other than money: another product, a sale, a quarrel.",
    )  # fmt: skip
    grace_days: float = parameter(
        30.0,
        0.0,
        365.0,
        unit="day",
        source="assumed (a month's notice)",
        owner="behaviour",
        doc="Days of bills that a rollup may owe before it closes.",
    )
    closings: int = switch(True, source="ECONOMY 17", owner="nature", doc="Whether rollups close.")


class RollupRow(Record):
    """A rollup; rows are added by count and retired by status."""

    index: int = field("row", "own place in the table")
    identity: int = field("1", "number that no other rollup of any future has: what its chance is drawn by")
    live: int = field("flag", "1 while it runs")
    developer: int = field("row", "its developer; -1 if there is none")
    niche: int = field("code", "Niche")
    framework: int = field("code", "Framework")
    birth_day: int = field("day", "day of deployment; negative before launch")
    close_day: int = field("day", "day of closing; -1 while it runs")
    entry_day: int = field("day", "first day it was under observation (0 for those that open with the run)")
    tvl: float = field("USD", "value secured")
    own_size: float = field("1", "log of its own size: what it would hold where all is usual")
    traffic: float = field("share", "its part of the network's transactions: Zipf by rank of value secured, all live ones sum to 1")
    yielded: float = field("USD", "yesterday's fees less the developer's part and depositors' part of charges: what value secured earned")
    messages: int = field("1", "messages its users sent today; zeroed in the morning")
    activity: float = field("1/day", "30-day mean of its messages")
    activity_base: float = field("1/day", "the same when it was 30 days old: growth is measured against it")
    settled: int = field("day", "days for which its developer was paid")
    fee_usd: float = field("USD", "its developer's part of yesterday's rollup fees")
    storage_usd: float = field("USD", "its developer's part of yesterday's storage cost")
    usd: float = field("USD", "its account: capital raised and fees, less bills")
    payroll_usd: float = field("USD/month", "pay of its team")
    aid_usd: float = field("USD", "worth of the fund's grants and of royalties that it brought its developer since its last payday")
    owed_usd: float = field("USD", "bills that could not be paid yet")
    owed_days: float = field("day", "the same in days of its bill")
    profit: float = field("USD/day", "mean of what it earns its developer less all costs")
    licence: int = field("row", "its licence; -1 without")
    carries: int = field("row", "rollup whose innovation it uses; its own row if it built one, -1 without")
    order: int = field("row", "row k of this field is the k-th largest live rollup")


class RollupsState(Record):
    """All rollups together, at yesterday's close (users see this morning's)."""

    count: int = field("1", "rows in use, live or closed")
    live: int = field("1", "live rollups")
    tvl: float = field("USD", "value secured")
    ordered: int = field("1", "entries of `order` in use")
    deployed: int = field("1", "deployed today")
    refused: int = field("1", "deployments refused because the table is full, so far")


class RollupsMetrics(Record):
    """Rollups on a day."""

    rollups_live: float = metric("1", "Live rollups.", better="high", chart=True)
    rollups_deployed: float = metric("1", "Rollups deployed.", better="high", chart=True)
    rollups_closed: float = metric("1", "Rollups closed.", better="low", chart=True)
    rollups_refused: float = metric("1", "Deployments refused so far because the table is full.", better="low", chart=True)
    tvl_usd: float = metric("USD", "Value secured.", better="high", chart=True)


class RollupDraws(Record):
    """Chance of a rollup's day."""

    close: float = draw(0, "whether it closes")
    shock: float = draw(1, "TVL shock")


@rule
def add_rollup(rollups: Rows[RollupRow], network: RollupsState, day: int) -> int:
    """Take the next row for a rollup. Returns its number, or -1 (counted) when the table is full."""
    if network.count >= len(rollups):
        network.refused += 1
        return NONE
    i = network.count
    rollup = rollups[i]
    rollup.index = i
    rollup.identity = i
    rollup.live = 1
    rollup.developer = NONE
    rollup.birth_day = day
    rollup.entry_day = max(day, 0)
    rollup.close_day = NONE
    rollup.carries = NONE
    rollup.licence = NONE
    # Last in the order of size until the next sorting.
    rollups[network.ordered].order = i
    network.ordered += 1
    network.count += 1
    network.live += 1
    return i


@rule
def deploy(
    rollups: Rows[RollupRow],
    network: RollupsState,
    developer: int,
    niche: int,
    framework: int,
    size: float,
    pull: float,
    day: int,
    p: Rollups,
) -> int:
    """A developer's new rollup goes live; `size` is a uniform for its own size. Returns OK or TABLE_FULL.

    `pull` is the log of the value that depositors bring over that size.
    """
    i = add_rollup(rollups, network, day)
    if i < 0:
        return TABLE_FULL
    rollup = rollups[i]
    rollup.identity = compute_identity(developer, day)
    rollup.developer = developer
    rollup.niche = niche
    rollup.framework = framework
    own_size = lognormal(size, p.tvl_median_usd, p.tvl_sigma)
    rollup.own_size = safe_log(own_size)
    rollup.tvl = own_size * safe_exp(pull)
    network.tvl += rollup.tvl
    network.deployed += 1
    return OK


@rule
def close_rollup(rollup: RollupRow, network: RollupsState, day: int) -> None:
    """A rollup stops for good; its value leaves."""
    rollup.live = 0
    rollup.close_day = day
    rollup.tvl = 0.0
    rollup.traffic = 0.0
    rollup.fee_usd = 0.0
    network.live -= 1


@rule
def scale_tvl(rollups: Rows[RollupRow], count: int, total: float) -> None:
    """Scale the opening values so that they sum, in the order of rows, to `total` exactly."""
    drawn = 0.0
    for i in range(count):
        drawn += rollups[i].tvl
    placed = 0.0
    for i in range(count):
        rollups[i].tvl = rollups[i].tvl / drawn * total if i < count - 1 else total - placed
        rollups[i].own_size = safe_log(rollups[i].tvl)
        placed += rollups[i].tvl


@rule
def sum_tvl(rollups: Rows[RollupRow], count: int) -> float:
    """Value secured by all live rollups."""
    total = 0.0
    for i in range(count):
        if rollups[i].live == 1:
            total += rollups[i].tvl
    return total


@rule
def _keep_live(rollups: Rows[RollupRow], network: RollupsState) -> None:
    """Keep the order without the closed ones."""
    kept = 0
    for k in range(network.ordered):
        i = rollups[k].order
        if rollups[i].live == 1:
            rollups[kept].order = i
            kept += 1
    network.ordered = kept


@rule
def _sort_order(rollups: Rows[RollupRow], count: int) -> None:
    """Insertion sort by value secured, largest first: the order hardly changes from day to day, so it is linear."""
    for k in range(1, count):
        moving = rollups[k].order
        tvl = rollups[moving].tvl
        j = k - 1
        while j >= 0 and rollups[rollups[j].order].tvl < tvl:
            rollups[j + 1].order = rollups[j].order
            j -= 1
        rollups[j + 1].order = moving


@rule
def compute_rank(rollups: Rows[RollupRow], count: int, tvl: float) -> float:
    """Rank of a size among the ordered rollups, itself one of them: 1 is the largest, equals share their places.

    Each one counts by the fourth power of how much larger it is (at 1.5 times the size, 5 to 1), so that traffic does
    not jump when one overtakes another.
    """
    # One half here and one half from its own comparison with itself make the first place.
    rank = 0.5
    own = max(tvl, LEAST_USD)
    for k in range(count):
        ratio = own / max(rollups[rollups[k].order].tvl, LEAST_USD)
        square = ratio * ratio
        rank += 1.0 / (1.0 + square * square)
    return rank


@rule
def share_traffic(rollups: Rows[RollupRow], network: RollupsState, zipf: float) -> None:
    """Give every live rollup its part of the transactions: 1 / rank^zipf by value secured, all summing to 1."""
    _keep_live(rollups, network)
    _sort_order(rollups, network.ordered)
    total = 0.0
    for k in range(network.ordered):
        rollup = rollups[rollups[k].order]
        rollup.traffic = power(compute_rank(rollups, network.ordered, rollup.tvl), -zipf)
        total += rollup.traffic
    for k in range(network.ordered):
        rollups[rollups[k].order].traffic /= total


@rule
def compute_own_concentration(rollups: Rows[RollupRow], network: RollupsState) -> float:
    """Sum of squared traffic shares of live rollups."""
    squares = 0.0
    for k in range(network.ordered):
        traffic = rollups[rollups[k].order].traffic
        squares += traffic * traffic
    return squares


@rule
def measure_network(network: RollupsState, today: RollupsMetrics) -> None:
    """Record the state of all rollups and start counting tomorrow's births."""
    today.rollups_live = float(network.live)
    today.rollups_deployed = float(network.deployed)
    today.rollups_refused = float(network.refused)
    today.tvl_usd = network.tvl
    network.deployed = 0
