"""The rollups' morning: yesterday's income is paid, some close, innovations spread, rivals move, the fund acts.

Developers are paid in the morning for the day before; then messages are counted from zero again.
"""

from typing import Any

from metalab.econ.kernel.chance.distributions import lognormal, pick
from metalab.econ.kernel.chance.identity import fill_by_identity
from metalab.econ.kernel.chance.philox import derive_key, uniform_at
from metalab.econ.kernel.chance.streams import GENESIS, Stream
from metalab.econ.kernel.clock import draw_day, get_key
from metalab.econ.kernel.world import World
from metalab.econ.rollups.account import open_account
from metalab.econ.rollups.closures import ClosureContext, shut_rollups
from metalab.econ.rollups.competition import (
    RECOUNT_DAYS,
    change_rivals,
    compute_concentration,
    compute_flow_share,
    compute_friction,
    compute_reach,
    count_rivals,
    follow_growth,
    measure_competition,
    open_rivals,
)
from metalab.econ.rollups.deploying import (
    compute_expected_income,
    compute_mean_size,
    follow_earned,
    measure_deploying,
    open_expectations,
    sum_weights,
)
from metalab.econ.rollups.deposits import (
    USUAL_HAZARD,
    advance_run,
    compute_move,
    compute_pace,
    compute_run,
    compute_wanted,
    follow_wish,
    measure_deposits,
    scale_all,
)
from metalab.econ.rollups.diffusion import DiffusionContext, spread_innovations
from metalab.econ.rollups.fund import FundContext, endow, run_round
from metalab.econ.rollups.rollup import add_rollup, compute_own_concentration, measure_network, scale_tvl, share_traffic, sum_tvl
from metalab.econ.rollups.settlement import SettlementContext, settle_rollups
from metalab.econ.users.users import prepare_users
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.memory import as_reals
from metalab.protocol.kernel.units import safe_exp, to_count, to_usd
from metalab.protocol.liquidity.liquidity import get_usable

AGE = 0
"""Permanent index of the draw of an opening age."""
SIZE = 1
"""Permanent index of the draw of the value secured."""
NICHE = 2
"""Permanent index of the draw of the niche."""
FRAMEWORK = 3
"""Permanent index of the draw of the framework."""
TEAM = 4
"""Permanent index of the draw of the team's pay."""
CAPITAL = 5
"""Permanent index of the draw of the money that is left."""


@rule
def open_accounts(w: World, key: Any) -> None:
    """The accounts of rollups that open with the run, which earn by size what a newcomer expects to."""
    s = w.state[0]
    p = w.params[0]
    per_usd = compute_expected_income(s.deploying, p.rollups) / compute_mean_size(p.rollups)
    for n in range(s.rollups.count):
        rollup = w.rollups[n]
        team, luck = uniform_at(key, n, TEAM), uniform_at(key, n, CAPITAL)
        open_account(rollup, w.pots[0], team, luck, rollup.tvl * per_usd, p.deploying)


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
    open_expectations(s.deploying, p.competition, p.rollups)
    # Without developers rollups are run by nobody in particular, and have no bills.
    if len(w.developers) > 0:
        open_accounts(w, key)
    s.rollups.tvl = sum_tvl(w.rollups, s.rollups.count)
    share_traffic(w.rollups, s.rollups, p.scaling.zipf)
    open_rivals(s.competition, p.competition)
    s.deposits.hazard = USUAL_HAZARD
    s.deposits.exposed = USUAL_HAZARD


@rule
def compute_deposit_yield(w: World) -> float:
    """What value secured earned yesterday, per year: rollup fees but for the developers' part and charges, over all of it."""
    network = w.state[0].rollups
    fees = 0.0
    for i in range(network.count):
        if w.rollups[i].live == 1:
            fees += w.rollups[i].yielded
    return DAYS_A_YEAR * fees / network.tvl if network.tvl > 0.0 else 0.0


@rule
def process_deposits(w: World) -> None:
    """Depositors run or come back, then follow what they want."""
    s = w.state[0]
    p = w.params[0]
    earned = compute_deposit_yield(w)
    users = s.activity.users_active / s.adoption.opened if s.adoption.opened > 0.0 else 1.0
    s.deposits.wanted = compute_wanted(users, earned, s.deposits.exposed, p.deposits)
    share = compute_run(s.corruption.profit_usd, s.corruption.cost_usd, p.deposits)
    scale_all(w.rollups, s.rollups, advance_run(s.deposits, share, p.incidents.return_days, p.deposits))
    left = s.deposits.run + s.incidents.panic
    pace = compute_pace(p.deposits)
    for i in range(s.rollups.count):
        if w.rollups[i].live == 1:
            move = compute_move(w.rollup_draws[i].shock, s.market.factor_change, p.rollups)
            follow_wish(w.rollups[i], move, left, s.deposits.wanted, pace)
    measure_deposits(s.deposits, earned, w.today[0].deposits)


