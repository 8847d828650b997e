"""A rollup's account: what investors put in, what running it burns, and what is left of both when the run begins (LOOPS 11)."""

import math

from metalab.econ.kernel.chance.distributions import ALMOST_ONE, lognormal, normal
from metalab.econ.rollups.deploying import Deploying
from metalab.econ.rollups.rollup import RollupRow
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR, MONTHS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.units import safe_exp, safe_log
from metalab.protocol.market.ledger import receive_cash


@rule
def compute_burn(payroll_usd: float, framework: int, cost_usd: float, p: Deploying) -> float:
    """What a rollup costs a month: its team, and its provider by framework."""
    return payroll_usd + cost_usd * p.framework_cost[framework]


@rule
def sample_payroll(u: float, p: Deploying) -> float:
    """Pay of a team, USD a month."""
    return lognormal(u, p.payroll_usd, p.payroll_sigma)


@rule
def sample_capital(u: float, payroll_usd: float, p: Deploying) -> float:
    """Capital that investors put into an idea: so many months of its team's pay."""
    return payroll_usd * lognormal(u, p.capital_months, p.capital_sigma)


@rule
def sample_remaining(u: float, spent_months: float, p: Deploying) -> float:
    """Months of pay that are left of the capital of a rollup that has spent so many and has not run out of money.

    The same lognormal law as for newcomers, on the condition that there was more than what is spent.
    """
    if p.capital_sigma <= 0.0:
        return max(p.capital_months - spent_months, 0.0)
    below = 0.0
    if spent_months > 0.0:
        below = 0.5 + 0.5 * math.erf((safe_log(spent_months) - safe_log(p.capital_months)) / p.capital_sigma / math.sqrt(2.0))
    at = min(below + u * (1.0 - below), ALMOST_ONE)
    return max(p.capital_months * safe_exp(p.capital_sigma * normal(at)) - spent_months, 0.0)


@rule
def open_account(rollup: RollupRow, pots: Pots, team: float, luck: float, income: float, p: Deploying) -> None:
    """The account of a rollup that opens with the run: it has paid for its launch and burned money ever since.

    `income` is what it earns in USD a month at its opening size; `team` and `luck` are the draws of its team and its money.
    """
    rollup.payroll_usd = sample_payroll(team, p)
    burn = compute_burn(rollup.payroll_usd, rollup.framework, p.cost_usd, p)
    months = -rollup.birth_day * MONTHS_A_YEAR / DAYS_A_YEAR
    spent = p.deployment_usd + months * max(burn - income, 0.0)
    receive_cash(rollup, pots, rollup.payroll_usd * sample_remaining(luck, spent / rollup.payroll_usd, p))
