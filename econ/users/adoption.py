"""How many cohorts use the network and how much: join, churn and the rate of messages (MODEL 14, ECONOMY 13-16)."""

from metalab.econ.kernel.chance.distributions import normal
from metalab.econ.users.claiming import Claiming, compute_claim_step, compute_sold
from metalab.econ.users.demand import Demand, DemandState, compute_attachment, compute_experience, compute_share
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field, parameter
from metalab.protocol.kernel.units import BPS, logistic, power, safe_exp, to_count

CLASSES = 8
"""Cohorts come in so many classes of rate, equally many each, so that a day's exp(-rate) is shared."""
LEVELS = 32
"""Steps of trust."""
USUAL = 16
"""Level of a cohort that has experienced the success of launch."""
SLOTS = CLASSES * LEVELS
"""Pairs of a class and a level: length of the tables of rates."""
BLOCK = 8
"""Places of a table that are compared together, without a branch that chance would decide."""
SPAN = 32
"""Counts around the middle of a slot's whose chances are tabulated."""
STEPS = SLOTS * SPAN
"""Length of the table of these chances."""
KNOWN = 160
"""Message counts whose chances of failures can be tabulated; a multiple of BLOCK, so that no block leaves the table."""
PAIRS = KNOWN * (KNOWN + 1) // 2
"""Pairs of a message count below KNOWN and a number of failures."""
INSIDE = (1 << 14) - 1
"""All bits of a place in these tables: masked with it, a place is seen to be no negative one, which saves a check at each."""
LAUNCH_ADDRESSES = 27e6
"""Addresses behind the cohorts active at the start (data/caldera_ecosystem_checkpoints.csv 2025-07): reported alone."""
PEOPLE_PER_ADDRESS = 0.10
"""Real people per address (data/defaults.csv users.real_per_address, .07 to .13): reported alone."""


class Adoption(Record):
    """How users come, act and go."""

    messages_per_day: float = parameter(
        15_000.0,
        100.0,
        200_000.0,
        unit="1/day",
        source="assumed (MODEL 17: range 5,000-50,000); bounds: below preset low-traffic, over ten times launch",
        owner="nature",
        doc="Messages a day of the cohorts active at launch, where sending is worth what it usually is.",
    )
    active_share: float = parameter(
        0.35, 0.0, 1.0, unit="share", source="assumed (ECONOMY 16)", owner="nature", binds="opening",
        doc="Cohorts active at the start, rounded down.",
    )  # fmt: skip
    innovation: float = parameter(
        0.03, 0.001, 0.6, unit="1/year", source="data/defaults.csv rollup.bass_p_per_year", owner="nature", doc="Bass p: hazard of joining."
    )
    imitation: float = parameter(
        0.5,
        0.38,
        2.05,
        unit="1/year",
        source="data/defaults.csv rollup.bass_q_per_year",
        owner="nature",
        doc="Bass q: hazard of joining when all others are active.",
    )
    factor_weight: float = parameter(
        0.25,
        0.0,
        2.0,
        unit="1",
        source="ECONOMY 16 (.5 of a factor half as volatile)",
        owner="behaviour",
        doc="Exponent of the market factor in joining.",
    )
    closing_leave: float = parameter(
        0.3,
        0.0,
        1.0,
        unit="share",
        source="assumed",
        owner="behaviour",
        doc="Cohorts that leave the network when their rollup closes; the others move to another one.",
    )
    churn: float = parameter(0.30, 0.0, 3.0, unit="1/year", source="assumed (ECONOMY 16)", owner="behaviour", doc="Hazard of leaving.")
    rate_spread: float = parameter(
        1.0, 0.0, 2.0, unit="1", source="assumed", owner="nature", doc="Lognormal sigma of message rates over cohorts."
    )
    learning_days: float = parameter(
        20.0, 1.0, 365.0, unit="day", source="assumed", owner="behaviour", doc="Days over which a cohort averages its experience."
    )
    era_base: float = parameter(
        -2.2, -6.0, 2.0, unit="logit", source="ECONOMY 15", owner="behaviour", doc="Paying in ERA and not in native gas, at no discount."
    )
    era_discount: float = parameter(
        8.0, 0.0, 40.0, unit="logit", source="ECONOMY 15", owner="behaviour", doc="Weight of the discount in that choice."
    )
    era_holding: float = parameter(
        1.0, 0.0, 5.0, unit="logit", source="ECONOMY 15", owner="behaviour", doc="Weight of already holding enough ERA in that choice."
    )
    holding_days: float = parameter(
        30.0,
        1.0,
        365.0,
        unit="day",
        source="ECONOMY 15",
        owner="behaviour",
        doc="Days of fees that count as enough, and that are bought.",
    )


