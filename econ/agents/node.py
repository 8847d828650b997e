"""Node operators: enter, pay their bills, top up, change tier, leave (ECONOMY 6-9).

Capital is USD, yields are measured in ERA. All decisions use the tier's pot, stake and active hours at yesterday's close.
"""

from econ.exchange import Desk, Exchange, order_buy_for_cash, order_sell_for_cash
from econ.market import Market
from protocol.codes import CHURN_LIMIT, OK, TIERS, Status, Tier
from protocol.compiling import rule
from protocol.declare import Record, Rows, draw, parameter
from protocol.journal import JournalRow
from protocol.ledger.accounts import Pots
from protocol.ledger.market import pay_cash, receive_cash
from protocol.staking import (
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
from protocol.units import to_count, to_era, to_uera, to_usd

YEAR = 365.0
MONTHS = 12.0
FORTNIGHT = 14.0
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
        0.02, 0.0, 0.2, unit="1/year", source="ECONOMY 7", owner="behaviour", doc="Yield asked for 14 days of unbonding."
    )
    drift_weight: float = parameter(
        0.0, 0.0, 0.2, unit="1", source="ECONOMY 7", owner="behaviour", doc="Weight of price drift in the yield."
    )
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
        0.005, 0.0, 0.1, unit="share", source="ECONOMY 6", owner="behaviour", doc="Top-up, at most this part of mean volume."
    )
    exit_sale: float = parameter(0.7, 0.0, 1.0, unit="share", source="ECONOMY 7", owner="behaviour", doc="Sold after unbonding.")


class NodeDraws(Record):
    """Chance of a node's day."""

    act: float = draw(0, "whether it acts on its patience")
    review: float = draw(1, "whether it compares tiers")
    top_up: float = draw(2, "whether it tops up")


@rule
def compute_cost(node: NodeRow, p: Operators, tier: int, hours: float) -> float:
    """Operating cost in USD a year in a tier; `hours` are active hours a day (flex only)."""
    cost = p.cost_month[tier] * MONTHS
    if tier == Tier.FLEX:
        cost += p.cost_hour * hours * YEAR
    return cost * node.cost_factor


@rule
def compute_yield(
    node: NodeRow, p: Operators, staking: Staking, state: StakingState, market: Market, tier: int, stake: int, is_new: bool
) -> float:
    """Net yield a year of `stake` uERA in a tier (ECONOMY 7): 365 pot / (S + own) - cost / (P stake) - slash - illiquidity.

    Stake above the cap bears nothing. Of a node already in the tier, its own stake is part of S.
    """
    earning = min(stake, staking.stake_cap * staking.minimum[tier])
    others = state.earning[tier] + (earning if is_new else 0)
    gross = YEAR * state.pot_mean[tier] / max(to_era(others), to_era(earning), 1.0)
    cost = compute_cost(node, p, tier, state.hours_mean) / max(to_usd(stake, market.price_mean), 1e-9)
    wait = p.illiquidity * staking.unbonding_days / FORTNIGHT
    drift = p.drift_weight * YEAR * market.momentum
    return gross * earning / max(stake, 1) - cost - state.slash_mean[tier] - wait + drift


@rule
def compute_own_yield(node: NodeRow, p: Operators, staking: Staking, state: StakingState, market: Market) -> float:
    """Net yield where it is."""
    stake = max(node.stake, staking.minimum[node.tier])
    return compute_yield(node, p, staking, state, market, node.tier, stake, False)


@rule
def compute_capacity(node: NodeRow, market: Market) -> int:
    """The stake its capital is worth at the mean price, in uERA."""
    return to_uera(node.capital, market.price_mean)


@rule
def pay_bills(node: NodeRow, p: Operators, state: StakingState, market: Market, desk: Desk, pots: Pots) -> None:
    """Operating cost of the day, out of sold rewards, then out of the owner's pocket."""
    if not is_bonded(node):
        return
    cost = compute_cost(node, p, node.tier, node.active_hours) / YEAR
    if node.usd < cost and node.balance > 0:
        amount = min(to_uera((cost - node.usd) * CHANGE, market.price) + 1, node.balance)
        order_sell_for_cash(node, desk, pots, amount, market.price)
    if node.usd < cost:
        receive_cash(node, pots, cost - node.usd)
    pay_cash(node, pots, min(cost, node.usd))
    state.cost_usd[node.tier] += cost


