"""What orders do to the price: a part that passes, a part that lasts, and what a scarce float adds.

Passing: log price = strength x s x h(x), s the usual daily volatility and x the imbalance of past orders in daily volumes, which
fades at an exponential pace. h is linear for tiny imbalances and goes over into a square root (the law measured for large
orders). The price is a function of x alone, so an order costs the same however it is cut, and no round trip earns money
(Obizhaeva and Wang 2013; Alfonsi, Fruth and Schied 2010). Lasting: linear in the order, the only form without round trips
that earn (Huberman and Stanzl 2004). Scarce float: sellers ask for more the less is left, which fills orders by their price.
"""

import math

from metalab.econ.market.volatility import Volatility, compute_usual_volatility
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field, metric, parameter, switch
from metalab.protocol.kernel.units import clip, safe_exp, safe_log

LEAST_PART = 0.01
"""Part of a plentiful float that it is taken to hold at least: keeps the logarithm finite, not a rule."""


class Impact(Record):
    """How orders move the price."""

    acting: int = switch(True, source="MODEL 15", owner="nature", doc="Whether orders move the price.")
    strength: float = parameter(
        1.0, 0.5, 1.5, unit="1", source="ECONOMY 23 (Y of the square-root law)", owner="nature",
        doc="Passing impact of an imbalance of one daily volume, in usual daily volatilities.",
    )  # fmt: skip
    linear_below: float = parameter(
        0.05, 0.001, 1.0, unit="1/day", source="chosen, because orders of a percent of volume are seen to cost in proportion",
        owner="nature", doc="Imbalance in daily volumes around which the linear part goes over into the square root.",
    )  # fmt: skip
    half_life_days: float = parameter(
        60.0, 5.0, 365.0, unit="day",
        source="chosen, because an order spread over a month must cost what it costs at once, and impact is seen to fade over weeks",
        owner="nature", doc="Half-life of the imbalance, and of the alarm after an attack.",
    )  # fmt: skip
    multiplier: float = parameter(
        1.0, 0.3, 5.0, unit="1",
        source="assumed (Gabaix and Koijen 2021: near 1 for a single asset, 5 for a whole market)",
        owner="nature", doc="Lasting log change of the price per share of the liquid supply that is bought.",
    )  # fmt: skip
    scarce_share: float = parameter(
        0.05, 0.0, 0.5, unit="share", source="assumed", owner="nature",
        doc="Share of the liquid supply below which the market float is scarce.",
    )  # fmt: skip
    asking_days: float = parameter(
        10.0, 1.0, 90.0, unit="day", source="assumed (outsiders move their tokens to the market within days)", owner="nature",
        doc="Days over which sellers come to ask what the scarcity of the float is worth.",
    )  # fmt: skip
    scarcity: float = parameter(
        1.0, 0.0, 5.0, unit="1", source="assumed (sellers with unit-elastic supply)", owner="nature",
        doc="Log rise of the price for every log fall of a scarce float.",
    )  # fmt: skip
    steady_flow: float = parameter(
        0.0, -0.02, 0.02, unit="share", source="ECONOMY sanity check 5; range to twice what it tries", owner="nature",
        doc="Net buying by people not modelled every day, in daily volumes.",
    )  # fmt: skip


class ImpactState(Record):
    """What past orders still do to the price."""

    imbalance: float = field("day", "net purchases not yet forgotten, in daily volumes")
    passing: float = field("1", "log price above its level without them")
    scarce: float = field("1", "log price above its level with a plentiful float")
    alarm: float = field("1", "log price, at most 0, above its level without the attacks that are still feared")


class ImpactMetrics(Record):
    """Orders and what they did to the price on a day."""

    net_orders_era: float = metric("ERA", "Filled orders of all agents to buy less those to sell.", chart=True)
    orders_rationed_era: float = metric("ERA", "Orders to buy that the market float could not fill.", better="low", chart=True)
    impact_passing: float = metric("1", "Log price above its level without the orders still in memory.", chart=True)
    impact_alarm: float = metric("1", "Log price that attacks still feared take off.", chart=True)
    impact_scarce: float = metric("1", "Log price added by a scarce float.", better="low", chart=True)


@rule
def compute_root(imbalance: float, p: Impact) -> float:
    """h: linear around 0, a square root far from it; odd."""
    return imbalance / math.sqrt(abs(imbalance) + p.linear_below)


@rule
def compute_passing(imbalance: float, scale: float, p: Impact) -> float:
    """Log price that an imbalance adds; `scale` is the usual daily volatility."""
    return p.strength * scale * compute_root(imbalance, p)


@rule
def compute_lasting(net: float, liquid: float, p: Impact) -> float:
    """Log price that net purchases of `net` ERA add for good where `liquid` ERA can be traded; 0 where nothing can."""
    # More than all there is cannot change hands in a day: only a world of nearly no liquid tokens meets this bound.
    return p.multiplier * clip(net / liquid, -1.0, 1.0) if liquid > 0.0 else 0.0


@rule
def compute_scarcity(left: float, liquid: float, p: Impact) -> float:
    """Log price that a float of `left` ERA adds: 0 while it is plentiful."""
    enough = p.scarce_share * liquid
    if enough <= 0.0 or left >= enough:
        return 0.0
    return -p.scarcity * safe_log(max(left / enough, LEAST_PART))


@rule
def take_orders(state: ImpactState, net: float, volume: float, liquid: float, left: float, scale: float, p: Impact) -> float:
    """Take in a day's net purchases (ERA); returns the log return they make. `volume`, `liquid` and `left` in ERA."""
    if p.acting == 0:
        return 0.0
    before = state.passing + state.scarce
    share = net / volume if volume > 0.0 else 0.0
    # Half of what is remembered is forgotten in a half-life.
    state.imbalance = state.imbalance * safe_exp(-math.log(2.0) / p.half_life_days) + share + p.steady_flow
    state.passing = compute_passing(state.imbalance, scale, p)
    state.scarce += (compute_scarcity(left, liquid, p) - state.scarce) / p.asking_days
    return state.passing + state.scarce - before + compute_lasting(net + p.steady_flow * volume, liquid, p)


@rule
def fade_alarm(state: ImpactState, p: Impact) -> float:
    """Attacks are forgotten as orders are; returns the log return of the day's forgetting."""
    before = state.alarm
    state.alarm *= safe_exp(-math.log(2.0) / p.half_life_days)
    return state.alarm - before


@rule
def get_scale(noise: Volatility, beta: float) -> float:
    """The volatility in which impact is measured: the usual one, so that the price does not move when only volatility does."""
    return compute_usual_volatility(beta, noise)
