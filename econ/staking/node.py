"""Node operators: enter, pay their bills, change stake and tier, leave (ECONOMY 6-9).

What a tier is worth to them is in `valuation`.
"""

from metalab.econ.market.exchange import get_buyable, order_buy_for_cash, order_sell_for_cash
from metalab.econ.staking.arrivals import is_free
from metalab.econ.staking.valuation import NodeContext, compute_capacity, compute_cost, compute_leverage, compute_yield, plan_stake
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.codes import CHURN_LIMIT, OK, TIERS, NodeStatus
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, draw
from metalab.protocol.kernel.units import to_count, to_uera, to_usd
from metalab.protocol.market.ledger import pay_cash, receive_cash
from metalab.protocol.staking.ledger import receive_delegation, return_delegation
from metalab.protocol.staking.staking import NodeRow, bond, can_enter, check_move, is_bonded, migrate, queue_exit, release, unbond, withdraw

CHANGE = 1.0 + 1e-9
"""A little more money than the order is worth, against rounding."""


class NodeDraws(Record):
    """Chance of a node's day."""

    act: float = draw(0, "whether it acts on its patience")
    review: float = draw(1, "whether it compares tiers and changes its stake")


@rule
def compute_own_yield(node: NodeRow, w: NodeContext) -> float:
    """Net yield where it is."""
    # Slashed below the minimum, it judges the tier by the stake it would have once restored.
    stake = max(node.stake, w.staking.minimum[node.tier])
    return compute_yield(w, node.cost_factor, node.tier, stake, False)


@rule
def pay_bills(node: NodeRow, w: NodeContext) -> None:
    """Operating cost of the day, out of sold rewards, then out of the owner's own money."""
    if not is_bonded(node):
        return
    cost = compute_cost(w, node.cost_factor, node.tier, node.stake, node.active_hours) / DAYS_A_YEAR
    price = w.market.price
    if node.usd < cost and node.balance > 0:
        # One uERA more, because the amount is rounded down.
        amount = min(to_uera((cost - node.usd) * CHANGE, price) + 1, node.balance)
        order_sell_for_cash(node, w.desk, w.pots, amount, price)
    if node.usd < cost:
        node.spent_usd += cost - node.usd
        receive_cash(node, w.pots, cost - node.usd)
    pay_cash(node, w.pots, min(cost, node.usd))
    w.state.cost_usd[node.tier] += cost


@rule
def get_own(node: NodeRow) -> int:
    """The part of the stake that is the owner's, in uERA."""
    return node.stake - min(to_count(node.delegated * node.stake), node.stake)


@rule
def get_money(node: NodeRow) -> float:
    """What is left of the owner's capital, in USD: losses are not made good by others."""
    return max(node.capital - node.spent_usd, 0.0)


@rule
def get_wealth(node: NodeRow, w: NodeContext) -> float:
    """USD that the owner has for stake at the mean price: money, its own stake and tokens."""
    return get_money(node) + to_usd(get_own(node) + node.balance, w.market.price_mean)


@rule
def buy_missing(node: NodeRow, w: NodeContext, amount: int) -> None:
    """Bring liquid tokens up to `amount` with what is left of the owner's capital."""
    missing = min(amount - node.balance, to_uera(get_money(node), w.market.price))
    if missing > 0:
        money = to_usd(missing, w.market.price) * CHANGE
        if node.usd < money:
            receive_cash(node, w.pots, money - node.usd)
        filled = order_buy_for_cash(node, w.desk, w.pots, w.exchange, missing, w.market.price)
        node.spent_usd += to_usd(filled, w.market.price)


@rule
def gather_stake(node: NodeRow, w: NodeContext, amount: int) -> int:
    """Bring liquid tokens up to `amount`: the owner buys its part, then delegators hand over tokens that they hold anyway.

    Returns what delegators brought.
    """
    own = get_own(node)
    buy_missing(node, w, amount)
    held = own + min(node.balance, amount)
    room = to_count(held * (compute_leverage(w, node.tier) - 1.0)) - (node.stake - own)
    lent = max(min(amount - node.balance, room, get_buyable(w.desk, w.pots, w.exchange)), 0)
    if lent > 0:
        receive_delegation(node, w.pots, lent)
    return lent


@rule
def buy_stake(node: NodeRow, w: NodeContext, amount: int) -> int:
    """Gather what is missing to bond `amount` more and bond it, less where there are no tokens to be had; OK or a refusal.

    The owner's capital comes first, then delegations; commission between the two is left out.
    """
    lent = node.stake - get_own(node)
    brought = gather_stake(node, w, amount)
    code = bond(node, w.pots, w.state, w.staking, min(amount, node.balance), w.day, w.journal)
    if code == OK:
        node.delegated = min((lent + brought) / node.stake, 1.0)
    elif brought > 0:
        # What cannot be bonded stays with its holders.
        return_delegation(node, w.pots, brought)
    return code