@rule
def buy_missing(node: NodeRow, desk: Desk, pots: Pots, exchange: Exchange, amount: int, price: float) -> None:
    """Bring liquid tokens up to `amount` with money brought along."""
    missing = amount - node.balance
    if missing > 0:
        money = to_usd(missing, price) * CHANGE
        if node.usd < money:
            receive_cash(node, pots, money - node.usd)
        order_buy_for_cash(node, desk, pots, exchange, missing, price)


@rule
def collect_release(
    node: NodeRow, p: Operators, state: StakingState, price: float, desk: Desk, pots: Pots, day: int, journal: Rows[JournalRow]
) -> None:
    """Take what has unbonded and sell a part of it."""
    freed = node.unbonding
    if freed > 0 and day >= node.release_day:
        release(node, pots, state, day, journal)
        order_sell_for_cash(node, desk, pots, to_count(freed * p.exit_sale), price)


@rule
def consider_entry(
    node: NodeRow,
    d: NodeDraws,
    p: Operators,
    staking: Staking,
    state: StakingState,
    market: Market,
    desk: Desk,
    pots: Pots,
    exchange: Exchange,
    day: int,
    journal: Rows[JournalRow],
) -> None:
    """Enter after the yield was above the reservation for a while, if it can afford the stake."""
    if d.review < p.review:
        settle_on_tier(node, p, staking, state, market)
    stake = staking.minimum[node.tier]
    value = compute_yield(node, p, staking, state, market, node.tier, stake, True)
    node.enter_days = node.enter_days + 1 if value > node.reservation else 0
    if node.enter_days < p.enter_days or d.act >= p.act or compute_capacity(node, market) < stake:
        return
    if can_enter(state, staking, node.tier):
        buy_missing(node, desk, pots, exchange, stake, market.price)
        if bond(node, pots, state, staking, stake, day, journal) == OK:
            node.exit_days = 0


@rule
def find_better(node: NodeRow, p: Operators, staking: Staking, state: StakingState, market: Market, here: float) -> int:
    """The affordable tier whose yield after own entry is most above `here` by more than the gain it asks; -1 if none."""
    best = -1
    most = here + p.move_gain
    affordable = max(compute_capacity(node, market), node.stake)
    for tier in range(TIERS):
        if tier != node.tier and affordable >= staking.minimum[tier]:
            highest = staking.stake_cap * staking.minimum[tier]
            stake = min(max(node.stake, staking.minimum[tier]), highest)
            value = compute_yield(node, p, staking, state, market, tier, stake, True)
            if value > most:
                best = tier
                most = value
    return best


@rule
def settle_on_tier(node: NodeRow, p: Operators, staking: Staking, state: StakingState, market: Market) -> None:
    """A candidate compares tiers and turns to a better one."""
    stake = staking.minimum[node.tier]
    here = compute_yield(node, p, staking, state, market, node.tier, stake, True)
    better = find_better(node, p, staking, state, market, here)
    if better >= 0:
        node.tier = better
        node.enter_days = 0


@rule
def try_move(
    node: NodeRow,
    staking: Staking,
    state: StakingState,
    price: float,
    desk: Desk,
    pots: Pots,
    exchange: Exchange,
    day: int,
    journal: Rows[JournalRow],
) -> None:
    """Go to the tier it wants, adding the stake it lacks and withdrawing what would bear nothing there; waits when full."""
    tier = node.target - 1
    if check_move(node, state, staking, tier) != OK:
        return
    missing = staking.minimum[tier] - node.stake
    if missing > 0:
        buy_missing(node, desk, pots, exchange, missing, price)
        bond(node, pots, state, staking, missing, day, journal)
    if migrate(node, state, staking, tier) == OK:
        node.exit_days = 0
        spare = node.stake - staking.stake_cap * staking.minimum[tier]
        if spare > 0:
            withdraw(node, pots, state, staking, spare, day, journal)


