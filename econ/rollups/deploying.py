"""Where new rollups go: ideas, their net present value, and the choice of a provider (MODEL 14 and 16, LOOPS 11)."""

from enum import IntEnum
from typing import Any, NamedTuple

from metalab.econ.rollups.competition import RIVALS, Competition, CompetitionState
from metalab.econ.rollups.rollup import Rollups
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR, MONTHS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field, metric, parameter, switch
from metalab.protocol.kernel.units import safe_exp, smooth


class Niche(IntEnum):
    """What a rollup is for."""

    DEFI = 0
    NFT = 1
    GAMING = 2
    PRIVACY = 3
    PAYMENTS = 4
    DATA = 5


class Deploying(Record):
    """Ideas, the money behind them and what providers offer.

    Capital and pay are fitted to the survival of rollups: 83-99 % at 12 months, 37-49 % at 24 (ECONOMY 17).
    """

    ideas: float = parameter(
        0.34, 0.0, 20.0, unit="1/year", source="assumed (set so that ECONOMY 17's 26 births a year [10-40] come out)", owner="behaviour",
        doc="Ideas for a rollup that a developer has a year.",
    )  # fmt: skip
    niches: list[float] = parameter(
        (0.30, 0.15, 0.25, 0.05, 0.10, 0.15), 0.0, 1.0, unit="share", source="assumed", owner="nature", binds="entry",
        doc="How often an idea is for DeFi, NFT, gaming, privacy, payments, data.",
    )  # fmt: skip
    frameworks: list[float] = parameter(
        (35.0, 40.0, 6.0, 9.0), 0.0, 1_000.0, unit="1", source="data/hyperlane_chain_survival.csv technical_stack", owner="nature",
        binds="entry", doc="Weights of Arbitrum, OP, ZK, Polygon (chains ever listed).",
    )  # fmt: skip
    framework_cost: list[float] = parameter(
        (1.65, 0.90, 1.0, 1.0), 0.0, 10.0, unit="1", owner="nature",
        source="data/adoption_reference.csv hazards .62 and .34 against .376, read as differences in cost",
        doc="What running a rollup costs on Arbitrum, OP, ZK, Polygon, relative to the price quoted.",
    )  # fmt: skip
    payroll_usd: float = parameter(
        8_000.0,
        100.0,
        1e6,
        unit="USD/month",
        source="assumed (one or two people)",
        owner="behaviour",
        binds="entry",
        doc="Median pay of a rollup's team.",
    )
    payroll_sigma: float = parameter(
        0.6, 0.0, 2.0, unit="1", source="assumed", owner="behaviour", binds="entry", doc="Spread of log pay between rollups."
    )
    capital_months: float = parameter(
        25.0, 1.0, 240.0, unit="month", source="assumed (fitted to survival at 12 and 24 months, ECONOMY 17)", owner="behaviour",
        binds="entry", doc="Median capital that investors put into an idea, in months of its team's pay.",
    )  # fmt: skip
    capital_sigma: float = parameter(
        0.4, 0.0, 2.0, unit="1", source="assumed (fitted to survival at 12 and 24 months, ECONOMY 17)", owner="behaviour", binds="entry",
        doc="Spread of the log of capital in months of pay.",
    )  # fmt: skip
    deployment_usd: float = parameter(
        50_000.0, 0.0, 1e7, unit="USD", source="assumed", owner="nature", binds="entry", doc="Cost of building and launching a rollup."
    )
    reserve_months: float = parameter(
        12.0,
        0.0,
        60.0,
        unit="month",
        source="assumed",
        owner="behaviour",
        binds="entry",
        doc="Months of operation a developer wants in hand at launch.",
    )
    horizon_months: float = parameter(
        18.0, 0.0, 240.0, unit="month", source="assumed (24 months of life discounted at 30 % a year)", owner="behaviour",
        doc="Months of income and cost, discounted, that a developer counts on.",
    )  # fmt: skip
    scale_usd: float = parameter(
        250_000.0, 1_000.0, 1e8, unit="USD", source="assumed", owner="behaviour",
        doc="Advantage in net present value that multiplies the odds of a provider by e.",
    )  # fmt: skip
    cost_usd: float = parameter(
        3_000.0, 0.0, 1e5, unit="USD/month", source="assumed", owner="team", doc="What running a rollup costs here."
    )
    grant: int = parameter(
        50_000,
        0,
        5_000_000,
        unit="ERA",
        source="assumed (at launch 1.5 times the cost of a deployment)",
        owner="dao",
        binds="entry",
        doc="Grant for a deployment, within the year's budget.",
    )
    no_code: int = switch(
        False,
        source="MODEL 13 (off by default, on in stated)",
        owner="team",
        binds="entry",
        doc="Whether a rollup can be deployed without code.",
    )
    no_code_saving: float = parameter(
        0.3, 0.0, 0.95, unit="share", source="assumed", owner="nature", binds="entry", doc="Part of the deployment cost that it saves."
    )


class DeployingState(Record):
    """Deployments so far."""

    chance: float = field("1", "chance that an idea comes to a developer today")
    ideas: int = field("1", "ideas so far")
    unfunded: int = field("1", "ideas dropped so far because no provider's offer was within their money and worth it")
    lost: int = field("1", "ideas that went to a rival so far")
    earned: float = field("USD/day", "what a rollup earns per USD secured before running cost, slow mean")
    weights: list[float] = field("1", "odds of this provider, then of each rival, at the last choice", length=1 + RIVALS)


