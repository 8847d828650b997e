"""What a tier is worth to an operator: the net yield by which nodes and those who delegate to them decide.

Capital is USD, yields are measured in ERA. All decisions use the tier's pot, stake and active hours at yesterday's close.
"""

import math
from typing import NamedTuple

from metalab.econ.market.exchange import Exchange, ExchangeState
from metalab.econ.market.market import MarketState
from metalab.econ.staking.care import compute_care_cost, compute_hazard, compute_severity, get_worst, put_alone
from metalab.econ.staking.faults import Faults, sum_hazard
from metalab.econ.staking.operators import Operators, OperatorsState
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR, MONTHS_A_YEAR
from metalab.protocol.kernel.codes import Tier
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import safe_log, smooth, to_count, to_era, to_uera, to_usd
from metalab.protocol.security.slashing import Slashing
from metalab.protocol.staking.journal import JournalRow
from metalab.protocol.staking.staking import NodeRow, Staking, StakingState, is_bonded

SIZE_TO_SD = 1.2533141373155003
"""sqrt(pi / 2): standard deviation of a normal deviate over its mean size."""


class NodeContext(NamedTuple):
    """What surrounds a node on a day: rules, markets, pots, what operators have learned."""

    p: Operators
    faults: Faults
    staking: Staking
    state: StakingState
    learned: OperatorsState
    market: MarketState
    desk: ExchangeState
    pots: Pots
    exchange: Exchange
    journal: Rows[JournalRow]
    day: int


@rule
def learn_price(y: OperatorsState, price: float, days: float, seen: int) -> None:
    """Move the means of the price's daily log return and of its size by one day, jumps included; `seen` days went before.

    Nobody expects a trend on the first day, hence the full memory; the size is the plain mean until there are days enough.
    The size, not its square: a single crash must not read as a year of risk.
    """
    change = safe_log(price) - y.log_price
    y.trend = smooth(y.trend, change, days)
    y.swing = smooth(y.swing, abs(change), min(days, 2.0 * seen + 1.0))
    y.log_price += change


@rule
def compute_wait_charge(w: NodeContext) -> float:
    """Yield asked for the days in which stake cannot be sold: g s^2 T / 2, with s^2 the variance a day and T the unbonding days.

    The certainty equivalent of holding ERA for T days whatever comes, borne once a year (the usual stay).
    """
    sd = SIZE_TO_SD * w.learned.swing
    return 0.5 * w.p.risk_aversion * sd * sd * w.staking.unbonding_days


@rule
def compute_expected_fall(w: NodeContext) -> float:
    """By how much a year operators expect the price to fall; 0 when they expect a rise.

    The reservation is asked above the better of two other uses of the money: USD, against which a fall is a loss, and ERA
    that is held without being staked, which has its part in a rise as well.
    """
    return max(-w.p.trend_weight * DAYS_A_YEAR * w.learned.trend, 0.0)


@rule
def assess_faults(w: NodeContext, slashing: Slashing, tier: int) -> None:
    """What a first, lone safety fault costs in a tier by the rules in force."""
    put_alone(w.learned.lone, w.state.nodes[tier], w.state.bonded[tier])
    w.learned.severity[tier] = compute_severity(w.learned.lone, slashing, w.faults, w.staking, w.learned.gross[tier])


@rule
def take_care(nodes: Rows[NodeRow], w: NodeContext) -> float:
    """Every bonded operator chooses its care; returns the mean safety faults a year of a bonded node, shared ones included."""
    worst = get_worst(w.faults)
    shared = w.faults.shared * sum_hazard(w.faults)
    total = 0.0
    count = 0
    for i in range(w.learned.used):
        node = nodes[i]
        node.hazard = 0.0
        if is_bonded(node):
            node.hazard = compute_hazard(w.learned.severity[node.tier], to_usd(node.stake, w.market.price_mean), worst, w.faults.care_cost)
            total += node.hazard + shared
            count += 1
    return total / max(count, 1)


