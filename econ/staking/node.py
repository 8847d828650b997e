"""Node operators: enter, pay their bills, top up, change tier, leave (ECONOMY 6-9).

Capital is USD, yields are measured in ERA. All decisions use the tier's pot, stake and active hours at yesterday's close.
"""

from typing import NamedTuple

from metalab.econ.market.exchange import Exchange, ExchangeState, order_buy_for_cash, order_sell_for_cash
from metalab.econ.market.market import MarketState
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR, MONTHS_A_YEAR
from metalab.protocol.kernel.codes import CHURN_LIMIT, OK, TIERS, NodeStatus, Tier
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, draw, parameter
from metalab.protocol.kernel.units import to_count, to_era, to_uera, to_usd
from metalab.protocol.market.ledger import pay_cash, receive_cash
from metalab.protocol.staking.journal import JournalRow
from metalab.protocol.staking.staking import (
    NodeRow,
    Staking,
    StakingState,
    bond,
    can_enter,
    check_move,
    is_bonded,
    migrate,
    queue_exit,
    release,
    unbond,
    withdraw,
)

CHANGE = 1.0 + 1e-9
"""A little more money than the order is worth, against rounding."""


class Operators(Record):
    """How node operators decide. Vectors are in the order of `Tier`."""

    capital_price: float = parameter(
        1.545,
        0.01,
        100.0,
        unit="USD",
        source="ECONOMY 6 (P_ref, ECONOMY 13)",
        owner="behaviour",
        doc="Price at which capital is the minimum stake.",
    )
    capital_alpha: float = parameter(1.3, 0.5, 5.0, unit="1", source="ECONOMY 6", owner="behaviour", doc="Pareto exponent of capital.")
    capital_cap: float = parameter(
        10.0, 1.0, 1000.0, unit="1", source="ECONOMY 6", owner="behaviour", doc="Capital, at most this many minimum stakes."
    )
    reservation: float = parameter(0.08, 0.04, 0.15, unit="1/year", source="ECONOMY 7", owner="behaviour", doc="Median reservation yield.")
    reservation_sigma: float = parameter(0.4, 0.0, 1.5, unit="1", source="ECONOMY 7", owner="behaviour", doc="Its spread (log).")
    cost_month: list[float] = parameter(
        (300.0, 60.0, 450.0), 0.0, 2000.0, unit="USD/month", source="ECONOMY 8", owner="behaviour", doc="Operating cost; flex: on standby."
    )
    cost_hour: float = parameter(
        0.33, 0.0, 5.0, unit="USD/h", source="ECONOMY 8", owner="behaviour", doc="Cost of an active hour of a flex node."
    )
    cost_sigma: float = parameter(0.3, 0.0, 1.5, unit="1", source="ECONOMY 8", owner="behaviour", doc="Spread of costs (log).")
    illiquidity: float = parameter(
        0.02, 0.0, 0.2, unit="1/year", source="ECONOMY 7", owner="behaviour", doc="Yield asked for `illiquidity_days` of unbonding."
    )
    illiquidity_days: float = parameter(
        14.0, 1.0, 365.0, unit="day", source="ECONOMY 7", owner="behaviour", doc="Days of unbonding that `illiquidity` is asked for."
    )
    memory_days: float = parameter(
        30.0, 1.0, 365.0, unit="day", source="ECONOMY 19", owner="behaviour", doc="Days of the means of pots and active hours."
    )
    loss_days: float = parameter(
        365.0, 1.0, 3_650.0, unit="day", source="assumed", owner="behaviour", doc="Days of the mean of what slashing costs a tier."
    )
    drift_weight: float = parameter(
        0.0, 0.0, 0.2, unit="1", source="ECONOMY 7", owner="behaviour", doc="Weight of price drift in the yield."
    )
    entry_stake: float = parameter(
        2.0, 1.0, 16.0, unit="1", source="assumed", owner="behaviour",
        doc="Stake a candidate means to enter with, in minimum stakes of the tier, if it can afford it.",
    )  # fmt: skip
    enter_days: int = parameter(21, 1, 365, unit="day", source="ECONOMY 7", owner="behaviour", doc="Patience before entering.")
    exit_days: int = parameter(30, 1, 365, unit="day", source="ECONOMY 7", owner="behaviour", doc="Patience before leaving.")
    exit_share: float = parameter(
        0.5, 0.0, 1.0, unit="share", source="ECONOMY 7", owner="behaviour", doc="Part of the reservation below which it leaves."
    )
    act: float = parameter(
        1.0 / 7.0, 0.001, 1.0, unit="1/day", source="ECONOMY 7", owner="behaviour", doc="Chance to act once patience is over."
    )
    review: float = parameter(1.0 / 30.0, 0.0, 1.0, unit="1/day", source="ECONOMY 6", owner="behaviour", doc="Chance to compare tiers.")
    move_gain: float = parameter(
        0.02, 0.0, 0.5, unit="1/year", source="ECONOMY 6", owner="behaviour", doc="Gain in yield that makes it move."
    )
    top_up: float = parameter(1.0 / 14.0, 0.0, 1.0, unit="1/day", source="ECONOMY 6", owner="behaviour", doc="Chance to top up.")
    top_up_step: float = parameter(0.15, 0.0, 1.0, unit="share", source="ECONOMY 6", owner="behaviour", doc="Top-up relative to stake.")
    top_up_margin: float = parameter(
        1.2, 1.0, 5.0, unit="1", source="ECONOMY 6", owner="behaviour", doc="Yield over reservation for a top-up."
    )
    volume_share: float = parameter(
        0.005, 0.0, 0.1, unit="share", source="ECONOMY 6", owner="behaviour",
        doc="What it buys at once, topping up or beyond the minimum at entry: at most this part of mean volume.",
    )  # fmt: skip
    exit_sale: float = parameter(0.7, 0.0, 1.0, unit="share", source="ECONOMY 7", owner="behaviour", doc="Sold after unbonding.")


