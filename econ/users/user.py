"""Users: cohorts of addresses that join, send messages across rollups, earn, sell and leave."""

from enum import IntEnum

from metalab.econ.kernel.chance.distributions import SEARCH_BELOW, SEARCH_LIMIT, binomial, poisson, poisson_from
from metalab.econ.kernel.records import Daily, Params, State
from metalab.econ.market.exchange import order_buy
from metalab.econ.users.adoption import (
    BLOCK,
    CLASSES,
    INSIDE,
    KNOWN,
    LEVELS,
    SPAN,
    AdoptionState,
    count_passed,
    get_level,
    prepare_counts,
    tabulate_failures,
)
from metalab.econ.users.claiming import Claiming, sell_rest, sell_week, take_airdrop
from metalab.protocol.fees.fees import FeesState
from metalab.protocol.fees.ledger import pay_message_fee
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, draw, field
from metalab.protocol.kernel.units import take_bps, to_count
from metalab.protocol.users.incentives import collect_reward, redeem_points
from metalab.protocol.users.ledger import pay_discount

NO_HOME = -1
"""`rollup` of a cohort that has not chosen a home."""


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
    next_day: int = field("day", "when it next sells and redeems points")
    fresh: int = field("1", "messages since it was last rewarded for activity")
    airdrop: int = field("uERA", "its claim on the airdrop; 0 once claimed")
    rollup: int = field("row", "home rollup; -1 before it has one")
    moving: int = field("flag", "looks for another home this evening")
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


@rule
def count_failures(u: float, n: int, demand: AdoptionState) -> int:
    """Failures among n messages: binomial by inversion, from a table where there is one."""
    if n >= demand.tabulated:
        # Where `binomial` expands and searches no more, it is asked: a table would differ from it by one now and then.
        if n >= KNOWN or n * min(demand.fail, 1.0 - demand.fail) >= SEARCH_BELOW:
            return binomial(u, n, demand.fail)
        tabulate_failures(demand, n)
    row = n * (n + 1) // 2
    k = 0
    # Whole blocks that are passed; the last chance of a row is 1, which no u passes.
    while k + BLOCK <= n and demand.failures[row + k + BLOCK - 1] < u:
        k += BLOCK
    return k + count_passed(u, demand.failures, (row + k) & INSIDE, n - k)


@rule
def search_count(u: float, rate: float, n: int, chance: float, below: float) -> int:
    """The smallest count that a Poisson variate of this rate does not exceed with chance u, searched from n.

    `chance` and `below` are the chances of exactly n and of at most n. The same as from 0, in fewer steps.
    """
    while u > below and n < SEARCH_LIMIT:
        n += 1
        chance *= rate / n
        below += chance
    while n > 0 and u <= below - chance:
        below -= chance
        chance *= n / rate
        n -= 1
    return n


@rule
def get_slot(user: UserRow) -> int:
    """Its place in today's table of rates."""
    return user.rank % CLASSES * LEVELS + user.level


@rule
def is_payer_in_era(user: UserRow, demand: AdoptionState) -> bool:
    """Whether it pays in ERA and not in native gas: its taste against the logit of ECONOMY 15."""
    if user.taste >= demand.era_holding:
        return False
    return user.taste < demand.era_base or user.balance >= demand.rates[get_slot(user)] * demand.hold_fee


@rule
def pay_in_era(user: UserRow, s: State, pots: Pots, p: Params, due: int) -> bool:
    """Pay a fee out of the balance, buying what is missing and a stock for the days to come; False if that fails."""
    rebate = 0
    if p.incentives.discount_bps > 0:
        rebate = min(take_bps(due, p.incentives.discount_bps), s.activity_rewards.discount_left)
    own = due - rebate
    if own > user.balance:
        stock = to_count(s.adoption.rates[get_slot(user)] * s.adoption.hold_fee)
        order_buy(user, s.exchange, pots, p.exchange, own + stock - user.balance)
    if own > user.balance:
        return False
    pay_message_fee(user, pots, own)
    if rebate > 0:
        pay_discount(pots, rebate)
        s.activity_rewards.discount_left -= rebate
    return True


@rule
def book_fee(quote: FeesState, due: int, is_in_era: bool) -> None:
    """Add a fee to what was paid in ERA or to what the protocol converts in the evening."""
    if is_in_era:
        quote.due_era += due
    else:
        quote.due_native += due


@rule
def send(user: UserRow, s: State, pots: Pots, p: Params, today: Daily, count: int) -> int:
    """Send `count` messages from the home rollup; returns how many were sent (0 without a home)."""
    if count <= 0 or user.rollup < 0:
        return 0
    due = count * s.fees.message_fee
    # Who cannot get enough ERA pays in native gas after all.
    is_in_era = is_payer_in_era(user, s.adoption) and pay_in_era(user, s, pots, p, due)
    book_fee(s.fees, due, is_in_era)
    user.sent += count
    user.fresh += count
    user.points += count * p.incentives.points_per_message
    today.fees.messages += count
    return count


@rule
def learn(user: UserRow, demand: AdoptionState, count: int, failed: int) -> None:
    """Average today's success into what the cohort expects."""
    user.trust += demand.learn * ((count - failed) / count - user.trust)
    user.level = get_level(user.trust, demand.trust_scale)


