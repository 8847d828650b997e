"""What it costs to corrupt the guardians and what it would bring (MODEL 10, ECONOMY 11).

A quorum of guardian stake can halt the snapshots (a third) or forge them (two thirds). Four routes lead to it: buy the
stake, borrow it, bribe those who hold it, or collude as them. All are valued at the day's price; the cheapest counts.
"""

import math

from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR, HOURS_A_DAY
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, field, metric, parameter, switch
from metalab.protocol.kernel.units import clip, safe_exp, to_count
from metalab.protocol.security.slashing import Docket, Offence, Slashing, compute_penalty
from metalab.protocol.staking.staking import NodeRow, is_bonded

SMALL = 1e-3
"""Impact below which the series is more exact than the formula: numerics, not a rule."""
LARGEST_IMPACT = 20.0
"""Largest log impact, a price e^20 times higher: keeps the formula finite, not a rule."""


class Corruption(Record):
    """The terms of an attack."""

    halt_quorum: float = parameter(
        1.0 / 3.0, 0.05, 1.0, unit="share", source="MODEL 10", owner="team", doc="Part of guardian stake that can halt snapshots."
    )
    forge_quorum: float = parameter(
        2.0 / 3.0, 0.05, 1.0, unit="share", source="MODEL 6", owner="team", doc="Part of guardian stake that can forge snapshots."
    )
    extract_share: float = parameter(
        0.02, 0.0, 1.0, unit="share", source="ECONOMY 11", owner="nature", doc="Most of the reachable value that a forgery extracts."
    )
    rate_limit: float = parameter(
        0.02, 0.0, 1.0, unit="share/h", source="assumed (ECONOMY 11 has the rule, no number)", owner="dao",
        doc="Part of the reachable value that may leave in an hour.",
    )  # fmt: skip
    concentrated: int = switch(
        False, source="assumed", owner="nature",
        doc="Who buys or borrows bonds all of it as one operator, which the correlation penalty spares (ECONOMY 10).",
    )  # fmt: skip
    crash: float = parameter(
        0.5, 0.0, 0.95, unit="share", source="assumed", owner="nature", doc="Fall of the token's price after a forgery."
    )
    lendable: float = parameter(
        0.05, 0.0, 1.0, unit="share", source="assumed", owner="nature", doc="Part of the market float that can be borrowed."
    )
    borrow_rate: float = parameter(0.30, 0.0, 5.0, unit="1/year", source="assumed", owner="nature", doc="Interest on borrowed tokens.")
    borrow_days: float = parameter(
        28.0, 0.0, 365.0, unit="day", source="assumed (bonding and unbonding)", owner="nature", doc="How long they are borrowed for."
    )
    bribe_premium: float = parameter(
        0.2, 0.0, 10.0, unit="share", source="assumed", owner="behaviour", doc="What the bribed ask beyond the stake they lose."
    )
    income_years: float = parameter(
        2.0, 0.0, 20.0, unit="year", source="assumed", owner="behaviour", doc="Years of yield that colluding operators give up."
    )


class CorruptionMetrics(Record):
    """Security of the guardians' stake on a day."""

    cost_of_corruption_usd: float = metric("USD", "Cost of forging by the cheapest route.", better="high", chart=True)
    profit_from_corruption_usd: float = metric("USD", "What a forgery could extract.", better="low", chart=True)
    cost_halt_usd: float = metric("USD", "Cost of halting by the cheapest route.", better="high", chart=True)
    cost_buy_usd: float = metric("USD", "Cost of forging with bought stake, its price impact included.", chart=True)
    cost_borrow_usd: float = metric("USD", "Cost of forging with stake borrowed as far as possible.", chart=True)
    cost_bribe_usd: float = metric("USD", "Cost of forging by bribing those who hold the stake.", chart=True)
    flow_shortfall_usd: float = metric(
        "USD", "What a forgery brings beyond what slashing takes back and guardians earn while it is unseen.", better="low", chart=True
    )
    cost_collude_usd: float = metric("USD", "Cost of forging to those who hold the stake.", chart=True)


class Terms(Record):
    """What the cost depends on besides the rules, on one day."""

    at_stake: float = field("ERA", "slashable stake of the guardians")
    price: float = field("USD", "price")
    slash: float = field("share", "part of the stake that a forgery loses when many lose it")
    slash_alone: float = field("share", "the same for one operator")
    volume: float = field("ERA", "daily volume")
    scale: float = field("1", "return that an order of one daily volume makes, Y s")
    lendable: float = field("ERA", "tokens that can be borrowed")
    income: float = field("1/year", "net yield of guardians")


class CorruptionState(Record):
    """What the day's figures were computed from."""

    docket: Docket
    terms: Terms
    cost_usd: float = field("USD", "cost of forging on the last finished day")
    profit_usd: float = field("USD", "what a forgery could extract then")