class NodeDraws(Record):
    """Chance of a node's day."""

    act: float = draw(0, "whether it acts on its patience")
    review: float = draw(1, "whether it compares tiers")
    top_up: float = draw(2, "whether it tops up")


class NodeContext(NamedTuple):
    """What surrounds a node on a day: rules, markets, pots."""

    p: Operators
    staking: Staking
    state: StakingState
    market: MarketState
    desk: ExchangeState
    pots: Pots
    exchange: Exchange
    journal: Rows[JournalRow]
    day: int


@rule
def compute_cost(node: NodeRow, p: Operators, tier: int, hours: float) -> float:
    """Operating cost in USD a year in a tier; `hours` are active hours a day (flex only)."""
    cost = p.cost_month[tier] * MONTHS_A_YEAR
    if tier == Tier.FLEX:
        cost += p.cost_hour * hours * DAYS_A_YEAR
    return cost * node.cost_factor


@rule
def compute_yield(
    node: NodeRow, p: Operators, staking: Staking, state: StakingState, market: MarketState, tier: int, stake: int, is_new: bool
) -> float:
    """Net yield a year of `stake` uERA in a tier (ECONOMY 7): 365 pot / (S + own) - cost / (P stake) - slash - illiquidity.

    Stake above the cap bears nothing. Of a node already in the tier, its own stake is part of S.
    """
    earning = min(stake, staking.stake_cap * staking.minimum[tier])
    others = state.earning[tier] + (earning if is_new else 0)
    # At least its own stake, and 1 ERA for a tier in which nothing earns.
    gross = DAYS_A_YEAR * state.pot_mean[tier] / max(to_era(others), to_era(earning), 1.0)
    cost = compute_cost(node, p, tier, state.hours_mean) / max(to_usd(stake, market.price_mean), 1e-9)
    wait = p.illiquidity * staking.unbonding_days / p.illiquidity_days
    drift = p.drift_weight * DAYS_A_YEAR * market.momentum
    return gross * earning / max(stake, 1) - cost - state.slash_mean[tier] - wait + drift


@rule
def compute_own_yield(node: NodeRow, p: Operators, staking: Staking, state: StakingState, market: MarketState) -> float:
    """Net yield where it is."""
    # Slashed below the minimum, it judges the tier by the stake it would have once restored.
    stake = max(node.stake, staking.minimum[node.tier])
    return compute_yield(node, p, staking, state, market, node.tier, stake, False)


