"""Pools: providers offer and withdraw, passports fall short under stress, trades cost slippage."""

from metalab.econ.kernel.chance.identity import fill_by_identity
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.kernel.clock import get_key
from metalab.econ.kernel.world import World
from metalab.econ.liquidity.providers import close_pool_day, follow_mapped_return, follow_uptake, open_passports, open_pool_day
from metalab.econ.rollups.rollup import sum_tvl
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.memory import as_reals
from metalab.protocol.kernel.units import REAL_BPS
from metalab.protocol.liquidity.liquidity import (
    REFERENCE_SLIPPAGE,
    compute_attraction,
    compute_divergence,
    compute_turnover,
    measure_pools,
    measure_slippage,
)


@rule
def open_liquidity(w: World) -> None:
    """Passports and expected slippage at launch. Pools open with their rollups."""
    w.state[0].liquidity.slippage = REFERENCE_SLIPPAGE
    open_passports(w.state[0].liquidity, w.params[0].liquidity, w.params[0].passports)


@rule
def process_deposits(w: World) -> None:
    """What is in the pools, and what is withdrawn."""
    s = w.state[0]
    p = w.params[0]
    # One fall for all pools: what passports have to survive is that all withdraw at once (MODEL 9).
    fall = -s.market.factor_change
    fill_by_identity(as_reals(w.pool_draws), get_key(s.clock, Stream.POOLS), w.rollups, s.rollups.count)
    for i in range(s.rollups.count):
        if w.rollups[i].live == 1:
            u = w.pool_draws[i].withdrawal
            open_pool_day(w.pools[i], w.rollups[i], u, fall, s.liquidity, p.liquidity, p.passports, w.today[0].passports)
        else:
            w.pools[i].held = 0.0


@rule
def process_returns(w: World) -> None:
    """Losses are borne, in part by all passports alike; fees and the cost of holding the pair make the return."""
    s = w.state[0]
    p = w.params[0]
    divergence = compute_divergence(s.market.factor_change, p.liquidity)
    cost = divergence * s.liquidity.claims
    turnover = compute_turnover(s.activity.delay_s, p.liquidity)
    trade = p.liquidity.fee_bps / REAL_BPS * turnover * compute_attraction(s.liquidity, p.liquidity)
    rate = p.passports.mutual * s.liquidity.lost / s.liquidity.deposits if s.liquidity.deposits > 0.0 else 0.0
    # A second pass: what is borne in common is known only when every pool has been asked.
    for i in range(s.rollups.count):
        close_pool_day(w.pools[i], w.rollups[i], rate, trade, cost, s.liquidity, p.liquidity, p.passports)
    if s.liquidity.lost > 0.0:
        s.rollups.tvl = sum_tvl(w.rollups, s.rollups.count)
    follow_mapped_return(s.liquidity, divergence, p.liquidity, p.passports)


@rule
def process_liquidity(w: World) -> None:
    """The day of all pools."""
    s = w.state[0]
    p = w.params[0]
    today = w.today[0]
    if p.liquidity.active == 0:
        return
    state = s.liquidity
    state.pools = 0
    state.deposits = 0.0
    state.deepest = 0.0
    state.takings = 0.0
    state.lost = 0.0
    state.returned = 0.0
    follow_uptake(state, p.liquidity, p.passports)
    process_deposits(w)
    process_returns(w)
    measure_slippage(state, s.activity.delay_s, p.liquidity, today.liquidity)
    measure_pools(state, s.activity.delay_s, p.liquidity, today.liquidity)
    today.passports.capital_utilisation = state.claims
    if p.passports.active == 1:
        today.passports.passport_return = state.mapped_return