@rule
def is_farming(user: UserRow, demand: AdoptionState) -> bool:
    """Whether it sends more in the hope of an airdrop that it can still claim."""
    return user.airdrop > 0 and user.farmer == 1 and demand.claim_level >= 0.0


@rule
def find_count(u: float, slot: int, demand: AdoptionState) -> int:
    """`search_count` by the slot's table, which most counts are in."""
    if demand.first[slot] < 0:
        prepare_counts(demand, slot)
    first = demand.first[slot]
    place = slot * SPAN & INSIDE
    block = 0
    for k in range(BLOCK - 1, SPAN - 1, BLOCK):
        block += BLOCK if demand.steps[place + k] < u else 0
    passed = block + count_passed(u, demand.steps, (place + block) & INSIDE, BLOCK)
    if (passed == 0 and first > 0) or passed == SPAN:
        return search_count(u, demand.rates[slot], demand.centre[slot], demand.chance[slot], demand.upto[slot])
    return first + passed


@rule
def compute_count(u: float, rate: float, slot: int, demand: AdoptionState) -> int:
    """A Poisson count at the rate of a slot."""
    if rate < SEARCH_BELOW:
        return find_count(u, slot, demand)
    # Beyond the search nothing asks for exp(-rate).
    return poisson_from(u, rate, 0.0)


@rule
def count_messages(user: UserRow, u: float, demand: AdoptionState, p: Claiming, today: Daily) -> int:
    """Today's messages: Poisson at the rate of its class and level, a multiple of it for farmers."""
    slot = get_slot(user)
    rate = demand.rates[slot]
    count = compute_count(u, rate, slot, demand)
    if is_farming(user, demand):
        normal_count = count
        # By the same uniform: never fewer than without farming, so that the extra ones can be told apart (ECONOMY 5).
        count = poisson(u, rate * p.farm_factor)
        today.activity.messages_farmed += count - normal_count
    return count


@rule
def use_network(user: UserRow, d: UserDraws, s: State, pots: Pots, p: Params, today: Daily) -> None:
    """An active cohort's messages, their failures and what it learns from them."""
    today.activity.users_active += 1.0
    if user.rollup < 0:
        return
    count = send(user, s, pots, p, today, count_messages(user, d.count, s.adoption, p.claiming, today))
    if count > 0:
        failed = count_failures(d.failures, count, s.adoption)
        today.messaging.messages_failed += failed
        learn(user, s.adoption, count, failed)


@rule
def join(user: UserRow, s: State, today: Daily) -> None:
    """Become active from tomorrow on, with a home to be chosen and the trust that public figures of success inspire."""
    if user.presence == Presence.NEVER:
        s.adoption.ever += 1
    user.presence = Presence.ACTIVE
    user.rollup = NO_HOME
    user.trust = s.activity.success
    user.level = get_level(user.trust, s.adoption.trust_scale)
    today.activity.users_joined += 1.0


@rule
def compute_surplus(user: UserRow, demand: AdoptionState) -> int:
    """Tokens of one who does not pay in ERA, besides the airdrop it holds on to, in uERA."""
    if user.presence == Presence.ACTIVE and user.taste < demand.era_holding:
        return 0
    return max(user.balance - user.quick - user.slow, 0)


@rule
def run_errands(user: UserRow, s: State, pots: Pots, p: Params) -> None:
    """Sell airdrop as planned; redeem points; sell earnings that are not needed for fees."""
    day = s.clock.day
    if user.rush > 0:
        sell_week(user, s.exchange, pots, day)
        user.next_day = day + 1
        # Sales of those who claimed together are spread over the days between two sales.
        if user.rush == 0:
            user.next_day += user.rank % p.claiming.errand_days
        return
    user.next_day = day + p.claiming.errand_days
    redeem_points(user, pots, s.incentives, p.incentives)
    if user.balance > 0:
        sell_rest(user, s.exchange, pots, s.adoption.quick_sold, s.adoption.slow_sold, compute_surplus(user, s.adoption))


@rule
def claim_in_time(user: UserRow, s: State, pots: Pots, p: Params) -> None:
    """Claim the airdrop."""
    day = s.clock.day
    take_airdrop(user, pots, day, day + s.clock.offset, p.airdrop, p.claiming)


@rule
def user_day(user: UserRow, d: UserDraws, s: State, pots: Pots, p: Params, today: Daily) -> None:
    """One day of a user."""
    # Before all else: what yesterday earned can pay today's fees.
    if user.fresh > 0:
        collect_reward(user, pots, s.activity_rewards)
    if user.airdrop > 0 and user.patience <= s.adoption.claim_level:
        claim_in_time(user, s, pots, p)
    if s.clock.day >= user.next_day:
        run_errands(user, s, pots, p)
    if user.presence != Presence.ACTIVE:
        if d.move < s.adoption.join:
            join(user, s, today)
    elif d.move < s.adoption.leave[user.level]:
        user.presence = Presence.LEFT
        today.activity.users_left += 1.0
    else:
        use_network(user, d, s, pots, p, today)
        # The same draw: the stretch above the chance of leaving is the chance of moving.
        if d.move < s.adoption.leave[user.level] + s.switching.chance and user.rollup >= 0:
            user.moving = 1