@rule
def compute_capacity(node: NodeRow, market: MarketState) -> int:
    """The stake its capital is worth at the mean price, in uERA."""
    return to_uera(node.capital, market.price_mean)


@rule
def plan_stake(node: NodeRow, p: Operators, staking: Staking, market: MarketState, tier: int) -> int:
    """The stake a candidate means to enter a tier with: what it can afford up to the cap, bought without moving the market.

    Valuing entry at the bare minimum would let fixed costs keep out everybody who could pay for more.
    """
    minimum = staking.minimum[tier]
    most = min(compute_capacity(node, market), to_count(min(p.entry_stake, float(staking.stake_cap)) * minimum))
    return max(minimum, min(most, minimum + to_count(p.volume_share * market.volume_mean * 1e6)))


@rule
def pay_bills(node: NodeRow, w: NodeContext) -> None:
    """Operating cost of the day, out of sold rewards, then out of the owner's own money."""
    if not is_bonded(node):
        return
    cost = compute_cost(node, w.p, node.tier, node.active_hours) / DAYS_A_YEAR
    price = w.market.price
    if node.usd < cost and node.balance > 0:
        # One uERA more, because the amount is rounded down.
        amount = min(to_uera((cost - node.usd) * CHANGE, price) + 1, node.balance)
        order_sell_for_cash(node, w.desk, w.pots, amount, price)
    if node.usd < cost:
        receive_cash(node, w.pots, cost - node.usd)
    pay_cash(node, w.pots, min(cost, node.usd))
    w.state.cost_usd[node.tier] += cost


@rule
def buy_missing(node: NodeRow, w: NodeContext, amount: int) -> None:
    """Bring liquid tokens up to `amount` with money brought along."""
    missing = amount - node.balance
    if missing > 0:
        money = to_usd(missing, w.market.price) * CHANGE
        if node.usd < money:
            receive_cash(node, w.pots, money - node.usd)
        order_buy_for_cash(node, w.desk, w.pots, w.exchange, missing, w.market.price)


@rule
def buy_stake(node: NodeRow, w: NodeContext, amount: int) -> int:
    """Buy what is missing to bond `amount` more and bond it, less where the market cannot fill the order; OK or a refusal."""
    buy_missing(node, w, amount)
    return bond(node, w.pots, w.state, w.staking, min(amount, node.balance), w.day, w.journal)


@rule
def collect_release(node: NodeRow, w: NodeContext) -> None:
    """Take what has unbonded and sell a part of it."""
    freed = node.unbonding
    if freed > 0 and w.day >= node.release_day:
        release(node, w.pots, w.state, w.day, w.journal)
        order_sell_for_cash(node, w.desk, w.pots, to_count(freed * w.p.exit_sale), w.market.price)


@rule
def consider_entry(node: NodeRow, d: NodeDraws, w: NodeContext) -> None:
    """Enter after the yield was above the reservation for a while, if it can afford the stake."""
    p = w.p
    if d.review < p.review:
        settle_on_tier(node, w)
    stake = plan_stake(node, p, w.staking, w.market, node.tier)
    value = compute_yield(node, p, w.staking, w.state, w.market, node.tier, stake, True)
    node.enter_days = node.enter_days + 1 if value > node.reservation else 0
    if node.enter_days < p.enter_days or d.act >= p.act or compute_capacity(node, w.market) < stake:
        return
    if can_enter(w.state, w.staking, node.tier) and buy_stake(node, w, stake) == OK:
        node.exit_days = 0


@rule
def compute_offer(node: NodeRow, w: NodeContext, tier: int) -> float:
    """Net yield of another tier after its own entry, with the stake it has or, not bonded, the stake it means to bring."""
    stake = plan_stake(node, w.p, w.staking, w.market, tier)
    if node.stake > 0:
        stake = min(max(node.stake, w.staking.minimum[tier]), w.staking.stake_cap * w.staking.minimum[tier])
    return compute_yield(node, w.p, w.staking, w.state, w.market, tier, stake, True)


