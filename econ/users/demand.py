"""What sending here is worth to a cohort against a rival's service and against not sending (LOOPS 1 and 2).

A cohort's messages go over this network, over a rival or nowhere, by a logit of their value. Value falls with the price, the delay
and the hazard of losing what one has here, and rises with the success that the cohort has experienced and with the value in
reach. All weights are in units of the logit, so that the own-price elasticity is the price weight x (1 - share), times the fee's part
of what sending costs: it passes 1 near the rival's price, and revenue has a maximum there.
"""

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field, metric, parameter
from metalab.protocol.kernel.units import clip, safe_exp, safe_log

LARGEST_VALUE = 20.0
"""Largest difference of values, up and down, that counts: keeps the exponential finite, not a rule."""

# The usual state, where shares are `usual_share` and `idle_share`. Constants: moving one is the same as moving a share.
USUAL_PRICE_USD = 0.22
"""Price of a message: the fee of launch less what a message earns its sender."""
USUAL_DELAY_S = 15.0
"""Delay of a message: geometric mean over openings of launch."""
USUAL_SUCCESS = 0.7285
"""Share of messages that arrive at the opening of launch."""
USUAL_REACH_USD = 6.65e8
"""Value in reach at the opening of launch."""
USUAL_RIVAL_PRICE_USD = 0.32
"""Price of a rival's message: data/defaults.csv messaging.bridge_fee_bps x messaging.mean_value_usd."""
USUAL_RIVAL_DELAY_S = 24.0
"""Delay of a rival's message: data/defaults.csv messaging.intent_fill_s."""


class Demand(Record):
    """How users weigh what they are offered."""

    price_weight: float = parameter(
        2.5, 0.5, 6.0, unit="1", owner="behaviour", doc="Fall of the value per log unit of what sending costs, gas and effort included.",
        source="assumed (with half of the messages, an own-price elasticity near 1)",
    )  # fmt: skip
    effort_usd: float = parameter(
        0.05, 0.005, 1.0, unit="USD", owner="nature", doc="Gas on both chains and effort of a message, at a rival as here.",
        source="assumed (a few cents of gas)",
    )  # fmt: skip
    delay_weight: float = parameter(
        0.2, 0.0, 2.0, unit="1", source="assumed", owner="behaviour", doc="Fall of the value per log unit of the delay."
    )
    success_weight: float = parameter(
        5.0, 0.0, 20.0, unit="1", source="assumed", owner="behaviour", doc="Value of messages that all arrive against ones that all fail."
    )
    hazard_weight: float = parameter(
        10.0, 0.0, 60.0, unit="year", source="assumed (as depositors)", owner="behaviour",
        doc="Fall of the value per unit of the share of value that is lost in a year and not covered.",
    )  # fmt: skip
    reach_weight: float = parameter(
        0.2, 0.0, 2.0, unit="1", source="assumed", owner="behaviour", doc="Rise of the value per log unit of the value in reach."
    )
    stay_weight: float = parameter(
        0.4, 0.0, 2.0, unit="1", source="assumed", owner="behaviour",
        doc="Log fall of the hazard of leaving, and rise of that of joining, per unit of value beyond the usual.",
    )  # fmt: skip
    usual_share: float = parameter(
        0.45, 0.05, 0.9, unit="share", source="assumed", owner="nature", doc="Messages that go over this network where all is usual."
    )
    idle_share: float = parameter(
        0.15, 0.0, 0.9, unit="share", source="assumed", owner="nature", doc="Messages that are not sent at all where all is usual."
    )


class DemandState(Record):
    """What all cohorts see this morning."""

    value: float = field("1", "value of sending here beyond the usual, without own experience")
    rival: float = field("1", "value of sending over a rival beyond the usual")
    share: float = field("share", "messages that go over this network, at the usual experience")


class DemandMetrics(Record):
    """Users' choice on a day."""

    demand_share: float = metric("share", "Messages that go over this network and not over a rival or nowhere.", better="high", chart=True)
    demand_elasticity: float = metric("1", "Fall of messages per rise of their price, both in logs.", chart=True)
    price_of_sending_usd: float = metric("USD", "Price of a message to its sender, less what it earns.", better="low", chart=True)


@rule
def compare_logs(value: float, usual: float, least: float) -> float:
    """Log of a figure over its usual value; `least` stands for anything smaller."""
    return safe_log(max(value, least) / usual)


@rule
def compare_prices(price: float, usual: float, p: Demand) -> float:
    """Log of what sending costs over what it usually does."""
    return safe_log((max(price, 0.0) + p.effort_usd) / (usual + p.effort_usd))


@rule
def compute_value(price: float, delay: float, reach: float, usable: float, hazard: float, p: Demand) -> float:
    """Value of sending here beyond the usual.

    `usable` is the part of other chains' assets that can be used from here: purposes that need the others fail like messages.
    `hazard` is the uncovered share lost in a year beyond the usual one.
    """
    value = -p.price_weight * compare_prices(price, USUAL_PRICE_USD, p)
    value -= p.delay_weight * compare_logs(delay, USUAL_DELAY_S, 0.01)
    value += p.reach_weight * compare_logs(reach, USUAL_REACH_USD, 1.0)
    return value - p.success_weight * (1.0 - usable) - p.hazard_weight * hazard


@rule
def compute_rival_value(price: float, delay: float, p: Demand) -> float:
    """Value of a rival's service beyond the usual."""
    value = -p.price_weight * compare_prices(price, USUAL_RIVAL_PRICE_USD, p)
    return value - p.delay_weight * compare_logs(delay, USUAL_RIVAL_DELAY_S, 0.01)


@rule
def compute_experience(success: float, p: Demand) -> float:
    """Value that a cohort adds for the success it has experienced."""
    return p.success_weight * (success - USUAL_SUCCESS)


@rule
def compute_share(value: float, rival: float, p: Demand) -> float:
    """Messages that go over this network at these values, by logit: shares are the usual ones where both are 0."""
    own = p.usual_share * safe_exp(clip(value, -LARGEST_VALUE, LARGEST_VALUE))
    other = max(1.0 - p.usual_share - p.idle_share, 0.0) * safe_exp(clip(rival, -LARGEST_VALUE, LARGEST_VALUE))
    return own / (own + other + p.idle_share)


@rule
def compute_attachment(value: float, p: Demand) -> float:
    """By how much more readily than usual cohorts join, and less readily leave."""
    return safe_exp(clip(p.stay_weight * value, -2.0, 2.0))


@rule
def measure_demand(state: DemandState, price: float, p: Demand, today: DemandMetrics) -> None:
    """Record the morning's choice."""
    today.demand_share = state.share
    today.demand_elasticity = p.price_weight * price / (price + p.effort_usd) * (1.0 - state.share)
    today.price_of_sending_usd = price
