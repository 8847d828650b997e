"""Flows of policy: money from a source to a destination, by share, rate or schedule, day by day.

What the protocol does with its money by rule (the split of revenue, growth share, budgets) is listed in `econ/policy/flow_table.py`;
the flows here are what a scenario or a vote adds to it. A flow takes its part of a source's day before the source's own rule divides
what is left. Rows are taken in order, which is also the order within a day, and never given back: the table is the history of flows.
"""

from enum import IntEnum
from typing import Final, NamedTuple

from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.codes import INVALID_AMOUNT, OK, OUT_OF_BOUNDS, TABLE_FULL, UNKNOWN_TARGET
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, field, metric, parameter
from metalab.protocol.kernel.units import BPS, take_bps, to_count, to_uera
from metalab.protocol.policy.changes import UNUSED
from metalab.protocol.policy.conditions import ConditionRow, holds


class FlowSource(IntEnum):
    """What a flow is taken from: parts of a day's fees, other inflows of a day, accounts in ERA, accounts in USD."""

    MESSAGES = 0
    VERIFICATION = 1
    SECURITY = 2
    CONNECTORS = 3
    REVENUE = 4
    CONGESTION = 5
    PENALTIES = 6
    ISSUANCE = 7
    TREASURY = 8
    INSURANCE = 9
    RESERVE = 10
    FUND = 11
    RESERVE_USD = 12


class FlowTarget(IntEnum):
    """Where a flow goes: pots that are paid out by their rules, accounts, nobody (burn), or an order at the market."""

    CORE = 0
    FLEX = 1
    GUARDIAN = 2
    DEVELOPERS = 3
    USERS = 4
    DELEGATES = 5
    LOCKERS = 6
    TREASURY = 7
    INSURANCE = 8
    RESERVE = 9
    BURN = 10
    SWAP = 11
    BUY_BURN = 12
    BUY_HOLD = 13
    BUY_DISTRIBUTE = 14


LAST_FEE: Final = int(FlowSource.REVENUE)
"""Sources up to here are parts of the day's fees, or all of them."""
LAST_INFLOW: Final = int(FlowSource.ISSUANCE)
"""Sources up to here are inflows of a day, of which a flow can take a share."""
FIRST_MONEY: Final = int(FlowSource.FUND)
"""Sources from here on are accounts in USD."""
FIRST_ORDER: Final = int(FlowTarget.SWAP)
"""Destinations from here on are orders at the market."""
FIRST_BUY: Final = int(FlowTarget.BUY_BURN)
"""Destinations from here on are orders to buy: what only USD can pay."""
PENALTIES: Final = int(FlowSource.PENALTIES)
BURN: Final = int(FlowTarget.BURN)
"""Plain integers for rules."""
OPEN_END: Final = -1
"""`end` of a flow that goes on."""
ALWAYS: Final = -1
"""`condition` of a flow that has none."""
LARGEST_AMOUNT: Final = 10**15
"""uERA a day: all there is."""


class Flows(Record):
    """Rules of what flows pay out, and what the DAO opens with in USD."""

    reserve_usd: float = parameter(
        0.0,
        0.0,
        1e9,
        unit="USD",
        source="chosen, because none is published",
        owner="team",
        doc="Reserve of the DAO in USD at the opening.",
        binds="opening",
    )
    pay_days: int = parameter(
        30,
        1,
        365,
        unit="day",
        source="assumed (delegates are paid by the month)",
        owner="dao",
        doc="Days between two payments to delegates.",
    )
    ballot_minimum: int = parameter(
        10_000, 0, 10_000_000, unit="ERA", source="assumed", owner="dao",
        doc="Tokens behind a ballot, own and delegated ones, from which on it is paid.",
    )  # fmt: skip


class FlowsState(Record):
    """What the flows leave to be known tomorrow."""

    kept: float = field("share", "of revenue that flows leave to the split, mean")
    returned_usd: float = field("USD/year", "of revenue that flows pay to stakers, to lockers, or burn, mean")
    paid_day: int = field("day", "when delegates were paid last")
    ballots: int = field("1", "ballots cast since then that will be paid")
    ballot_pay: int = field("uERA", "what the last payment gave for a ballot")
    locker_pay: float = field("ERA/day", "paid to lockers, mean")