@rule
def cut_stake(node: NodeRow, w: NodeContext, amount: int) -> None:
    """Unbond a part, delegations first, and stay; one part at a time, as all that unbonds waits for the latest."""
    own = get_own(node)
    lent = node.stake - own
    if node.unbonding == 0 and withdraw(node, w.pots, w.state, w.staking, amount, w.day, w.journal) == OK:
        node.delegated = 1.0 - min(own, node.stake) / node.stake
        node.returning = min(lent, amount) / amount


@rule
def collect_release(node: NodeRow, w: NodeContext) -> None:
    """Take what has unbonded, give delegators theirs back and sell a part of the owner's."""
    freed = node.unbonding
    if freed > 0 and w.day >= node.release_day:
        release(node, w.pots, w.state, w.day, w.journal)
        # Who left altogether takes along delegations as they were.
        lent = min(to_count(freed * (node.returning if node.stake > 0 else node.delegated)), freed)
        if lent > 0:
            return_delegation(node, w.pots, lent)
        sold = to_count((freed - lent) * w.p.exit_sale)
        if order_sell_for_cash(node, w.desk, w.pots, sold, w.market.price) == OK:
            node.spent_usd -= to_usd(sold, w.market.price)


@rule
def consider_entry(node: NodeRow, d: NodeDraws, w: NodeContext) -> None:
    """Enter after the yield was above the reservation for a while, if it can afford the stake."""
    p = w.p
    if d.review < p.review:
        settle_on_tier(node, w)
    money = get_wealth(node, w)
    stake = plan_stake(w, money, node.tier)
    value = compute_yield(w, node.cost_factor, node.tier, stake, True)
    node.enter_days = node.enter_days + 1 if value > node.reservation else 0
    if node.enter_days < p.enter_days or d.act >= p.act or compute_capacity(w, money, node.tier) < stake:
        return
    if can_enter(w.state, w.staking, node.tier) and buy_stake(node, w, stake) == OK:
        node.exit_days = 0


@rule
def compute_offer(node: NodeRow, w: NodeContext, tier: int) -> float:
    """Net yield of another tier after its own entry, with the stake it has or, not bonded, the stake it means to bring."""
    stake = plan_stake(w, get_wealth(node, w), tier)
    if node.stake > 0:
        stake = min(max(node.stake, w.staking.minimum[tier]), w.staking.stake_cap * w.staking.minimum[tier])
    return compute_yield(w, node.cost_factor, tier, stake, True)


@rule
def find_better(node: NodeRow, w: NodeContext, here: float) -> int:
    """The affordable tier whose yield after own entry is most above `here` by more than the gain it asks; -1 if none."""
    best = -1
    most = here + w.p.move_gain
    for tier in range(TIERS):
        affordable = max(compute_capacity(w, get_wealth(node, w), tier), node.stake)
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
            cut_stake(node, w, spare)


@rule
def compute_backing(node: NodeRow, w: NodeContext) -> int:
    """The stake that its owner and outsiders want it to have, within the cap, in uERA.

    What the owner bonded it leaves in, whatever the price, and adds what is left of its capital; delegations follow it.
    """
    own = get_own(node) + to_uera(get_money(node), w.market.price_mean)
    backing = to_count(own * compute_leverage(w, node.tier))
    return min(backing, w.staking.stake_cap * w.staking.minimum[node.tier])


@rule
def adjust_stake(node: NodeRow, w: NodeContext, is_worth: bool) -> None:
    """One step towards the backing; purchases are bounded by a part of the mean volume."""
    room = compute_backing(node, w) - node.stake
    step = to_count(node.stake * w.p.step)
    if room > 0 and is_worth:
        amount = min(step, room, node.balance + to_count(w.p.volume_share * w.market.volume_mean * 1e6))
        if amount > 0:
            buy_stake(node, w, amount)
    elif room < 0:
        cut_stake(node, w, min(step, -room, node.stake - w.staking.minimum[node.tier]))


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
    if is_worth and max(compute_capacity(w, get_wealth(node, w), node.tier), node.stake + node.balance) >= minimum:
        buy_stake(node, w, minimum - node.stake)
    else:
        leave(node, w)


@rule
def consider_staying(node: NodeRow, d: NodeDraws, w: NodeContext) -> None:
    """A bonded node leaves, mends its stake, moves or changes its stake."""
    p = w.p
    here = compute_own_yield(node, w)
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
    elif d.review < p.review:
        adjust_stake(node, w, here > node.reservation)


@rule
def node_day(node: NodeRow, d: NodeDraws, w: NodeContext) -> None:
    """One day of a node operator. Protocol-run nodes only pay their bills."""
    pay_bills(node, w)
    if node.protocol_run == 1 or is_free(node):
        return
    # Before its status is asked: a release can make it a candidate again.
    collect_release(node, w)
    if node.status == NodeStatus.CANDIDATE:
        consider_entry(node, d, w)
    elif is_bonded(node):
        consider_staying(node, d, w)
