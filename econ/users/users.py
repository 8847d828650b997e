"""Users join, claim, send and leave."""

from typing import Any

from metalab.econ.kernel.chance.philox import derive_key, fill_draws
from metalab.econ.kernel.chance.streams import GENESIS, Stream
from metalab.econ.kernel.clock import draw_day, get_key
from metalab.econ.kernel.records import Params, State
from metalab.econ.kernel.world import World
from metalab.econ.rollups.deposits import USUAL_HAZARD
from metalab.econ.users.adoption import (
    USUAL,
    compute_join,
    prepare_claims,
    prepare_failures,
    prepare_leaving,
    prepare_payment,
    prepare_rates,
)
from metalab.econ.users.cohorts import catch_up, count_active, open_claims, open_demand, open_user, shuffle_ranks
from metalab.econ.users.demand import (
    USUAL_DELAY_S,
    USUAL_SUCCESS,
    DemandMetrics,
    compute_attachment,
    compute_experience,
    compute_rival_value,
    compute_share,
    compute_value,
    measure_demand,
)
from metalab.econ.users.home_rollups import move_homes, settle_homes
from metalab.econ.users.switching import prepare_switching
from metalab.econ.users.user import user_day
from metalab.protocol.fees.fees import is_quote_due, quote_fee
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.memory import as_reals
from metalab.protocol.kernel.units import to_count, to_usd
from metalab.protocol.liquidity.liquidity import compute_attraction, get_usable
from metalab.protocol.messaging.messaging import compute_gas_usd, compute_success
from metalab.protocol.scaling.load import compute_congestion_fee, compute_dropped_share
from metalab.protocol.supply.airdrop import is_claim_open
from metalab.protocol.users.incentives import compute_incentive

BLOCK = 512
"""Agents whose draws are filled at a time, so that they are still in the cache when they act."""


@rule
def open_users(w: World) -> None:
    """Users on the morning of the first day."""
    s = w.state[0]
    p = w.params[0]
    key = derive_key(s.clock.seed, s.clock.replication, Stream.GENESIS_USERS, GENESIS)
    active = count_active(len(w.users), p)
    shuffle_ranks(w.users, key)
    for i in range(len(w.users)):
        open_user(w.users[i], key, i, active, p)
    homes = derive_key(s.clock.seed, s.clock.replication, Stream.HOMES, GENESIS)
    settle_homes(w.users, w.rollups, s.rollups, s.switching, w.today[0].switching, homes)
    open_claims(w.users, w.pots[0].unclaimed_airdrop, key, p.claiming.spread)
    for i in range(len(w.users)):
        catch_up(w.users[i], w.pots[0], s.clock.offset, p)
        w.users[i].trust = compute_success(s.delivery, p.messaging)
    open_demand(s.adoption, w.users, active, p)
    s.activity.active_share = active / max(len(w.users), 1)
    s.activity.users_active = active


@rule
def compute_price_of_sending(s: State, p: Params) -> float:
    """USD that a message costs its sender: its fee less what is given back or earned, congestion on its chain, gas beyond launch's."""
    price = s.market.price
    congestion = compute_congestion_fee(s.scaling, p.fees, s.market.price_mean)
    earned = s.activity_rewards.spared + compute_incentive(s.activity_rewards, s.incentives, p.incentives, s.fees.message_fee)
    fee = to_usd(s.fees.message_fee, price) * (1.0 - earned)
    return max(fee + to_usd(to_count(congestion), price) + compute_gas_usd(s.delivery, p.messaging), 0.0)


@rule
def prepare_choice(s: State, p: Params, today: DemandMetrics) -> None:
    """What sending is worth today, here and over a rival, before anybody's own experience."""
    price = compute_price_of_sending(s, p)
    risk = s.deposits.exposed - USUAL_HAZARD
    usable = get_usable(p.liquidity)
    s.demand.value = compute_value(price, s.activity.delay_s, s.competition.reach_usd, usable, risk, p.demand)
    s.demand.rival = compute_rival_value(p.competition.rival_fee_usd, p.competition.rival_delay_s, p.demand)
    s.demand.share = compute_share(s.demand.value, s.demand.rival, p.demand)
    measure_demand(s.demand, price, p.demand, today)


@rule
def prepare_users(w: World) -> None:
    """What all users share today: the quoted fee, rates of messages, hazards, thresholds."""
    s = w.state[0]
    p = w.params[0]
    day = s.clock.day
    if is_quote_due(s.fees, p.fees, day):
        quote_fee(s.fees, p.fees, s.market.price_mean, day)
    demand = s.adoption
    homes = derive_key(s.clock.seed, s.clock.replication, Stream.HOMES, GENESIS)
    w.today[0].activity.users_left += move_homes(w.users, w.rollups, s.rollups, demand, p.adoption.closing_leave, homes)
    # Weight of a day in an n-day mean (ECONOMY 19).
    demand.learn = 2.0 / (p.adoption.learning_days + 1.0)
    # The usual success stands at level USUAL, where a cohort sends its normal rate.
    demand.trust_scale = USUAL / USUAL_SUCCESS
    prepare_switching(s.switching, s.activity, USUAL_DELAY_S, p.switching)
    prepare_claims(demand, p.claiming, is_claim_open(day + s.clock.offset, p.airdrop))
    # Yesterday's dropped share: today's is known once the load has been served.
    prepare_failures(demand, compute_success(s.delivery, p.messaging) * (1.0 - compute_dropped_share(s.scaling)))
    prepare_payment(demand, p.adoption, s.fees.message_fee, p.incentives.discount_bps)
    prepare_choice(s, p, w.today[0].demand)
    # Newcomers expect the success that everybody can look up.
    expected = s.demand.value - s.demand.rival + compute_experience(s.activity.success, p.demand)
    attachment = compute_attachment(expected, p.demand)
    demand.join = compute_join(p.adoption, s.activity.active_share, s.market.factor, attachment)
    prepare_leaving(demand, s.demand, p.adoption, p.demand)
    prepare_rates(demand, s.demand, compute_attraction(s.liquidity, p.liquidity), p.adoption, p.demand)


@rule
def draw_users(w: World) -> None:
    """Today's chance of all users."""
    draw_day(as_reals(w.user_draws), w.state[0].clock, Stream.USERS)


@rule
def user_at(users: Any, draws: Any, state: Any, pots: Any, params: Any, today: Any, i: int) -> None:
    """The day of user i."""
    user_day(users[i], draws[i], state[0], pots[0], params[0], today[0])


@rule
def process_users(w: World) -> None:
    """Users send messages."""
    # Rows are handed on and not tables: counting a table's references in each call would cost more than the user's day.
    users = w.users
    draws = w.user_draws
    s = w.state[0]
    pots = w.pots[0]
    p = w.params[0]
    today = w.today[0]
    key = get_key(s.clock, Stream.USERS)
    for start in range(0, len(users), BLOCK):
        stop = min(start + BLOCK, len(users))
        fill_draws(as_reals(w.user_draws), key, start, stop)
        for i in range(start, stop):
            user_day(users[i], draws[i], s, pots, p, today)