class DeployingMetrics(Record):
    """Developers' decisions on a day."""

    ideas: float = metric("1", "Ideas for rollups so far.", chart=True)
    ideas_unfunded: float = metric("1", "Ideas dropped so far for lack of capital or of profit.", better="low", chart=True)
    ideas_lost: float = metric("1", "Ideas that went to a rival so far.", better="low", chart=True)
    newcomer_income_usd: float = metric("USD/month", "What a newcomer expects to earn here before running cost.", better="high", chart=True)


class Plan(NamedTuple):
    """An idea in figures: its capital (USD), its team's pay (USD a month), its framework's cost relative to the price quoted."""

    capital_usd: float
    payroll_usd: float
    framework_cost: float


class ProviderOffer(NamedTuple):
    """A provider's terms: grant and cost of launch in USD, price and expected income in USD a month."""

    grant_usd: float
    launch_usd: float
    cost_usd: float
    income_usd: float


@rule
def sum_weights(weights: Any) -> float:
    """Their sum."""
    total = 0.0
    for k in range(len(weights)):
        total += weights[k]
    return total


@rule
def compute_deployment_cost(p: Deploying) -> float:
    """What building and launching a rollup here costs, in USD."""
    return p.deployment_usd * (1.0 - p.no_code_saving if p.no_code == 1 else 1.0)


@rule
def compute_mean_size(p: Rollups) -> float:
    """Mean value secured of a newcomer, in USD: sizes are lognormal."""
    return p.tvl_median_usd * safe_exp(0.5 * p.tvl_sigma * p.tvl_sigma)


@rule
def open_expectations(state: DeployingState, c: Competition, p: Rollups) -> None:
    """Before anybody has been paid, a newcomer expects here what it would earn with a rival."""
    state.earned = c.income_usd * MONTHS_A_YEAR / DAYS_A_YEAR / compute_mean_size(p)


@rule
def follow_earned(state: DeployingState, earned: float, tvl: float, days: int) -> None:
    """What all rollups earned yesterday, in USD, per USD that they secure."""
    if tvl > 0.0:
        state.earned = smooth(state.earned, earned / tvl, float(days))


@rule
def compute_expected_income(state: DeployingState, p: Rollups) -> float:
    """What a newcomer expects to earn here in USD a month: that of today's rollups, by the size it can expect to have."""
    return state.earned * compute_mean_size(p) * DAYS_A_YEAR / MONTHS_A_YEAR


@rule
def compute_value(plan: Plan, offer: ProviderOffer, p: Deploying) -> float:
    """Net present value of an idea with a provider, in USD: capital and grant less the launch, then income less cost."""
    burn = plan.payroll_usd + offer.cost_usd * plan.framework_cost
    return plan.capital_usd + offer.grant_usd - offer.launch_usd + p.horizon_months * (offer.income_usd - burn)


@rule
def is_funded(plan: Plan, offer: ProviderOffer, p: Deploying) -> bool:
    """Whether capital and grant cover the launch and a reserve."""
    burn = plan.payroll_usd + offer.cost_usd * plan.framework_cost
    return plan.capital_usd + offer.grant_usd >= offer.launch_usd + p.reserve_months * burn


@rule
def weigh(size: int, plan: Plan, offer: ProviderOffer, reference: float, lead: float, p: Deploying) -> float:
    """Odds of a provider: its opening size times exp of its advantage over `reference` USD, and 0 where it does not pay.

    `lead` is in log odds.
    """
    value = compute_value(plan, offer, p)
    if value <= 0.0 or not is_funded(plan, offer, p):
        return 0.0
    return size * safe_exp((value - reference) / p.scale_usd + lead)


@rule
def describe_rival(k: int, market: float, state: CompetitionState, p: Deploying, c: Competition) -> ProviderOffer:
    """What rival k offers: income follows the market, and falls as it grows, for its users are spread over more rollups."""
    income = c.income_usd * market * c.rollups[k] / max(state.live[k], 1)
    return ProviderOffer(c.grant_usd[k], p.deployment_usd, c.cost_usd[k], income)


@rule
def weigh_providers(
    weights: Any, own_rollups: int, plan: Plan, own: ProviderOffer, market: float, state: CompetitionState, p: Deploying, c: Competition
) -> float:
    """Odds of each provider, this one first, when rivals' values are `market` times those at launch. Returns their sum."""
    # Against the offer here, so that odds neither vanish nor overflow together.
    reference = compute_value(plan, own, p)
    weights[0] = weigh(own_rollups, plan, own, reference, 0.0, p)
    total: float = weights[0]
    for k in range(RIVALS):
        weights[k + 1] = weigh(c.rollups[k], plan, describe_rival(k, market, state, p, c), reference, state.attraction[k], p)
        total += weights[k + 1]
    return total


@rule
def measure_deploying(state: DeployingState, p: Rollups, today: DeployingMetrics) -> None:
    """Record ideas and what became of them."""
    today.ideas = float(state.ideas)
    today.ideas_unfunded = float(state.unfunded)
    today.ideas_lost = float(state.lost)
    today.newcomer_income_usd = compute_expected_income(state, p)
