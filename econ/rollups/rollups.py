"""The rollups' morning: yesterday's income is paid, some close, innovations spread, rivals move, the fund acts.

Developers are paid in the morning for the day before; then messages are counted from zero again.
"""

from metalab.econ.kernel.chance.distributions import lognormal, pick
from metalab.econ.kernel.chance.philox import derive_key, fill_draws, uniform_at
from metalab.econ.kernel.chance.streams import GENESIS, Stream
from metalab.econ.kernel.clock import draw_day, get_key
from metalab.econ.kernel.world import World
from metalab.econ.rollups.closures import ClosureContext, shut_rollups
from metalab.econ.rollups.competition import (
    change_rivals,
    compute_concentration,
    compute_flow_share,
    compute_friction,
    count_rivals,
    follow_growth,
    measure_competition,
    open_rivals,
)
from metalab.econ.rollups.deploying import measure_deploying, sum_weights
from metalab.econ.rollups.deposits import advance_run, compute_move, compute_run, compute_wanted, follow_wish, measure_deposits, scale_all
from metalab.econ.rollups.diffusion import spread_innovations
from metalab.econ.rollups.earnings import compute_fees_left
from metalab.econ.rollups.fund import FundContext, endow, run_round
from metalab.econ.rollups.rollup import add_rollup, compute_own_concentration, measure_network, scale_tvl, share_traffic, sum_tvl
from metalab.econ.rollups.settlement import SettlementContext, settle_rollups
from metalab.econ.users.users import prepare_users
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.memory import as_reals
from metalab.protocol.kernel.units import safe_exp, to_count, to_usd

AGE = 0
"""Permanent index of the draw of an opening age."""
SIZE = 1
"""Permanent index of the draw of the value secured."""
NICHE = 2
"""Permanent index of the draw of the niche."""
FRAMEWORK = 3
"""Permanent index of the draw of the framework."""


@rule
def open_rollups(w: World) -> None:
    """The rollups that open with the run: ages uniform, values lognormal and scaled to the opening total (ECONOMY 17)."""
    s = w.state[0]
    p = w.params[0]
    key = derive_key(s.clock.seed, s.clock.replication, Stream.GENESIS_ROLLUPS, GENESIS)
    for n in range(p.population.rollups):
        i = add_rollup(w.rollups, s.rollups, -to_count(uniform_at(key, n, AGE) * p.rollups.opening_age_days))
        rollup = w.rollups[i]
        rollup.tvl = lognormal(uniform_at(key, n, SIZE), 1.0, p.rollups.tvl_sigma)
        rollup.niche = max(pick(uniform_at(key, n, NICHE), p.deploying.niches, sum_weights(p.deploying.niches)), 0)
        rollup.framework = max(pick(uniform_at(key, n, FRAMEWORK), p.deploying.frameworks, sum_weights(p.deploying.frameworks)), 0)
        if len(w.developers) > 0:
            rollup.developer = n % len(w.developers)
            w.developers[rollup.developer].rollups += 1
    scale_tvl(w.rollups, s.rollups.count, p.rollups.opening_tvl_usd)
    s.rollups.tvl = sum_tvl(w.rollups, s.rollups.count)
    share_traffic(w.rollups, s.rollups, p.rollups)
    open_rivals(s.competition, p.competition)
    s.deposits.hazard = p.deposits.usual_hazard
    s.deposits.exposed = p.deposits.usual_hazard


@rule
def compute_deposit_yield(w: World) -> float:
    """What value secured earned yesterday, per year: rollup fees but for the developers' part, over all of it."""
    network = w.state[0].rollups
    p = w.params[0].earnings
    fees = 0.0
    for i in range(network.count):
        if w.rollups[i].live == 1:
            fees += compute_fees_left(w.rollups[i], p)
    return DAYS_A_YEAR * fees / network.tvl if network.tvl > 0.0 else 0.0