class AdoptionState(Record):
    """What all users share on a day, computed once in the morning, and the launch values that responses are measured from."""

    opened: float = field("1", "cohorts that send `messages_per_day`: those active at launch, not rounded")
    norm: float = field("1", "1 / mean class factor of the cohorts active at launch")
    delay_s: float = field("s", "delay on the first morning")
    ever: int = field("1", "cohorts that were ever active")
    closed: int = field("1", "closed rollups, as known to those who lived there")
    join: float = field("1/day", "chance of joining today")
    leave: list[float] = field("1/day", "chance of leaving today by level", length=LEVELS)
    claim_level: float = field("1", "cumulated hazard of claiming; -1 when claims are closed")
    quick_sold: float = field("share", "of the quick part of an airdrop between two sales")
    slow_sold: float = field("share", "of the slow part")
    era_base: float = field("share", "taste below which a cohort pays in ERA")
    era_holding: float = field("share", "taste below which a cohort pays in ERA if it holds enough")
    hold_fee: float = field("uERA", "fees of one message a day over the days of holding")
    learn: float = field("1", "weight of a day's experience")
    trust_scale: float = field("1", "levels per unit of experienced success")
    fail: float = field("share", "chance that a message fails")
    success: float = field("share", "chance that it arrives")
    tabulated: int = field("1", "message counts from 0 on whose failures are tabulated at this chance")
    failures: list[float] = field("share", "chance of at most k failures among n messages, at place n (n + 1) / 2 + k", length=PAIRS)
    rates: list[float] = field("1/day", "messages by class and level", length=SLOTS)
    first: list[int] = field("1", "lowest tabulated count by class and level; -1 until somebody needs it today", length=SLOTS)
    steps: list[float] = field("share", "chance of at most so many messages, SPAN counts by class and level", length=STEPS)
    centre: list[int] = field("1", "a count near the mean by class and level, where the search for a count starts", length=SLOTS)
    chance: list[float] = field("share", "chance of exactly that count", length=SLOTS)
    upto: list[float] = field("share", "chance of at most that count", length=SLOTS)


@rule
def compute_class_factor(k: int, spread: float) -> float:
    """Relative rate of class k before normalisation: lognormal at the middle of the k-th of CLASSES equal parts."""
    return safe_exp(spread * normal((k + 0.5) / CLASSES))


@rule
def compute_response(value: float, launch: float, elasticity: float) -> float:
    """(value / launch)^elasticity; 1 where either is not positive."""
    if value <= 0.0 or launch <= 0.0:
        return 1.0
    return power(value / launch, elasticity)


@rule
def compute_join(p: Adoption, active_share: float, factor: float, attachment: float) -> float:
    """Chance of joining on a day: (p + q a) e^(weight m) / 365 (ECONOMY 16), times how much more attractive than usual it is."""
    return min((p.innovation + p.imitation * active_share) * safe_exp(p.factor_weight * factor) * attachment / DAYS_A_YEAR, 1.0)


@rule
def prepare_leaving(state: AdoptionState, choice: DemandState, p: Adoption, q: Demand) -> None:
    """Chance of leaving today by level of trust: the usual hazard over how attractive it is to those with that experience."""
    for level in range(LEVELS):
        value = choice.value - choice.rival + compute_experience(level / state.trust_scale, q)
        state.leave[level] = min(p.churn / DAYS_A_YEAR / compute_attachment(value, q), 1.0)


@rule
def get_level(trust: float, trust_scale: float) -> int:
    """Step of trust nearest to a cohort's experience; never 0, so that a cohort can learn again."""
    return max(min(to_count(trust * trust_scale + 0.5), LEVELS - 1), 1)


@rule
def count_passed(u: float, steps: list[float], place: int, most: int) -> int:
    """How many of the first `most` of BLOCK chances from `place` on are below u."""
    passed = 0
    for k in range(BLOCK):
        passed += 1 if steps[place + k] < u and k < most else 0
    return passed


