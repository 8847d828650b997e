"""Developers: have ideas, choose a provider, deploy, are paid and sell what they need (MODEL 14)."""

from metalab.econ.kernel.chance.distributions import pick
from metalab.econ.kernel.records import Daily, Params, State
from metalab.econ.market.exchange import order_sell_for_cash
from metalab.econ.rollups.account import sample_capital, sample_payroll
from metalab.econ.rollups.deploying import (
    Plan,
    ProviderOffer,
    compute_deployment_cost,
    compute_expected_income,
    sum_weights,
    weigh_providers,
)
from metalab.econ.rollups.rollup import NONE, RollupRow, deploy
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import OK
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, draw, field
from metalab.protocol.kernel.units import safe_exp, to_count, to_era, to_uera, to_usd
from metalab.protocol.market.ledger import pay_cash, receive_cash
from metalab.protocol.rollups.ledger import grant
from metalab.protocol.users.incentives import BudgetLine, draw_budget, get_budget


class DeveloperRow(Record):
    """A developer."""

    index: int = field("row", "own place in the table")
    balance: int = field("uERA", "liquid", token=True)
    usd: float = field("USD", "own money, besides its rollups' accounts")
    burn_usd: float = field("USD/month", "what its live rollups cost, this morning")
    accounts_usd: float = field("USD", "what their accounts hold, this morning")
    income: int = field("uERA", "received since it last sold")
    rollups: int = field("1", "live rollups it runs")
    deployed: int = field("1", "rollups it deployed so far")
    granted: int = field("uERA", "grants for deployments so far")


class DeveloperDraws(Record):
    """Chance of a developer's day."""

    idea: float = draw(0, "whether an idea arrives")
    provider: float = draw(1, "which provider is chosen")
    niche: float = draw(2, "what the rollup is for")
    framework: float = draw(3, "what it is built with")
    worth: float = draw(4, "its value secured")
    capital: float = draw(5, "what investors put in")
    team: float = draw(6, "what its team costs")


@rule
def expect_grant(s: State, pots: Pots, p: Params) -> int:
    """The grant that a deployment would get today, in uERA."""
    return min(p.deploying.grant, max(get_budget(s.incentives, BudgetLine.GRANTS, pots), 0))


@rule
def describe_own(s: State, pots: Pots, p: Params) -> ProviderOffer:
    """What this provider offers today."""
    aid = to_usd(expect_grant(s, pots, p), s.market.price_mean)
    return ProviderOffer(aid, compute_deployment_cost(p.deploying), p.deploying.cost_usd, compute_expected_income(s.deploying, p.rollups))


@rule
def choose_provider(u: float, plan: Plan, s: State, pots: Pots, p: Params) -> int:
    """Logit choice among providers with whom an idea pays: 0 is this protocol, k > 0 rival k - 1, -1 none."""
    own = describe_own(s, pots, p)
    # Rivals' rollups follow the market factor as those here do (ECONOMY 17).
    market = safe_exp(p.rollups.tvl_beta * s.market.factor)
    total = weigh_providers(s.deploying.weights, p.population.rollups, plan, own, market, s.competition, p.deploying, p.competition)
    return pick(u, s.deploying.weights, total) if total > 0.0 else NONE


@rule
def collect_grant(developer: DeveloperRow, s: State, pots: Pots, p: Params, today: Daily) -> None:
    """Take the grant for a deployment as far as the year's budget goes."""
    amount = draw_budget(s.incentives, BudgetLine.GRANTS, pots, expect_grant(s, pots, p))
    if amount <= 0:
        return
    grant(developer, pots, amount)
    developer.income += amount
    developer.granted += amount
    today.earnings.developer_grants_era += to_era(amount)


@rule
def launch(
    developer: DeveloperRow, d: DeveloperDraws, plan: Plan, framework: int, rollups: Rows[RollupRow], s: State, pots: Pots, p: Params
) -> int:
    """Deploy here with an account of its own. Returns OK or TABLE_FULL, where nothing is paid."""
    # `pick` finds nothing where a scenario sets all weights to 0: the first kind stands in.
    niche = max(pick(d.niche, p.deploying.niches, sum_weights(p.deploying.niches)), 0)
    pull = s.deposits.wanted - s.deposits.run - s.incidents.panic
    code = deploy(rollups, s.rollups, developer.index, niche, framework, d.worth, pull, s.clock.day, p.rollups)
    if code != OK:
        return code
    rollup = rollups[s.rollups.count - 1]
    rollup.payroll_usd = plan.payroll_usd
    receive_cash(rollup, pots, plan.capital_usd)
    pay_cash(rollup, pots, min(compute_deployment_cost(p.deploying), rollup.usd))
    developer.rollups += 1
    developer.deployed += 1
    return OK


@rule
def pursue_idea(
    developer: DeveloperRow, d: DeveloperDraws, rollups: Rows[RollupRow], s: State, pots: Pots, p: Params, today: Daily
) -> None:
    """Find the money for an idea, choose a provider, deploy."""
    s.deploying.ideas += 1
    framework = max(pick(d.framework, p.deploying.frameworks, sum_weights(p.deploying.frameworks)), 0)
    payroll = sample_payroll(d.team, p.deploying)
    plan = Plan(sample_capital(d.capital, payroll, p.deploying), payroll, p.deploying.framework_cost[framework])
    provider = choose_provider(d.provider, plan, s, pots, p)
    if provider == 0:
        if launch(developer, d, plan, framework, rollups, s, pots, p) == OK:
            collect_grant(developer, s, pots, p, today)
    elif provider > 0:
        s.deploying.lost += 1
        if p.competition.rivals == 1:
            s.competition.live[provider - 1] += 1
            s.competition.deployed += 1
    else:
        s.deploying.unfunded += 1


@rule
def compute_sale(developer: DeveloperRow, price: float, bills: float, share: float) -> int:
    """uERA to sell: part of the income, and what bills in sight need beyond the cash at hand."""
    wanted = to_count(developer.income * share)
    missing = bills - developer.usd - developer.accounts_usd
    if missing > 0.0:
        wanted = max(wanted, to_uera(missing, price))
    return min(wanted, developer.balance)


@rule
def sell_income(developer: DeveloperRow, s: State, pots: Pots, p: Params, today: Daily) -> None:
    """Sell part of the income, more when cash is short."""
    bills = developer.burn_usd * p.earnings.cash_months
    amount = compute_sale(developer, s.market.price, bills, p.earnings.sale_share)
    # Also where nothing is sold: what was kept is no income of the next period.
    developer.income = 0
    if amount > 0 and order_sell_for_cash(developer, s.exchange, pots, amount, s.market.price) == OK:
        today.earnings.developer_sales_era += to_era(amount)


@rule
def developer_day(
    developer: DeveloperRow, d: DeveloperDraws, rollups: Rows[RollupRow], s: State, pots: Pots, p: Params, today: Daily
) -> None:
    """One day of a developer."""
    if d.idea < s.deploying.chance:
        pursue_idea(developer, d, rollups, s, pots, p, today)
    # Each developer has a day of its own in the period: sales are spread evenly.
    if developer.balance > 0 and (s.clock.day + developer.index) % p.earnings.sale_days == 0:
        sell_income(developer, s, pots, p, today)