@rule
def count_guardians(docket: Docket, nodes: Rows[NodeRow], tier: int, quorum: float) -> None:
    """The docket of a forgery: a quorum of the tier's stake is slashed, with the largest operator among them."""
    docket.nodes = 0
    docket.total = 0
    docket.largest = 0
    for i in range(len(nodes)):
        node = nodes[i]
        if node.tier == tier and is_bonded(node):
            docket.nodes += 1
            docket.total += node.stake
            docket.largest = max(docket.largest, node.stake)
    docket.slashed = to_count(docket.total * quorum)
    # The largest may hold more than a quorum by itself.
    docket.largest = min(docket.largest, docket.slashed)
    # Offenders are whole nodes, to the nearest.
    docket.offenders = to_count(docket.nodes * quorum + 0.5)
    docket.offline = 0


@rule
def compute_joint_penalty(docket: Docket, p: Slashing) -> float:
    """Part of the stake that each loses when a quorum equivocates together, under the schedule in force."""
    # No priors: a first offence of everybody.
    return compute_penalty(p, docket, Offence.EQUIVOCATION, 0)


@rule
def compute_mark_up(impact: float) -> float:
    """Mean price paid over the price before, for an order that ends `impact` higher in log by the square-root law.

    The integral of exp(a sqrt(z)) over z in 0..1 is 2 ((a - 1) e^a + 1) / a^2; near 0 its series 1 + 2 a / 3 + a^2 / 4.
    """
    a = clip(impact, 0.0, LARGEST_IMPACT)
    if a < SMALL:
        return 1.0 + 2.0 * a / 3.0 + a * a / 4.0
    return 2.0 * ((a - 1.0) * safe_exp(a) + 1.0) / (a * a)


@rule
def compute_buying(amount: float, t: Terms, p: Corruption) -> float:
    """USD to buy `amount` ERA and lose them but for what is not slashed, sold after the crash."""
    if not amount > 0.0:
        return 0.0
    # Without a market nobody sells: the largest impact stands for a price that cannot be paid.
    impact = t.scale * math.sqrt(amount / t.volume) if t.volume > 0.0 else LARGEST_IMPACT
    slash = t.slash_alone if p.concentrated == 1 else t.slash
    return amount * t.price * (compute_mark_up(impact) - (1.0 - slash) * (1.0 - p.crash))


@rule
def compute_borrowing(amount: float, t: Terms, p: Corruption) -> float:
    """The same with borrowed ERA: interest, and what is slashed is bought back after the crash; what cannot be borrowed is bought."""
    borrowed = min(max(amount, 0.0), t.lendable)
    slash = t.slash_alone if p.concentrated == 1 else t.slash
    interest = p.borrow_rate * p.borrow_days / DAYS_A_YEAR
    return borrowed * t.price * (slash * (1.0 - p.crash) + interest) + compute_buying(amount - borrowed, t, p)


@rule
def compute_bribing(amount: float, t: Terms, p: Corruption) -> float:
    """USD to make the holders of `amount` ERA give up what is slashed."""
    return amount * t.price * t.slash * (1.0 + p.bribe_premium)


@rule
def compute_colluding(amount: float, t: Terms, p: Corruption) -> float:
    """What the holders of `amount` ERA lose by an attack of their own: what is slashed and the yield of years."""
    # Giving up a loss costs nothing.
    return amount * t.price * (t.slash + max(t.income, 0.0) * p.income_years)


@rule
def compute_cheapest(amount: float, t: Terms, p: Corruption) -> float:
    """Cost of the cheapest route to `amount` ERA of guardian stake."""
    bought = min(compute_buying(amount, t, p), compute_borrowing(amount, t, p))
    held = min(compute_bribing(amount, t, p), compute_colluding(amount, t, p))
    return min(bought, held)


@rule
def compute_profit(reachable: float, detection_hours: float, p: Corruption) -> float:
    """What a forgery extracts of the value in reach: min(2 %, rate limit x detection time) (ECONOMY 11)."""
    return reachable * min(p.extract_share, p.rate_limit * max(detection_hours, 0.0), 1.0)


@rule
def compute_flow_shortfall(profit: float, detection_hours: float, t: Terms) -> float:
    """The flow condition: income while unseen has to outweigh what slashing leaves of the profit (Budish 2018)."""
    earned = max(t.income, 0.0) * t.at_stake * t.price * detection_hours / HOURS_A_DAY / DAYS_A_YEAR
    return max(profit * (1.0 - t.slash) - earned, 0.0)


@rule
def measure_corruption(t: Terms, p: Corruption, today: CorruptionMetrics) -> None:
    """Record the cost of every route to a quorum that forges, and of halting."""
    quorum = p.forge_quorum * t.at_stake
    today.cost_buy_usd = compute_buying(quorum, t, p)
    today.cost_borrow_usd = compute_borrowing(quorum, t, p)
    today.cost_bribe_usd = compute_bribing(quorum, t, p)
    today.cost_collude_usd = compute_colluding(quorum, t, p)
    today.cost_of_corruption_usd = compute_cheapest(quorum, t, p)
    today.cost_halt_usd = compute_cheapest(p.halt_quorum * t.at_stake, t, p)