@rule
def prepare_counts(demand: AdoptionState, slot: int) -> None:
    """Poisson chances at the middle of a slot's counts, for a rate below SEARCH_BELOW, and around it."""
    rate = demand.rates[slot]
    term = safe_exp(-rate)
    below = term
    n = 0
    while n + 1 <= rate:
        n += 1
        term *= rate / n
        below += term
    demand.centre[slot] = n
    demand.chance[slot] = term
    demand.upto[slot] = below
    tabulate_counts(demand, slot)


@rule
def tabulate_counts(demand: AdoptionState, slot: int) -> None:
    """The chances of at most so many messages, by the very sums that a search from the middle goes through."""
    rate = demand.rates[slot]
    centre = demand.centre[slot]
    first = max(centre - SPAN // 2, 0)
    place = slot * SPAN + centre - first
    chance = demand.chance[slot]
    below = demand.upto[slot]
    demand.steps[place] = below
    for k in range(centre - first):
        below -= chance
        chance *= (centre - k) / rate
        demand.steps[place - k - 1] = below
    chance = demand.chance[slot]
    below = demand.upto[slot]
    for k in range(1, SPAN - (centre - first)):
        chance *= rate / (centre + k)
        below += chance
        demand.steps[place + k] = below
    demand.first[slot] = first


@rule
def prepare_rates(demand: AdoptionState, choice: DemandState, scale: float, p: Adoption, q: Demand) -> None:
    """Today's messages of each class and level at `scale` times the launch rate; their chances wait until they are needed."""
    # The factors of the levels wait in the first class's places until its turn comes, last.
    for level in range(LEVELS):
        value = choice.value + compute_experience(level / demand.trust_scale, q)
        demand.upto[level] = compute_share(value, choice.rival, q) / q.usual_share
    mean_rate = p.messages_per_day / demand.opened if demand.opened > 0.0 else 0.0
    for k in range(CLASSES - 1, -1, -1):
        rate = mean_rate * demand.norm * compute_class_factor(k, p.rate_spread) * scale
        for level in range(LEVELS):
            slot = k * LEVELS + level
            demand.rates[slot] = rate * demand.upto[level]
            demand.first[slot] = -1


@rule
def prepare_failures(demand: AdoptionState, success: float) -> None:
    """Begin a new table of failures where the given success is another one."""
    fail = 1.0 - success
    # A table never begun holds nothing, whatever `fail` says.
    if demand.fail == fail and demand.tabulated > 0:
        return
    demand.fail = fail
    demand.success = success
    demand.failures[0] = 1.0
    demand.tabulated = 1


@rule
def tabulate_failures(demand: AdoptionState, most: int) -> None:
    """Chances of failures up to `most` messages.

    P(at most k of n) = success P(at most k of n - 1) + failure P(at most k - 1 of n - 1).
    """
    fail = demand.fail
    success = demand.success
    for n in range(demand.tabulated, most + 1):
        row = n * (n + 1) // 2
        last = row - n
        demand.failures[row] = success * demand.failures[last]
        for k in range(1, n):
            demand.failures[row + k] = success * demand.failures[last + k] + fail * demand.failures[last + k - 1]
        demand.failures[row + n] = 1.0
    demand.tabulated = most + 1


@rule
def prepare_payment(demand: AdoptionState, p: Adoption, message_fee: int, discount_bps: int) -> None:
    """Who pays in ERA today: logit of ECONOMY 15 as thresholds of taste, a uniform that each cohort keeps."""
    utility = p.era_base + p.era_discount * (discount_bps / BPS)
    demand.era_base = logistic(utility)
    demand.era_holding = logistic(utility + p.era_holding)
    demand.hold_fee = p.holding_days * message_fee


@rule
def prepare_claims(demand: AdoptionState, p: Claiming, is_open: bool) -> None:
    """Today's cumulated hazard of claiming and the shares of an airdrop sold between two sales."""
    demand.claim_level = demand.claim_level + compute_claim_step(p) if is_open else -1.0
    demand.quick_sold = compute_sold(p.quick_decay, float(p.errand_days))
    demand.slow_sold = compute_sold(p.slow_decay, float(p.errand_days))