@rule
def process_deposits(w: World) -> None:
    """Depositors run or come back, then follow what they want."""
    s = w.state[0]
    p = w.params[0]
    earned = compute_deposit_yield(w)
    usual_users = p.adoption.active_share * len(w.users)
    users = s.activity.users_active / usual_users if usual_users > 0.0 else 1.0
    s.deposits.wanted = compute_wanted(users, earned, s.deposits.exposed, p.deposits)
    share = compute_run(s.corruption.profit_usd, s.corruption.cost_usd, p.deposits)
    scale_all(w.rollups, s.rollups, advance_run(s.deposits, share, p.incidents.return_days, p.deposits))
    left = s.deposits.run + s.incidents.panic
    for i in range(s.rollups.count):
        if w.rollups[i].live == 1:
            move = compute_move(w.rollup_draws[i].shock, s.market.factor_change, p.rollups)
            follow_wish(w.rollups[i], move, left, s.deposits.wanted, p.deposits)
    measure_deposits(s.deposits, earned, w.today[0].deposits)


@rule
def process_closings(w: World) -> None:
    """Values move with the market, some rollups close, innovations spread among those that go on."""
    s = w.state[0]
    p = w.params[0]
    fill_draws(as_reals(w.rollup_draws), get_key(s.clock, Stream.ROLLUPS), 0, s.rollups.count)
    fill_draws(as_reals(w.licence_draws), get_key(s.clock, Stream.LICENCES), 0, s.rollups.count)
    process_deposits(w)
    scene = ClosureContext(w.rollups, w.developers, w.licences, s.licences, s.rollups, p.rollups, p.earnings, s.market.factor, s.clock.day)
    shut_rollups(scene, w.rollup_draws, w.today[0].rollups)
    # Again after the closings: innovations spread along this order.
    share_traffic(w.rollups, s.rollups, p.rollups)
    spread_innovations(w.rollups, w.licence_draws, w.licences, s.licences, s.rollups, s.clock.day, p.licences, w.today[0].licences)


@rule
def process_rivals(w: World) -> None:
    """Rivals' day, and where cross-rollup flows go."""
    s = w.state[0]
    p = w.params[0].competition
    draw_day(as_reals(w.provider_draws), s.clock, Stream.RIVALS)
    change_rivals(s.competition, w.provider_draws, p)
    follow_growth(s.competition, s.rollups.deployed, s.rollups.live, p)
    rivals = count_rivals(s.competition)
    if s.clock.day % p.recount_days == 0:
        s.competition.concentration = compute_concentration(rivals, w.params[0].rollups.zipf)
    # Values at rivals follow the market factor as those here do (ECONOMY 17), without noise of their own.
    rival_mass = rivals * p.tvl_usd * safe_exp(w.params[0].rollups.tvl_beta * s.market.factor)
    near = compute_friction(to_usd(s.fees.message_fee, s.market.price), s.activity.delay_s, p)
    far = compute_friction(p.rival_fee_usd, p.rival_delay_s, p)
    s.competition.flow_share = compute_flow_share(
        s.rollups.tvl, compute_own_concentration(w.rollups, s.rollups), rival_mass, s.competition.concentration, near, far, p.connected,
    )  # fmt: skip


@rule
def process_fund(w: World) -> None:
    """The ecosystem fund sells a little for its budget every day and buys in rounds."""
    s = w.state[0]
    p = w.params[0]
    today = w.today[0].fund
    if p.fund.programme == 1:
        endow(s.incentives, w.pots[0], s.exchange, s.supply, p.incentives, s.market.price, today)
        spending = FundContext(
            w.rollups, w.developers, s.rollups.count, s.exchange, w.pots[0], p.fund, p.exchange, s.market.price, s.clock.day
        )
        run_round(spending, today)
    today.fund_balance_usd = w.pots[0].fund_usd


@rule
def process_rollups(w: World) -> None:
    """The rollups' morning."""
    s = w.state[0]
    today = w.today[0]
    payday = SettlementContext(w.rollups, s.rollups.count, w.developers, w.licences, w.pots[0], s.market.price, w.params[0], today)
    settle_rollups(payday, s.clock.day)
    process_closings(w)
    # After closings and losses: rivals' flows and the figures below need what is left.
    s.rollups.tvl = sum_tvl(w.rollups, s.rollups.count)
    process_rivals(w)
    process_fund(w)
    measure_competition(s.competition, s.rollups.live, today.competition)
    measure_deploying(s.deploying, today.deploying)
    measure_network(s.rollups, today.rollups)
    prepare_users(w)