@rule
def process_closings(w: World) -> None:
    """Values move with the market, some rollups close, innovations spread among those that go on."""
    s = w.state[0]
    p = w.params[0]
    fill_by_identity(as_reals(w.rollup_draws), get_key(s.clock, Stream.ROLLUPS), w.rollups, s.rollups.count)
    meetings = get_key(s.clock, Stream.LICENCES)
    fill_by_identity(as_reals(w.licence_draws), meetings, w.rollups, s.rollups.count)
    process_deposits(w)
    scene = ClosureContext(w.rollups, w.developers, w.licences, s.licences, s.rollups, w.pots[0], p.rollups, s.clock.day)
    shut_rollups(scene, w.rollup_draws, w.today[0].rollups)
    # Again after the closings: innovations spread along this order.
    share_traffic(w.rollups, s.rollups, p.scaling.zipf)
    circle = DiffusionContext(w.rollups, w.licence_draws, w.licences, s.licences, s.rollups, p.licences, meetings)
    spread_innovations(circle, s.clock.day, w.today[0].licences)


@rule
def process_rivals(w: World) -> None:
    """Rivals' day, and where cross-rollup flows go."""
    s = w.state[0]
    p = w.params[0].competition
    draw_day(as_reals(w.provider_draws), s.clock, Stream.RIVALS)
    change_rivals(s.competition, w.provider_draws, p)
    follow_growth(s.competition, s.rollups.deployed, s.rollups.live)
    rivals = count_rivals(s.competition)
    if s.clock.day % RECOUNT_DAYS == 0:
        s.competition.concentration = compute_concentration(rivals, w.params[0].scaling.zipf)
    # Values at rivals follow the market factor as those here do (ECONOMY 17), without noise of their own.
    rival_mass = rivals * p.tvl_usd * safe_exp(w.params[0].rollups.tvl_beta * s.market.factor)
    near = compute_friction(to_usd(s.fees.message_fee, s.market.price), s.activity.delay_s)
    far = compute_friction(p.rival_fee_usd, p.rival_delay_s)
    squares = compute_own_concentration(w.rollups, s.rollups)
    w.today[0].competition.cross_chain_volume_share = compute_flow_share(
        s.rollups.tvl, squares, rival_mass, s.competition.concentration, near, far, p.connected
    )
    s.competition.reach_usd = compute_reach(s.rollups.tvl, squares, rival_mass, p.connected, get_usable(w.params[0].liquidity))


@rule
def process_fund(w: World) -> None:
    """The ecosystem fund sells a little for its budget every day and buys in rounds."""
    s = w.state[0]
    p = w.params[0]
    today = w.today[0].fund
    endow(s.incentives, w.pots[0], s.exchange, p.incentives, s.market.price, today)
    spending = FundContext(w.rollups, w.developers, s.rollups.count, s.exchange, w.pots[0], p.fund, p.exchange, s.market.price, s.clock.day)
    run_round(spending, today)
    today.fund_balance_usd = w.pots[0].fund_usd


@rule
def process_rollups(w: World) -> None:
    """The rollups' morning."""
    s = w.state[0]
    today = w.today[0]
    payday = SettlementContext(
        w.rollups, s.rollups.count, w.developers, w.licences, w.pots[0], s.charges, s.deposits.hazard, s.market.price, w.params[0], today
    )
    earned = settle_rollups(payday, s.clock.day)
    # Nobody is paid on the first morning.
    if s.clock.day > 0:
        follow_earned(s.deploying, earned, s.rollups.tvl, w.params[0].earnings.profit_days)
    process_closings(w)
    # After closings and losses: rivals' flows and the figures below need what is left.
    s.rollups.tvl = sum_tvl(w.rollups, s.rollups.count)
    process_rivals(w)
    process_fund(w)
    measure_competition(s.competition, s.rollups.live, today.competition)
    measure_deploying(s.deploying, w.params[0].rollups, today.deploying)
    measure_network(s.rollups, today.rollups)
    prepare_users(w)
