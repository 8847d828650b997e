"""Value secured is a choice: depositors bring value where it is used, earns and is safe, and leave in a run when it is not (LOOPS 1).

Each rollup has a size of its own that moves with the market and by chance. What depositors want there is that size, more where the
network has more users and pays more than elsewhere, less where value is lost. They follow slowly; but when forging the guardians'
snapshot would bring more than it costs, a share leaves within days and returns slowly. The share is that of a global game
(Goldstein and Pauzner 2005): those whose own signal of the ratio is above a threshold.
"""

import math

from metalab.econ.kernel.chance.distributions import normal
from metalab.econ.rollups.rollup import RollupRow, Rollups, RollupsState
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, field, metric, parameter
from metalab.protocol.kernel.units import clip, safe_exp, safe_log, smooth

LARGEST_WISH = 6.0
"""Largest log of the value wanted over a rollup's own size, up and down: keeps absurd yields finite, not a rule."""
LARGEST_RUN = 0.999
"""Largest share that leaves in a run: keeps the logarithm finite, not a rule."""
USUAL_YIELD = 0.034
"""A year, here and elsewhere, at the opening of launch: a constant, since moving it is the same as moving value secured."""
USUAL_HAZARD = 0.01
"""Share lost in a year at launch, expected at first (published DeFi totals are .4-3 %): a constant for the same reason."""


class Deposits(Record):
    """How depositors decide."""

    following_days: float = parameter(
        60.0,
        5.0,
        365.0,
        unit="day",
        source="assumed",
        owner="behaviour",
        doc="Days in which most of a gap to what is wanted closes.",
    )
    users_weight: float = parameter(
        0.5, 0.0, 2.0, unit="1", source="assumed (Metcalfe's 1 is an upper bound)", owner="behaviour",
        doc="Elasticity of the value wanted to active users.",
    )  # fmt: skip
    yield_weight: float = parameter(
        5.0, 0.0, 30.0, unit="year", source="assumed", owner="behaviour",
        doc="Log rise of the value wanted per unit of yield a year above the usual.",
    )  # fmt: skip
    hazard_weight: float = parameter(
        10.0, 0.0, 60.0, unit="year", source="assumed (twice the weight of yield: losses come all at once)", owner="behaviour",
        doc="Log fall of the value wanted per unit of the uncovered share lost in a year.",
    )  # fmt: skip
    hazard_days: float = parameter(
        365.0, 30.0, 1_825.0, unit="day", source="assumed", owner="behaviour", doc="Days over which losses are remembered."
    )
    run_threshold: float = parameter(
        3.5, 0.0, 10.0, unit="1", source="assumed", owner="behaviour",
        doc="Log ratio of profit to cost of corruption at which half of the value leaves.",
    )  # fmt: skip
    run_spread: float = parameter(
        1.25, 0.05, 5.0, unit="1", source="assumed", owner="behaviour", doc="Spread of depositors' signals of that ratio."
    )
    run_days: float = parameter(3.0, 1.0, 30.0, unit="day", source="assumed", owner="behaviour", doc="Days in which a run takes place.")


class DepositsState(Record):
    """What depositors know and what they have done."""

    hazard: float = field("1/year", "share of value that is seen to be lost a year")
    exposed: float = field("1/year", "the part of it that insurance is seen not to pay back")
    wanted: float = field("1", "log of the value wanted over each rollup's own size")
    run: float = field("1", "log value that has left in a run and is yet to come back")


class DepositsMetrics(Record):
    """Depositors on a day."""

    deposit_yield: float = metric("1/year", "Yield on value secured.", better="high", chart=True)
    hazard_seen: float = metric("1/year", "Share of value that is seen to be lost a year.", better="low", chart=True)
    run_share: float = metric("share", "Value that has left in a run.", better="low", chart=True)


@rule
def see_losses(state: DepositsState, lost: float, residual: float, value: float, p: Deposits) -> None:
    """Take in what was lost of all value today and what insurance left of the loss, all in USD."""
    if value <= 0.0:
        return
    state.hazard = smooth(state.hazard, lost / value * DAYS_A_YEAR, p.hazard_days)
    state.exposed = smooth(state.exposed, residual / value * DAYS_A_YEAR, p.hazard_days)


@rule
def compute_wanted(users: float, earned: float, exposed: float, p: Deposits) -> float:
    """Log of the value wanted over a rollup's own size; `users` relative to the usual, yields and hazard per year."""
    bring = p.users_weight * safe_log(max(users, 1e-3)) + p.yield_weight * (earned - USUAL_YIELD)
    return clip(bring - p.hazard_weight * (exposed - USUAL_HAZARD), -LARGEST_WISH, LARGEST_WISH)


@rule
def compute_run(profit: float, cost: float, p: Deposits) -> float:
    """Share of depositors who leave: Phi((ln(profit / cost) - threshold) / spread); 0 where nothing can be taken."""
    if profit <= 0.0:
        return 0.0
    signal = (safe_log(profit) - safe_log(max(cost, 1.0)) - p.run_threshold) / p.run_spread
    return min(0.5 + 0.5 * math.erf(signal / math.sqrt(2.0)), LARGEST_RUN)


@rule
def advance_run(state: DepositsState, share: float, return_days: float, p: Deposits) -> float:
    """A run goes on or fades; returns the log change of all value."""
    before = state.run
    target = -math.log1p(-share)
    pace = 1.0 / p.run_days if target > before else 1.0 - safe_exp(-math.log(2.0) / return_days)
    state.run = before + pace * (target - before)
    return before - state.run


@rule
def compute_move(u: float, factor_change: float, p: Rollups) -> float:
    """Log change of a rollup's own size: the market's move and noise of mean factor 1."""
    return p.tvl_beta * factor_change + p.tvl_noise * normal(u) - 0.5 * p.tvl_noise * p.tvl_noise


@rule
def compute_pace(p: Deposits) -> float:
    """Part of the way to what is wanted that value goes in a day."""
    return 1.0 - safe_exp(-1.0 / p.following_days)


@rule
def follow_wish(rollup: RollupRow, move: float, left: float, wanted: float, pace: float) -> None:
    """A day of a rollup's value: its own size moves by `move`, then value goes the part `pace` of the way to what is wanted.

    `left` is the log value that has fled from everywhere and will come back by itself.
    """
    gap = rollup.own_size + wanted - left - safe_log(rollup.tvl)
    rollup.own_size += move
    rollup.tvl *= safe_exp(move + gap * pace)


@rule
def scale_all(rollups: Rows[RollupRow], network: RollupsState, change: float) -> None:
    """All live rollups' value changes by the factor exp(change)."""
    if change == 0.0:
        return
    for i in range(network.count):
        if rollups[i].live == 1:
            rollups[i].tvl *= safe_exp(change)


@rule
def measure_deposits(state: DepositsState, earned: float, today: DepositsMetrics) -> None:
    """Record what depositors see and do."""
    today.deposit_yield = earned
    today.hazard_seen = state.hazard
    today.run_share = 1.0 - safe_exp(-state.run)