class FlowsMetrics(Record):
    """Flows of policy on a day; those that the protocol has by rule have metrics of their own."""

    flows_paid_era: float = metric("ERA", "Moved by flows of policy, what they bought and sold included.", chart=True)
    flows_missed_era: float = metric("ERA", "Due by flows of policy and not moved: no money, or beyond the bound of an order.", chart=True)
    bought_back_era: float = metric("ERA", "Bought on the market by flows of policy.", chart=True)
    bought_back_usd: float = metric("USD", "Spent by flows of policy on the market.", chart=True)
    swapped_usd: float = metric("USD", "Brought in by flows of policy that sell tokens for the DAO's reserve.", chart=True)
    dao_reserve_era: float = metric("ERA", "Reserve of the protocol in tokens; it does not circulate.", chart=True)
    dao_reserve_usd: float = metric("USD", "Reserve of the DAO in USD.", chart=True)
    delegate_pay_era: float = metric("ERA", "Paid to voters for ballots cast.", chart=True)
    locker_pay_era: float = metric("ERA", "Paid to voters for locked tokens.", chart=True)


class FlowRow(Record):
    """A flow. One of `share_bps`, `amount`, `usd_a_day` and `yearly` is above 0 and says how much; unused rows have day -1."""

    day: int = field("day", "first day")
    end: int = field("day", "first day on which it is over; -1: it goes on")
    name: int = field("1", "number of its name")
    source: int = field("code", "FlowSource")
    target: int = field("code", "FlowTarget")
    share_bps: int = field("bps", "of the source's inflow of the day")
    amount: int = field("uERA", "a day")
    usd_a_day: float = field("USD", "in tokens at the day's price where the source holds ERA")
    yearly: float = field("1/year", "of what the source holds")
    volume_share: float = field("share", "of the mean daily volume that an order may have; 0 where there is none")
    condition: int = field("row", "condition under which it is on; -1: always")
    proposal: int = field("row", "proposal that decided it; -1: planned")
    paid: int = field("uERA", "moved so far")
    paid_usd: float = field("USD", "spent or brought in so far by its orders")
    missed: int = field("uERA", "due and not moved so far, at the price of its day")


class FlowTerms(NamedTuple):
    """What a flow is, apart from when."""

    name: int
    source: int
    target: int
    share_bps: int
    amount: int
    usd: float
    yearly: float
    volume_share: float


@rule
def count_flows(flows: Rows[FlowRow]) -> int:
    """Rows in use; len(flows) when the table is full."""
    row = 0
    while row < len(flows) and flows[row].day != UNUSED:
        row += 1
    return row


@rule
def is_flow_on(row: FlowRow, conditions: Rows[ConditionRow], day: int) -> bool:
    """Whether a flow flows today."""
    if row.day == UNUSED or row.day > day or (row.end != OPEN_END and day >= row.end):
        return False
    return holds(conditions, row.condition)


@rule
def count_measures(terms: FlowTerms) -> int:
    """How many of its measures are set; a flow has one."""
    found = 1 if terms.share_bps != 0 else 0
    found += 1 if terms.amount != 0 else 0
    found += 1 if terms.usd != 0.0 else 0
    found += 1 if terms.yearly != 0.0 else 0
    return found


@rule
def check_measure(terms: FlowTerms) -> int:
    """OK, INVALID_AMOUNT (none, two, or out of range) or OUT_OF_BOUNDS (one that the source cannot have)."""
    is_range = (
        0 <= terms.share_bps <= BPS and 0 <= terms.amount <= LARGEST_AMOUNT and terms.usd >= 0.0 and 0.0 <= terms.yearly <= DAYS_A_YEAR
    )
    # A share of nothing is a flow that moves nothing: allowed, so that a sweep can start at 0.
    if not is_range or count_measures(terms) > 1 or not 0.0 <= terms.volume_share <= 1.0:
        return INVALID_AMOUNT
    is_inflow = terms.source <= LAST_INFLOW
    if (terms.share_bps > 0 and not is_inflow) or (terms.yearly > 0.0 and is_inflow):
        return OUT_OF_BOUNDS
    if terms.amount > 0 and terms.source >= FIRST_MONEY:
        return OUT_OF_BOUNDS
    # Penalties come case by case: only a share of each can be taken.
    if terms.source == FlowSource.PENALTIES and (terms.amount > 0 or terms.usd > 0.0):
        return OUT_OF_BOUNDS
    return OK