@rule
def compute_care(w: NodeContext, tier: int, stake: int) -> float:
    """Cost of the best care of a stake, in USD a year."""
    worst = get_worst(w.faults)
    hazard = compute_hazard(w.learned.severity[tier], to_usd(stake, w.market.price_mean), worst, w.faults.care_cost)
    return compute_care_cost(hazard, worst, w.faults.care_cost)


@rule
def compute_expected_slash(w: NodeContext, tier: int, stake: int) -> float:
    """Share of a stake that safety faults cost a year: own ones at the best care and shared ones, each as if alone."""
    severity = w.learned.severity[tier]
    own = compute_hazard(severity, to_usd(stake, w.market.price_mean), get_worst(w.faults), w.faults.care_cost)
    return (own + w.faults.shared * sum_hazard(w.faults)) * severity


@rule
def compute_cost(w: NodeContext, factor: float, tier: int, stake: int, hours: float) -> float:
    """Operating cost in USD a year of a stake in a tier; `factor` is the operator's own, `hours` are active hours (flex only)."""
    cost = w.p.cost_month[tier] * MONTHS_A_YEAR
    if tier == Tier.FLEX:
        cost += w.p.cost_hour * hours * DAYS_A_YEAR
    return cost * factor + compute_care(w, tier, stake)


@rule
def compute_yield(w: NodeContext, factor: float, tier: int, stake: int, is_new: bool) -> float:
    """Net yield a year of `stake` uERA in a tier: 365 pot / (S + own) - cost / (P stake) - slashing - waiting - expected fall.

    Stake above the cap bears nothing. Of a node already in the tier, its own stake is part of S.
    """
    earning = min(stake, w.staking.stake_cap * w.staking.minimum[tier])
    others = w.state.earning[tier] + (earning if is_new else 0)
    # At least its own stake, and 1 ERA for a tier in which nothing earns.
    gross = DAYS_A_YEAR * w.state.pot_mean[tier] / max(to_era(others), to_era(earning), 1.0)
    cost = compute_cost(w, factor, tier, stake, w.state.hours_mean) / max(to_usd(stake, w.market.price_mean), 1e-9)
    charge = compute_expected_slash(w, tier, stake) + compute_wait_charge(w) + compute_expected_fall(w)
    return gross * earning / max(stake, 1) - cost - charge


@rule
def compute_appetite(y: float, p: Operators) -> float:
    """Part of outsiders whose reservation, lognormal like the operators', is below a yield: Phi((ln y - ln r) / sigma)."""
    if y <= 0.0:
        return 0.0
    if p.reservation_sigma <= 0.0:
        return 1.0 if y >= p.reservation else 0.0
    return 0.5 + 0.5 * math.erf((safe_log(y) - safe_log(p.reservation)) / p.reservation_sigma / math.sqrt(2.0))


@rule
def compute_leverage(w: NodeContext, tier: int) -> float:
    """Stake that an operator's own carries with it, delegations included, in multiples of its own."""
    return 1.0 + w.p.delegation * w.learned.appetite[tier]


@rule
def compute_capacity(w: NodeContext, capital: float, tier: int) -> int:
    """The stake that own capital and what outsiders delegate to it are worth at the mean price, in uERA."""
    return to_uera(capital * compute_leverage(w, tier), w.market.price_mean)


@rule
def plan_stake(w: NodeContext, capital: float, tier: int) -> int:
    """The stake a candidate means to enter a tier with: what it can afford up to the cap, bought without moving the market.

    Valuing entry at the bare minimum would let fixed costs keep out everybody who could pay for more.
    """
    minimum = w.staking.minimum[tier]
    most = min(compute_capacity(w, capital, tier), w.staking.stake_cap * minimum)
    return max(minimum, min(most, minimum + to_count(w.p.volume_share * w.market.volume_mean * 1e6)))
