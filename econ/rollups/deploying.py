"""Where new rollups go: ideas, capital, and the choice of a provider (MODEL 14 and 16)."""

import math
from enum import IntEnum
from typing import Any

from metalab.econ.rollups.competition import RIVALS, Competition, CompetitionState
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field, metric, parameter, switch
from metalab.protocol.kernel.units import power, safe_exp, safe_log

THOUSAND = 1_000.0
"""USD: the unit in which monthly cost enters the odds (`cost_weight`)."""


class Niche(IntEnum):
    """What a rollup is for."""

    DEFI = 0
    NFT = 1
    GAMING = 2
    PRIVACY = 3
    PAYMENTS = 4
    DATA = 5


class Deploying(Record):
    """Ideas, capital and preferences of developers."""

    ideas: float = parameter(
        0.29, 0.0, 20.0, unit="1/year", source="assumed (set so that ECONOMY 17's 26 births a year [10-40] come out at launch)",
        owner="behaviour", doc="Ideas for a rollup that a developer has a year at the launch share of active users.",
    )  # fmt: skip
    reference_share: float = parameter(
        0.35, 0.01, 1.0, unit="share", source="ECONOMY 17", owner="behaviour", doc="Active share at which ideas come at the given rate."
    )
    niches: list[float] = parameter(
        (0.30, 0.15, 0.25, 0.05, 0.10, 0.15), 0.0, 1.0, unit="share", source="assumed", owner="nature",
        doc="How often an idea is for DeFi, NFT, gaming, privacy, payments, data.",
    )  # fmt: skip
    frameworks: list[float] = parameter(
        (35.0, 40.0, 6.0, 9.0), 0.0, 1_000.0, unit="1", source="data/hyperlane_chain_survival.csv technical_stack", owner="nature",
        doc="Weights of Arbitrum, OP, ZK, Polygon (chains ever listed).",
    )  # fmt: skip
    capital_usd: float = parameter(
        150_000.0, 0.0, 1e9, unit="USD", source="assumed", owner="behaviour", doc="Median opening capital of a developer."
    )
    raised_usd: float = parameter(
        100_000.0, 0.0, 1e9, unit="USD", source="assumed", owner="behaviour", doc="Median capital that investors add to an idea."
    )
    capital_sigma: float = parameter(1.0, 0.0, 3.0, unit="1", source="assumed", owner="behaviour", doc="Spread of log capital.")
    deployment_usd: float = parameter(
        50_000.0, 0.0, 1e7, unit="USD", source="assumed", owner="nature", doc="Cost of building and launching a rollup."
    )
    reserve_months: float = parameter(
        12.0, 0.0, 60.0, unit="month", source="assumed", owner="behaviour", doc="Months of operation a developer wants in hand at launch."
    )
    cost_usd: float = parameter(
        3_000.0, 0.0, 1e5, unit="USD/month", source="assumed", owner="team", doc="What running a rollup costs here."
    )
    quality: float = parameter(
        -0.35, -5.0, 5.0, unit="1", source="assumed (set so that the launch choice is ECONOMY 28's 60 of 160)", owner="nature",
        doc="What developers see in this provider besides what is modelled (log odds).",
    )  # fmt: skip
    cost_weight: float = parameter(
        0.1, 0.0, 5.0, unit="1", source="assumed", owner="behaviour", doc="Log odds lost per 1,000 USD of monthly cost."
    )
    users_weight: float = parameter(
        0.3, 0.0, 3.0, unit="1", source="assumed", owner="behaviour", doc="Log odds per unit of log expected users of a rollup."
    )
    least_users: float = parameter(
        0.01, 1e-6, 1.0, unit="share", source="assumed", owner="behaviour",
        doc="Users of a rollup, relative to launch, below which fewer users make no difference.",
    )  # fmt: skip
    grant_weight: float = parameter(
        0.2, 0.0, 3.0, unit="1", source="assumed", owner="behaviour", doc="Log odds per unit of log(1 + grant / deployment cost)."
    )
    cross_weight: float = parameter(
        1.0, 0.0, 10.0, unit="1", source="assumed", owner="behaviour", doc="Log odds for the whole of cross-rollup flows within reach."
    )
    grant: int = parameter(
        100_000, 0, 5_000_000, unit="ERA", source="assumed", owner="dao", doc="Grant for a deployment, within the year's budget."
    )
    grants: int = switch(True, source="MODEL 12", owner="dao", doc="Whether deployments are granted.")
    no_code: int = switch(
        False, source="MODEL 13 (off by default, on in stated)", owner="team", doc="Whether a rollup can be deployed without code."
    )
    no_code_saving: float = parameter(
        0.3, 0.0, 0.95, unit="share", source="assumed", owner="nature", doc="Part of the deployment cost that it saves."
    )
    idea_elasticity: float = parameter(
        0.5, 0.0, 3.0, unit="1", source="assumed", owner="behaviour", doc="Elasticity of ideas to the deployment cost that it saves."
    )


