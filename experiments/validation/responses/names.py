"""The only place that knows how parameters are called: a lever's name here, and the paths it may have.

The first path that exists is taken. A lever without any is one that the model does not have (yet): a response that needs it
is reported so, never passed.
"""

from typing import Final

LEVERS: Final[dict[str, tuple[str, ...]]] = {
    "message fee": ("fees.message_fee_usd",),
    "rival's fee": ("competition.rival_fee_usd",),
    "price weight": ("demand.price_weight", "adoption.fee_elasticity"),
    "success weight": ("demand.success_weight", "adoption.success_elasticity"),
    "reach weight": ("demand.reach_weight", "adoption.reach_elasticity"),
    "loss weight of users": ("demand.hazard_weight",),
    "loss weight of deposits": ("deposits.hazard_weight",),
    "fear of a forgery": ("deposits.run_threshold",),
    "contagion": ("incidents.contagion",),
    "contagion when shared": ("incidents.contagion_shared",),
    "success of a step": ("messaging.step_success",),
    "messages a day": ("adoption.messages_per_day",),
    "rollups at launch": ("population.rollups",),
    "connected share": ("competition.connected",),
    "hazard of incidents": ("incidents.hazard",),
    "penalties": ("slashing.initial",),
    "correlated penalties": ("slashing.correlation",),
    "carelessness": ("faults.careless",),
    "minimum stake": ("staking.minimum",),
    "new operators": ("operators.arrivals",),
    "price trend in yields": ("operators.trend_weight", "operators.drift_weight"),
    "operating cost": ("operators.cost_month",),
    "hourly cost": ("operators.cost_hour",),
    "exit threshold": ("operators.exit_share",),
    "insurance premium": ("insurance.premium_bps", "insurance.load"),
    "insurance cover": ("insurance.cover_bps",),
    "orders move the price": ("impact.acting", "price.impact"),
    "holders sell": ("vesting.holders_sell",),
    "cliff share": ("vesting.cliff_share",),
    "cliff months": ("vesting.cliff_months",),
    "linear months": ("vesting.linear_months",),
    "news of worth": ("premium.follow",),
    "half-life of the premium": ("premium.half_life_years",),
    "yield floor on": ("rewards.floor_on",),
    "yield floor": ("rewards.floor",),
    "yield cap": ("rewards.cap",),
    "issuance to stakers": ("issuance.stakers_rate", "issuance.rate"),
    "points": ("incentives.points",),
    "points per message": ("incentives.points_per_message",),
    "grants": ("incentives.grants",),
    "fund": ("incentives.fund",),
    "growth share": ("earnings.share_growth",),
    "composability": ("liquidity.composability",),
    "proposals a year": ("electorate.proposing",),
}
"""Paths by lever; later ones are those of earlier versions of the economy."""

SALE: Final = "foundation_sale"
"""Kind of the shock that sells a holder's tokens at once."""
PRICE_SHOCK: Final = "price"
"""Kind of the shock that moves the log price."""
BURN: Final = "burn"
"""Target of the grant that destroys treasury tokens."""
ATTACKED: Final = "attack"
"""Preset in which guardians forge."""
QUIET: Final[dict[str, float]] = {"proposals a year": 0.0}
"""What holds in every world but those about votes: the DAO files nothing, so that responses are those of the economy."""

KEPT: Final = (
    "price_usd",
    "fundamental_usd",
    "volume_usd",
    "messages",
    "fee_per_message_usd",
    "message_success",
    "revenue_era",
    "users_active",
    "tvl_usd",
    "rollups_live",
    "staked_core_era",
    "staked_flex_era",
    "staked_guardian_era",
    "nodes_core",
    "nodes_flex_bonded",
    "nodes_guardian",
    "apr_core",
    "apr_guardian",
    "fault_hazard",
    "attacks",
    "cost_of_corruption_usd",
    "incident_loss_usd",
    "incident_residual_usd",
    "insurance_paid_era",
    "developer_fees_usd",
    "developer_revenue_era",
    "developer_costs_usd",
    "holders_sold_era",
    "orders_rationed_era",
    "circulating_effective_era",
    "burned_era",
    "supply_total_era",
)
"""Metrics that figures look at; the others of a run are dropped at once."""