@rule
def find_better(node: NodeRow, w: NodeContext, here: float) -> int:
    """The affordable tier whose yield after own entry is most above `here` by more than the gain it asks; -1 if none."""
    best = -1
    most = here + w.p.move_gain
    affordable = max(compute_capacity(node, w.market), node.stake)
    for tier in range(TIERS):
        if tier != node.tier and affordable >= w.staking.minimum[tier]:
            value = compute_offer(node, w, tier)
            if value > most:
                best = tier
                most = value
    return best


@rule
def settle_on_tier(node: NodeRow, w: NodeContext) -> None:
    """A candidate compares tiers and turns to a better one."""
    better = find_better(node, w, compute_offer(node, w, node.tier))
    if better >= 0:
        node.tier = better
        node.enter_days = 0


@rule
def try_move(node: NodeRow, w: NodeContext) -> None:
    """Go to the tier it wants, adding the stake it lacks and withdrawing what would bear nothing there; waits when full."""
    tier = node.target - 1
    if check_move(node, w.state, w.staking, tier) != OK:
        return
    missing = w.staking.minimum[tier] - node.stake
    if missing > 0:
        buy_stake(node, w, missing)
    if migrate(node, w.state, w.staking, tier) == OK:
        node.exit_days = 0
        spare = node.stake - w.staking.stake_cap * w.staking.minimum[tier]
        if spare > 0:
            withdraw(node, w.pots, w.state, w.staking, spare, w.day, w.journal)


@rule
def top_up(node: NodeRow, w: NodeContext) -> None:
    """One step towards the capacity and the cap; purchases are bounded by a part of the mean volume."""
    limit = min(compute_capacity(node, w.market), w.staking.stake_cap * w.staking.minimum[node.tier])
    amount = min(to_count(node.stake * w.p.top_up_step), limit - node.stake)
    amount = min(amount, node.balance + to_count(w.p.volume_share * w.market.volume_mean * 1e6))
    if amount > 0:
        buy_stake(node, w, amount)


@rule
def leave(node: NodeRow, w: NodeContext) -> None:
    """Begin to leave, or queue for it."""
    if unbond(node, w.pots, w.state, w.staking, w.day, w.journal) == CHURN_LIMIT:
        queue_exit(node, w.state)
    node.enter_days = 0


@rule
def mend(node: NodeRow, w: NodeContext, is_worth: bool) -> None:
    """Slashed below the minimum, a node restores its stake if that pays and it can, else it leaves."""
    minimum = w.staking.minimum[node.tier]
    if is_worth and max(compute_capacity(node, w.market), node.stake + node.balance) >= minimum:
        buy_stake(node, w, minimum - node.stake)
    else:
        leave(node, w)


@rule
def consider_staying(node: NodeRow, d: NodeDraws, w: NodeContext) -> None:
    """A bonded node leaves, mends its stake, moves or tops up."""
    p = w.p
    here = compute_own_yield(node, p, w.staking, w.state, w.market)
    floor = p.exit_share * node.reservation
    node.exit_days = node.exit_days + 1 if here < floor else 0
    # Who stands in the exit queue goes on with it, whatever today's yield.
    if node.ticket > 0 or (node.exit_days >= p.exit_days and d.act < p.act):
        leave(node, w)
        return
    if node.stake < w.staking.minimum[node.tier]:
        mend(node, w, here >= floor)
        return
    if d.review < p.review:
        node.target = find_better(node, w, here) + 1
    if node.target > 0:
        try_move(node, w)
    elif d.top_up < p.top_up and here > p.top_up_margin * node.reservation:
        top_up(node, w)


@rule
def node_day(node: NodeRow, d: NodeDraws, w: NodeContext) -> None:
    """One day of a node operator. Protocol-run nodes only pay their bills."""
    pay_bills(node, w)
    if node.protocol_run == 1:
        return
    # Before its status is asked: a release can make it a candidate again.
    collect_release(node, w)
    if node.status == NodeStatus.CANDIDATE:
        consider_entry(node, d, w)
    elif is_bonded(node):
        consider_staying(node, d, w)
