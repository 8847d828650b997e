"""Users: cohorts of addresses that join, send messages across rollups, earn, sell and leave."""

from enum import IntEnum

from econ.adoption import CLASSES, KNOWN, LEVELS, Demand, get_level
from econ.chance.distributions import binomial, poisson, poisson_from
from econ.claiming import Claiming, sell_rest, sell_week, take_airdrop
from econ.daily import Daily
from econ.exchange import order_buy
from econ.params import Params
from econ.rollups import Network, RollupRow
from econ.state import State
from protocol.compiling import rule
from protocol.declare import Record, Rows, draw, field
from protocol.fees import FeeState
from protocol.incentives import collect_reward, redeem_points
from protocol.ledger.accounts import Pots
from protocol.ledger.fees import pay_message_fee
from protocol.ledger.incentives import pay_discount
from protocol.units import take_bps, to_count, to_era


class Presence(IntEnum):
    """Whether a cohort uses the network."""

    NEVER = 0
    ACTIVE = 1
    LEFT = 2


class UserRow(Record):
    """A cohort of addresses."""

    index: int = field("row", "own place in the table")
    balance: int = field("uERA", "liquid", token=True)
    presence: int = field("code", "Presence")
    next_day: int = field("day", "when it next visits the market and the points desk")
    fresh: int = field("1", "messages since it was last rewarded for activity")
    airdrop: int = field("uERA", "its claim on the airdrop; 0 once claimed")
    rollup: int = field("row", "home rollup; -1 before it has one")
    rank: int = field("1", "place in the random order of all cohorts: opening activity, class of rate")
    level: int = field("1", "step of trust")
    points: int = field("1", "connection points not redeemed")
    sent: int = field("1", "messages sent so far")
    taste: float = field("share", "pays in ERA when below today's threshold")
    trust: float = field("share", "mean success it experienced")
    patience: float = field("1", "claims the airdrop when the cumulated hazard reaches this")
    farmer: int = field("flag", "sends more until it has claimed")
    claim_day: int = field("day", "when it claimed the airdrop")
    rush: int = field("uERA", "airdrop yet to be sold in the first week")
    quick: int = field("uERA", "airdrop yet to be sold quickly")
    slow: int = field("uERA", "airdrop yet to be sold slowly")


class UserDraws(Record):
    """Chance of a user's day."""

    count: float = draw(0, "number of messages")
    move: float = draw(1, "whether it joins or leaves")
    failures: float = draw(2, "how many of its messages fail")
    home: float = draw(3, "which rollup it makes its home")


@rule
def choose_rollup(rollups: Rows[RollupRow], network: Network, u: float) -> int:
    """A live rollup with chance in proportion to the value it holds; -1 when none lives."""
    total = 0.0
    for k in range(network.ordered):
        rollup = rollups[rollups[k].order]
        total += rollup.tvl * rollup.live
    left = u * total
    last = -1
    for k in range(network.ordered):
        rollup = rollups[rollups[k].order]
        if rollup.live == 1:
            last = rollup.index
            left -= rollup.tvl
            if left < 0.0:
                return last
    return last


@rule
def has_home(user: UserRow, rollups: Rows[RollupRow], network: Network, u: float) -> bool:
    """Whether it has a live home; one whose rollup closed moves first."""
    if user.rollup < 0 or rollups[user.rollup].live == 0:
        user.rollup = choose_rollup(rollups, network, u)
    return user.rollup >= 0


@rule
def count_failures(u: float, n: int, demand: Demand) -> int:
    """Failures among n messages: binomial by inversion, from today's table of chances where there is one."""
    if n >= KNOWN:
        return binomial(u, n, demand.fail)
    k = 0
    term = demand.clean[n]
    below = term
    while u > below and k < n:
        term *= demand.odds * ((n - k) / (k + 1.0))
        k += 1
        below += term
    return k


@rule
def get_slot(user: UserRow) -> int:
    """Its place in today's table of rates."""
    return user.rank % CLASSES * LEVELS + user.level


@rule
def is_payer_in_era(user: UserRow, demand: Demand) -> bool:
    """Whether it pays in ERA and not in native gas: its taste against the logit of ECONOMY 15."""
    if user.taste >= demand.era_holding:
        return False
    return user.taste < demand.era_base or user.balance >= demand.rates[get_slot(user)] * demand.hold_fee


@rule
def pay_in_era(user: UserRow, s: State, pots: Pots, p: Params, due: int) -> bool:
    """Pay a fee out of the balance, buying what is missing and a stock for the days to come; False if that fails."""
    rebate = 0
    if p.incentives.discount_bps > 0:
        rebate = min(take_bps(due, p.incentives.discount_bps), s.rewards.discount_left)
    own = due - rebate
    if own > user.balance:
        stock = to_count(s.demand.rates[get_slot(user)] * s.demand.hold_fee)
        order_buy(user, s.desk, pots, p.exchange, own + stock - user.balance)
    if own > user.balance:
        return False
    pay_message_fee(user, pots, own)
    if rebate > 0:
        pay_discount(pots, rebate)
        s.rewards.discount_left -= rebate
    return True


@rule
def book_fee(user: UserRow, quote: FeeState, due: int, is_in_era: bool) -> None:
    """Add a fee to what was paid in ERA or to what the protocol converts in the evening."""
    if is_in_era:
        quote.due_era += due
    else:
        quote.due_native += due


