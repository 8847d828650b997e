"""The cohorts on the morning of the first day: who is active, who farms, who got how much of the airdrop (ECONOMY 2, 5, 16)."""

from typing import Any

from metalab.econ.kernel.chance.distributions import exponential, lognormal
from metalab.econ.kernel.chance.philox import uniform_at
from metalab.econ.kernel.records import Params
from metalab.econ.users.adoption import CLASSES, USUAL, AdoptionState, compute_class_factor
from metalab.econ.users.claiming import WEEK, compute_claim_step, compute_sold, divide_airdrop
from metalab.econ.users.user import NO_HOME, Presence, UserRow
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import mul_div, to_count
from metalab.protocol.market.ledger import sell
from metalab.protocol.supply.ledger import claim_airdrop

SHUFFLE = 0
"""Permanent index of the genesis draw of the random order."""
AIRDROP = 1
"""Permanent index of the genesis draw of the size of the airdrop."""
PATIENCE = 2
"""Permanent index of the genesis draw of the cumulated hazard at which it claims."""
TASTE = 3
"""Permanent index of the genesis draw of the taste for paying in ERA."""


@rule
def shuffle_ranks(users: Rows[UserRow], key: Any) -> None:
    """Give every cohort its place in a keyed random order (Fisher-Yates)."""
    for i in range(len(users)):
        users[i].rank = i
    for i in range(len(users) - 1, 0, -1):
        j = min(to_count(uniform_at(key, i, SHUFFLE) * (i + 1)), i)
        kept = users[i].rank
        users[i].rank = users[j].rank
        users[j].rank = kept


@rule
def is_farmer(rank: int, share: float) -> bool:
    """Whether a cohort farms: the share holds in every class of rate and in every stretch of the random order."""
    place = rank // CLASSES
    return to_count((place + 1) * share) > to_count(place * share)


@rule
def open_user(user: UserRow, key: Any, i: int, active: int, p: Params) -> None:
    """One cohort; the first `active` in the random order start active."""
    user.index = i
    user.rollup = NO_HOME
    user.level = USUAL
    user.patience = exponential(uniform_at(key, i, PATIENCE))
    user.taste = uniform_at(key, i, TASTE)
    # Cohorts run their errands on different days.
    user.next_day = user.rank % p.claiming.errand_days
    if is_farmer(user.rank, p.claiming.farm_share):
        user.farmer = 1
    if user.rank < active:
        user.presence = Presence.ACTIVE


@rule
def count_active(users: int, p: Params) -> int:
    """Cohorts active at the start: the share, rounded down (up to rounding errors of the product)."""
    return to_count(users * p.adoption.active_share + 1e-9)


@rule
def open_demand(demand: AdoptionState, users: Rows[UserRow], active: int, p: Params) -> None:
    """What makes the total that of launch for any number of cohorts: how many share it, and the mean of their classes."""
    demand.ever = active
    demand.opened = p.adoption.active_share * len(users)
    total = 0.0
    for k in range(CLASSES):
        # The active ones have ranks below `active`, and a cohort's class is its rank modulo CLASSES.
        members = active // CLASSES
        if k < active % CLASSES:
            members += 1
        total += members * compute_class_factor(k, p.adoption.rate_spread)
    demand.norm = active / total if total > 0.0 else 1.0


@rule
def weigh_airdrop(users: Rows[UserRow], key: Any, spread: float) -> int:
    """Write each cohort's weight (1 for the median, in millionths) in place of its claim; returns the sum."""
    total = 0
    for i in range(len(users)):
        users[i].airdrop = to_count(lognormal(uniform_at(key, i, AIRDROP), 1.0, spread) * 1e6)
        total += users[i].airdrop
    return total


@rule
def open_claims(users: Rows[UserRow], amount: int, key: Any, spread: float) -> None:
    """Split `amount` uERA over the cohorts in proportion to lognormal weights; the claims sum to it exactly."""
    total = weigh_airdrop(users, key, spread)
    weight = 0
    given = 0
    for i in range(len(users)):
        weight += users[i].airdrop
        upto = mul_div(amount, weight, total)
        users[i].airdrop = upto - given
        given = upto


@rule
def catch_up(user: UserRow, pots: Pots, offset: int, p: Params) -> None:
    """A world that opens `offset` days after the launch: the cohort has claimed and sold as it would have until then."""
    waited = user.patience / compute_claim_step(p.claiming)
    held = offset - to_count(waited)
    if user.airdrop <= 0 or waited > min(offset, p.airdrop.claim_days):
        return
    amount = user.airdrop
    user.airdrop = 0
    claim_airdrop(user, pots, amount)
    divide_airdrop(user, amount, p.claiming)
    user.claim_day = -held
    sold = mul_div(user.rush, min(held, WEEK), WEEK)
    user.rush -= sold
    days = float(max(held - WEEK, 0))
    quick = to_count(user.quick * compute_sold(p.claiming.quick_decay, days))
    slow = to_count(user.slow * compute_sold(p.claiming.slow_decay, days))
    user.quick -= quick
    user.slow -= slow
    # Straight into the float: sales before the first day must not move today's price.
    sell(user, pots, sold + quick + slow)
