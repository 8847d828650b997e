"""How many cohorts use the network and how much: join, churn and the rate of messages (MODEL 14, ECONOMY 13-16)."""

from metalab.econ.kernel.chance.distributions import SEARCH_BELOW, normal
from metalab.econ.users.activity import ActivityState
from metalab.econ.users.claiming import Claiming, compute_claim_step, compute_sold
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field, parameter
from metalab.protocol.kernel.units import BPS, clip, logistic, power, safe_exp, to_count

CLASSES = 8
"""Cohorts come in so many classes of rate, equally many each, so that a day's exp(-rate) is shared."""
LEVELS = 32
"""Steps of trust."""
USUAL = 16
"""Level of a cohort that has experienced the success of launch."""
SLOTS = CLASSES * LEVELS
"""Pairs of a class and a level: length of the tables of rates."""
KNOWN = 64
"""Message counts whose chances of failures are tabulated."""
PAIRS = KNOWN * (KNOWN + 1) // 2
"""Pairs of a message count below KNOWN and a number of failures."""


class Adoption(Record):
    """How users come, act and go."""

    messages_per_day: float = parameter(
        15_000.0, 0.0, 1e6, unit="1/day", source="assumed (MODEL 17: range 5,000-50,000)", owner="nature", doc="Messages a day at launch."
    )
    active_share: float = parameter(
        0.35, 0.0, 1.0, unit="share", source="assumed (ECONOMY 16)", owner="nature", doc="Cohorts active at the start, rounded down."
    )
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
    incentive_pull: float = parameter(
        0.3,
        0.0,
        2.0,
        unit="1",
        source="assumed",
        owner="behaviour",
        doc="Exponent in joining of what a message earns in shares of its fee, beyond that at launch.",
    )
    share_elasticity: float = parameter(
        1.0,
        0.0,
        2.0,
        unit="1",
        source="assumed",
        owner="behaviour",
        doc="Exponent in joining of the network's share of all live rollups relative to that at launch.",
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
    fee_reference_usd: float = parameter(
        0.30, 0.001, 5.0, unit="USD", source="ECONOMY 13", owner="behaviour", doc="Fee at which cohorts send their normal rate."
    )
    fee_elasticity: float = parameter(
        0.5, 0.2, 1.2, unit="1", source="assumed (ECONOMY 13)", owner="behaviour", doc="Elasticity of messages to the fee in USD."
    )
    fee_response_cap: float = parameter(
        5.0, 1.0, 20.0, unit="1", source="ECONOMY 13", owner="behaviour", doc="Most that a low fee multiplies messages by."
    )
    usual_delay_s: float = parameter(
        15.0, 0.1, 1e6, unit="s", source="assumed (geometric mean over openings of launch)", owner="nature",
        doc="Delay at which cohorts send their normal rate.",
    )  # fmt: skip
    usual_success: float = parameter(
        0.7285, 0.01, 1.0, unit="share", source="assumed (the opening of launch)", owner="nature",
        doc="Success at which cohorts send their normal rate.",
    )  # fmt: skip
    usual_reach_usd: float = parameter(
        4e8, 1.0, 1e12, unit="USD", source="data/caldera_ecosystem_checkpoints.csv 2025-07", owner="nature",
        doc="Value that rollups hold at which cohorts send their normal rate.",
    )  # fmt: skip
    usual_incentive: float = parameter(
        0.2575, 0.0, 10.0, unit="1", source="assumed (the opening of launch)", owner="nature",
        doc="What a message earns, in shares of its fee, at which cohorts join at the normal hazard.",
    )  # fmt: skip
    usual_flow_share: float = parameter(
        0.25, 0.001, 1.0, unit="share", source="assumed (the opening of launch)", owner="nature",
        doc="Part of flows between rollups that the Metalayer carries at which cohorts send their normal rate.",
    )  # fmt: skip
    flow_elasticity: float = parameter(
        0.2, 0.0, 1.0, unit="1", source="assumed", owner="behaviour",
        doc="Elasticity of messages to the part of flows between rollups that the Metalayer carries.",
    )  # fmt: skip
    delay_elasticity: float = parameter(
        0.1, 0.0, 1.0, unit="1", source="assumed", owner="behaviour", doc="Elasticity of messages to their delay."
    )
    success_elasticity: float = parameter(
        0.5, 0.0, 2.0, unit="1", source="assumed", owner="behaviour", doc="Elasticity of a cohort's messages to the success it experienced."
    )
    reach_elasticity: float = parameter(
        0.1, 0.0, 1.0, unit="1", source="assumed", owner="behaviour", doc="Elasticity of messages to the value that rollups hold."
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
    launch_addresses: float = parameter(
        27e6,
        1.0,
        1e10,
        unit="1",
        source="data/caldera_ecosystem_checkpoints.csv 2025-07 unique wallets",
        owner="nature",
        doc="Addresses behind the cohorts active at the start.",
    )
    real_share: float = parameter(
        0.10, 0.07, 0.13, unit="share", source="data/defaults.csv users.real_per_address", owner="nature", doc="Real people per address."
    )


class AdoptionState(Record):
    """What all users share on a day, computed once in the morning, and the launch values that responses are measured from."""

    mean_rate: float = field("1/day", "messages of a mean cohort at launch")
    norm: float = field("1", "1 / mean class factor of the cohorts active at launch")
    share: float = field("share", "of the network in all live rollups at launch")
    delay_s: float = field("s", "delay on the first morning")
    success: float = field("share", "success on the first morning")
    ever: int = field("1", "cohorts that were ever active")
    closed: int = field("1", "closed rollups, as known to those who lived there")
    join: float = field("1/day", "chance of joining today")
    leave: float = field("1/day", "chance of leaving today")
    claim_level: float = field("1", "cumulated hazard of claiming; -1 when claims are closed")
    quick_sold: float = field("share", "of the quick part of an airdrop between two sales")
    slow_sold: float = field("share", "of the slow part")
    era_base: float = field("share", "taste below which a cohort pays in ERA")
    era_holding: float = field("share", "taste below which a cohort pays in ERA if it holds enough")
    hold_fee: float = field("uERA", "fees of one message a day over the days of holding")
    learn: float = field("1", "weight of a day's experience")
    trust_scale: float = field("1", "levels per unit of experienced success")
    fail: float = field("share", "chance that a message fails")
    failures: list[float] = field("share", "chance of at most k failures among n messages, at place n (n + 1) / 2 + k", length=PAIRS)
    rates: list[float] = field("1/day", "messages by class and level", length=SLOTS)
    centre: list[int] = field("1", "a count near the mean by class and level, where the search for a count starts", length=SLOTS)
    chance: list[float] = field("share", "chance of exactly that count", length=SLOTS)
    upto: list[float] = field("share", "chance of at most that count", length=SLOTS)


@rule
def compute_class_factor(k: int, spread: float) -> float:
    """Relative rate of class k before normalisation: lognormal at the middle of the k-th of CLASSES equal parts."""
    return safe_exp(spread * normal((k + 0.5) / CLASSES))


@rule
def compute_fee_response(fee_usd: float, p: Adoption) -> float:
    """(fee / reference)^-epsilon, at most the cap (ECONOMY 13)."""
    if fee_usd <= 0.0:
        return p.fee_response_cap
    return min(power(fee_usd / p.fee_reference_usd, -p.fee_elasticity), p.fee_response_cap)


@rule
def compute_response(value: float, launch: float, elasticity: float) -> float:
    """(value / launch)^elasticity; 1 where either is not positive."""
    if value <= 0.0 or launch <= 0.0:
        return 1.0
    return power(value / launch, elasticity)


@rule
def compute_join(p: Adoption, active_share: float, factor: float, incentive: float, standing: float) -> float:
    """Chance of joining on a day: (p + q a) e^(weight m) / 365 (ECONOMY 16).

    Moved by incentives beyond those at launch and by `standing`, the answer to the network's share of the market.
    """
    # At most a factor of e either way: no budget multiplies joining without bound (assumed).
    pull = safe_exp(clip(p.incentive_pull * incentive, -1.0, 1.0)) * standing
    return min((p.innovation + p.imitation * active_share) * safe_exp(p.factor_weight * factor) * pull / DAYS_A_YEAR, 1.0)


@rule
def get_level(trust: float, trust_scale: float) -> int:
    """Step of trust nearest to a cohort's experience; never 0, so that a cohort can learn again."""
    return max(min(to_count(trust * trust_scale + 0.5), LEVELS - 1), 1)


@rule
def prepare_counts(demand: AdoptionState, slot: int) -> None:
    """Poisson chances at the middle of a slot's counts. Rates too high for the search (their chance of 0 is 0 here) have none."""
    rate = demand.rates[slot]
    term = safe_exp(-rate) if rate < SEARCH_BELOW else 0.0
    below = term
    n = 0
    while n + 1 <= rate and rate < SEARCH_BELOW:
        n += 1
        term *= rate / n
        below += term
    demand.centre[slot] = n
    demand.chance[slot] = term
    demand.upto[slot] = below


@rule
def prepare_rates(demand: AdoptionState, scale: float, p: Adoption) -> None:
    """Today's messages of each class and level at `scale` times the launch rate, and where to search their counts."""
    # The factors of the levels wait in the first class's places until its turn comes, last.
    for level in range(LEVELS):
        demand.upto[level] = power(level / USUAL, p.success_elasticity)
    for k in range(CLASSES - 1, -1, -1):
        rate = demand.mean_rate * demand.norm * compute_class_factor(k, p.rate_spread) * scale
        for level in range(LEVELS):
            slot = k * LEVELS + level
            demand.rates[slot] = rate * demand.upto[level]
            prepare_counts(demand, slot)


@rule
def prepare_failures(demand: AdoptionState, success: float) -> None:
    """Chances of failures at the given success, tabulated when it changes.

    P(at most k of n) = success P(at most k of n - 1) + failure P(at most k - 1 of n - 1).
    """
    fail = 1.0 - success
    # A table never filled is all 0, whatever `fail` says.
    if demand.fail == fail and demand.failures[0] == 1.0:
        return
    demand.fail = fail
    demand.failures[0] = 1.0
    for n in range(1, KNOWN):
        row = n * (n + 1) // 2
        last = row - n
        demand.failures[row] = success * demand.failures[last]
        for k in range(1, n):
            demand.failures[row + k] = success * demand.failures[last + k] + fail * demand.failures[last + k - 1]
        demand.failures[row + n] = 1.0


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


@rule
def compute_scale(activity: ActivityState, reach: float, flow_share: float, fee_usd: float, p: Adoption) -> float:
    """Messages relative to the usual: fall with fee and delay, rise with reachable value and where rivals carry less (MODEL 14).

    The usual values are parameters: measured from its own first day a world would not feel what it began with.
    """
    response = compute_fee_response(fee_usd, p)
    response *= compute_response(activity.delay_s, p.usual_delay_s, -p.delay_elasticity)
    response *= compute_response(flow_share, p.usual_flow_share, p.flow_elasticity)
    return response * compute_response(reach, p.usual_reach_usd, p.reach_elasticity)