class DeployingState(Record):
    """Deployments so far."""

    chance: float = field("1", "chance that an idea comes to a developer today")
    ideas: int = field("1", "ideas so far")
    unfunded: int = field("1", "ideas dropped for lack of capital so far")
    lost: int = field("1", "ideas that went to a rival so far")
    weights: list[float] = field("1", "odds of this provider, then of each rival, at the last choice", length=1 + RIVALS)


class DeployingMetrics(Record):
    """Developers' decisions on a day."""

    ideas: float = metric("1", "Ideas for rollups so far.", chart=True)
    ideas_unfunded: float = metric("1", "Ideas dropped for lack of capital so far.", better="low", chart=True)
    ideas_lost: float = metric("1", "Ideas that went to a rival so far.", better="low", chart=True)


@rule
def sum_weights(weights: Any) -> float:
    """Their sum."""
    total = 0.0
    for k in range(len(weights)):
        total += weights[k]
    return total


@rule
def compute_cost_factor(p: Deploying) -> float:
    """Deployment cost relative to writing code."""
    return 1.0 - p.no_code_saving if p.no_code == 1 else 1.0


@rule
def compute_deployment_cost(p: Deploying) -> float:
    """What building and launching a rollup costs, in USD."""
    return p.deployment_usd * compute_cost_factor(p)


@rule
def compute_idea_chance(active_share: float, p: Deploying) -> float:
    """Chance that an idea comes to a developer today: grows with the root of the active share (ECONOMY 17).

    Deployment without code makes ideas worth pursuing that were not.
    """
    pull = power(compute_cost_factor(p), -p.idea_elasticity)
    return p.ideas / DAYS_A_YEAR * math.sqrt(max(active_share, 0.0) / p.reference_share) * pull


@rule
def compute_own_utility(users: float, grant_usd: float, flow_share: float, p: Deploying) -> float:
    """What this provider offers, in log odds. `users` is relative to launch, per live rollup."""
    offer = p.users_weight * safe_log(max(users, p.least_users)) + p.cross_weight * flow_share
    aid = p.grant_weight * math.log1p(grant_usd / max(compute_deployment_cost(p), 1.0))
    return p.quality + offer + aid - p.cost_weight * p.cost_usd / THOUSAND


@rule
def compute_rival_utility(k: int, opened: int, rivals: int, state: CompetitionState, p: Deploying, c: Competition) -> float:
    """What rival k offers: its quality and attraction, users per rollup, which fall as it grows, its part of the other flows."""
    users = opened / max(state.live[k], 1)
    crossing = (1.0 - state.flow_share) * state.live[k] / max(rivals, 1)
    offer = p.users_weight * safe_log(max(users, p.least_users)) + p.cross_weight * crossing
    return c.quality[k] + state.attraction[k] + offer - p.cost_weight * c.cost_usd[k] / THOUSAND


@rule
def weigh_providers(weights: Any, own_rollups: int, own: float, state: CompetitionState, p: Deploying, c: Competition) -> float:
    """Odds of each provider, this one first: opening size times exp(utility). Returns their sum."""
    weights[0] = own_rollups * safe_exp(own)
    total: float = weights[0]
    rivals = 0
    for k in range(RIVALS):
        rivals += state.live[k]
    for k in range(RIVALS):
        weights[k + 1] = c.rollups[k] * safe_exp(compute_rival_utility(k, c.rollups[k], rivals, state, p, c))
        total += weights[k + 1]
    return total


@rule
def measure_deploying(state: DeployingState, today: DeployingMetrics) -> None:
    """Record ideas and what became of them."""
    today.ideas = float(state.ideas)
    today.ideas_unfunded = float(state.unfunded)
    today.ideas_lost = float(state.lost)