@rule
def top_up(
    node: NodeRow,
    p: Operators,
    staking: Staking,
    state: StakingState,
    market: Market,
    desk: Desk,
    pots: Pots,
    exchange: Exchange,
    day: int,
    journal: Rows[JournalRow],
) -> None:
    """One step towards the capacity and the cap; purchases are bounded by a part of the mean volume."""
    limit = min(compute_capacity(node, market), staking.stake_cap * staking.minimum[node.tier])
    amount = min(to_count(node.stake * p.top_up_step), limit - node.stake)
    amount = min(amount, node.balance + to_count(p.volume_share * market.volume_mean * 1e6))
    if amount > 0:
        buy_missing(node, desk, pots, exchange, amount, market.price)
        bond(node, pots, state, staking, min(amount, node.balance), day, journal)


@rule
def leave(node: NodeRow, pots: Pots, state: StakingState, staking: Staking, day: int, journal: Rows[JournalRow]) -> None:
    """Begin to leave, or queue for it."""
    if unbond(node, pots, state, staking, day, journal) == CHURN_LIMIT:
        queue_exit(node, state)
    node.enter_days = 0


@rule
def mend(
    node: NodeRow,
    staking: Staking,
    state: StakingState,
    market: Market,
    desk: Desk,
    pots: Pots,
    exchange: Exchange,
    is_worth: bool,
    day: int,
    journal: Rows[JournalRow],
) -> None:
    """Slashed below the minimum, a node restores its stake if that pays and it can, else it leaves."""
    minimum = staking.minimum[node.tier]
    if not is_worth or max(compute_capacity(node, market), node.stake + node.balance) < minimum:
        leave(node, pots, state, staking, day, journal)
        return
    buy_missing(node, desk, pots, exchange, minimum - node.stake, market.price)
    bond(node, pots, state, staking, minimum - node.stake, day, journal)


@rule
def consider_staying(
    node: NodeRow,
    d: NodeDraws,
    p: Operators,
    staking: Staking,
    state: StakingState,
    market: Market,
    desk: Desk,
    pots: Pots,
    exchange: Exchange,
    day: int,
    journal: Rows[JournalRow],
) -> None:
    """A bonded node leaves, mends its stake, moves or tops up."""
    here = compute_own_yield(node, p, staking, state, market)
    floor = p.exit_share * node.reservation
    node.exit_days = node.exit_days + 1 if here < floor else 0
    if node.ticket > 0 or (node.exit_days >= p.exit_days and d.act < p.act):
        leave(node, pots, state, staking, day, journal)
        return
    if node.stake < staking.minimum[node.tier]:
        mend(node, staking, state, market, desk, pots, exchange, here >= floor, day, journal)
        return
    if d.review < p.review:
        node.target = find_better(node, p, staking, state, market, here) + 1
    if node.target > 0:
        try_move(node, staking, state, market.price, desk, pots, exchange, day, journal)
    elif d.top_up < p.top_up and here > p.top_up_margin * node.reservation:
        top_up(node, p, staking, state, market, desk, pots, exchange, day, journal)


@rule
def node_day(
    node: NodeRow,
    d: NodeDraws,
    p: Operators,
    staking: Staking,
    state: StakingState,
    market: Market,
    desk: Desk,
    pots: Pots,
    exchange: Exchange,
    day: int,
    journal: Rows[JournalRow],
) -> None:
    """One day of a node operator. Protocol-run nodes only pay their bills."""
    pay_bills(node, p, state, market, desk, pots)
    if node.protocol_run == 1:
        return
    collect_release(node, p, state, market.price, desk, pots, day, journal)
    if node.status == Status.CANDIDATE:
        consider_entry(node, d, p, staking, state, market, desk, pots, exchange, day, journal)
    elif is_bonded(node):
        consider_staying(node, d, p, staking, state, market, desk, pots, exchange, day, journal)