@rule
def send(user: UserRow, rollups: Rows[RollupRow], s: State, pots: Pots, p: Params, today: Daily, count: int) -> int:
    """Send `count` messages from the home rollup; returns how many were sent (0 without a home)."""
    if count <= 0 or user.rollup < 0:
        return 0
    due = count * s.quote.message_fee
    is_in_era = is_payer_in_era(user, s.demand) and pay_in_era(user, s, pots, p, due)
    book_fee(user, s.quote, due, is_in_era)
    user.sent += count
    user.fresh += count
    user.points += count * p.incentives.points_per_message
    rollups[user.rollup].messages += count
    today.fees.messages += count
    return count


@rule
def learn(user: UserRow, demand: Demand, count: int, failed: int) -> None:
    """Average today's success into what the cohort expects."""
    user.trust += demand.learn * ((count - failed) / count - user.trust)
    user.level = get_level(user.trust, demand.trust_scale)


@rule
def is_farming(user: UserRow, demand: Demand) -> bool:
    """Whether it sends more in the hope of an airdrop that it can still claim."""
    return user.airdrop > 0 and user.farmer == 1 and demand.claim_level >= 0.0


@rule
def count_messages(user: UserRow, u: float, demand: Demand, p: Claiming, today: Daily) -> int:
    """Today's messages: Poisson at the rate of its class and level, a multiple of it for farmers."""
    slot = get_slot(user)
    count = poisson_from(u, demand.rates[slot], demand.none[slot])
    if is_farming(user, demand):
        normal_count = count
        count = poisson(u, demand.rates[slot] * p.farm_factor)
        today.activity.messages_farmed += count - normal_count
    return count


@rule
def use_network(
    user: UserRow, d: UserDraws, rollups: Rows[RollupRow], s: State, pots: Pots, p: Params, today: Daily
) -> None:
    """An active cohort's messages, their failures and what it learns from them."""
    today.activity.users_active += 1.0
    if not has_home(user, rollups, s.network, d.home):
        return
    count = send(user, rollups, s, pots, p, today, count_messages(user, d.count, s.demand, p.claiming, today))
    if count > 0:
        failed = count_failures(d.failures, count, s.demand)
        today.messaging.messages_failed += failed
        learn(user, s.demand, count, failed)


@rule
def join(user: UserRow, d: UserDraws, rollups: Rows[RollupRow], s: State, today: Daily) -> None:
    """Become active from tomorrow on, with a home and the trust that everybody had at launch."""
    if user.presence == Presence.NEVER:
        s.demand.ever += 1
    user.presence = Presence.ACTIVE
    user.rollup = choose_rollup(rollups, s.network, d.home)
    user.trust = s.demand.success
    user.level = get_level(user.trust, s.demand.trust_scale)
    today.activity.users_joined += 1.0


@rule
def compute_surplus(user: UserRow, demand: Demand) -> int:
    """Tokens of one who does not pay in ERA, besides the airdrop it holds on to, in uERA."""
    if user.presence == Presence.ACTIVE and user.taste < demand.era_holding:
        return 0
    return max(user.balance - user.quick - user.slow, 0)


@rule
def run_errands(user: UserRow, s: State, pots: Pots, p: Params, today: Daily) -> None:
    """Sell airdrop as planned; redeem points; sell earnings that are not needed for fees."""
    day = s.clock.day
    if user.rush > 0:
        sell_week(user, s.desk, pots, day)
        user.next_day = day + 1
        # The errands of those who claimed together are spread over the days between two errands.
        if user.rush == 0:
            user.next_day += user.rank % p.claiming.errand_days
        return
    user.next_day = day + p.claiming.errand_days
    paid = redeem_points(user, pots, s.budget, p.incentives)
    s.supply.treasury_paid += paid
    today.incentives.points_redeemed_era += to_era(paid)
    if user.balance > 0:
        sell_rest(user, s.desk, pots, s.demand.quick_sold, s.demand.slow_sold, compute_surplus(user, s.demand))


@rule
def claim_in_time(user: UserRow, s: State, pots: Pots, p: Params, today: Daily) -> None:
    """Claim the airdrop."""
    day = s.clock.day
    amount = take_airdrop(user, pots, day, day + s.clock.offset, p.airdrop, p.claiming)
    today.activity.airdrop_claimed_era += to_era(amount)


@rule
def earn(user: UserRow, s: State, pots: Pots, today: Daily) -> None:
    """Collect the activity reward for yesterday's messages."""
    today.incentives.activity_rewards_era += to_era(collect_reward(user, pots, s.rewards))


@rule
def user_day(
    user: UserRow, d: UserDraws, rollups: Rows[RollupRow], s: State, pots: Pots, p: Params, today: Daily
) -> None:
    """One day of a user."""
    if user.fresh > 0:
        earn(user, s, pots, today)
    if user.airdrop > 0 and user.patience <= s.demand.claim_level:
        claim_in_time(user, s, pots, p, today)
    if s.clock.day >= user.next_day:
        run_errands(user, s, pots, p, today)
    if user.presence != Presence.ACTIVE:
        if d.move < s.demand.join:
            join(user, d, rollups, s, today)
    elif d.move < s.demand.leave:
        user.presence = Presence.LEFT
        today.activity.users_left += 1.0
    else:
        use_network(user, d, rollups, s, pots, p, today)