@rule
def is_same_account(source: int, target: int) -> bool:
    """Whether a flow would go back to where it came from."""
    if source == FlowSource.TREASURY:
        return target == FlowTarget.TREASURY
    if source == FlowSource.INSURANCE:
        return target == FlowTarget.INSURANCE
    return source == FlowSource.RESERVE and target == FlowTarget.RESERVE


@rule
def check_flow(terms: FlowTerms) -> int:
    """OK, UNKNOWN_TARGET (no such source or destination, or none for this source), INVALID_AMOUNT or OUT_OF_BOUNDS (measure)."""
    if not (FlowSource.MESSAGES <= terms.source <= FlowSource.RESERVE_USD and FlowTarget.CORE <= terms.target <= FlowTarget.BUY_DISTRIBUTE):
        return UNKNOWN_TARGET
    # USD buys, ERA is paid or sold.
    if (terms.source >= FIRST_MONEY) != (terms.target >= FIRST_BUY) or is_same_account(terms.source, terms.target):
        return UNKNOWN_TARGET
    return check_measure(terms)


@rule
def end_flow(flows: Rows[FlowRow], name: int, day: int) -> int:
    """Let the flows of a name end on a day, so that they no longer flow on it. Returns how many there were."""
    found = 0
    for i in range(count_flows(flows)):
        row = flows[i]
        if row.name == name and (row.end == OPEN_END or row.end > day):
            row.end = day
            found += 1
    return found


@rule
def plan_flow(flows: Rows[FlowRow], terms: FlowTerms, day: int, end: int, condition: int, proposal: int) -> int:
    """Write down a flow. Returns OK, UNKNOWN_TARGET, INVALID_AMOUNT (also of its days), OUT_OF_BOUNDS or TABLE_FULL."""
    code = check_flow(terms)
    if code != OK:
        return code
    if day < 0 or (end != OPEN_END and end < day):
        return INVALID_AMOUNT
    at = count_flows(flows)
    if at >= len(flows):
        return TABLE_FULL
    row = flows[at]
    row.day = day
    row.end = end
    row.name = terms.name
    row.source = terms.source
    row.target = terms.target
    row.share_bps = terms.share_bps
    row.amount = terms.amount
    row.usd_a_day = terms.usd
    row.yearly = terms.yearly
    row.volume_share = terms.volume_share
    row.condition = condition
    row.proposal = proposal
    return OK


@rule
def sum_shares(flows: Rows[FlowRow], conditions: Rows[ConditionRow], source: int, day: int) -> int:
    """Shares of a source's inflow that flows take today, in bps; 10,000 at most."""
    total = 0
    for i in range(count_flows(flows)):
        if flows[i].source == source and is_flow_on(flows[i], conditions, day):
            total += flows[i].share_bps
    return min(total, BPS)


@rule
def compute_wanted(row: FlowRow, base: int, price: float) -> int:
    """What a flow asks of its source today in uERA, rounded down. `base` is the day's inflow, or what the account holds."""
    if row.usd_a_day > 0.0:
        return to_uera(row.usd_a_day, price)
    if row.yearly > 0.0:
        return to_count(base * (row.yearly / DAYS_A_YEAR))
    return take_bps(base, row.share_bps) if row.share_bps > 0 else row.amount


@rule
def compute_order(row: FlowRow, volume: float) -> int:
    """The largest order of a flow in uERA, at a mean volume in ERA a day."""
    return to_count(row.volume_share * volume * 1e6)
