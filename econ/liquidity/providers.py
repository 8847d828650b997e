"""Providers of liquidity: how much they offer, what they withdraw under stress, what they earn and lose (MODEL 9 and 14)."""

from metalab.econ.kernel.chance.distributions import normal
from metalab.econ.rollups.rollup import RollupRow
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field
from metalab.protocol.kernel.units import REAL_BPS, clip, power, smooth
from metalab.protocol.liquidity.liquidity import Liquidity, LiquidityState
from metalab.protocol.liquidity.passports import (
    Passports,
    PassportsMetrics,
    compute_mapped,
    compute_shortfall,
    compute_utilisation,
    compute_withdrawals,
    fade_withdrawals,
    raise_withdrawals,
)

REFERENCE_RETURN = 0.2
"""A year, about that of launch, where `pool_share` is in pools: a constant, since moving it is the same as moving that share."""


class PoolRow(Record):
    """A rollup's pool; same place in the table as the rollup."""

    open: int = field("flag", "1 once it was opened")
    provided: float = field("share", "of the rollup's value secured")
    expected: float = field("1/year", "mean return of a deposit, as providers see it")
    fear: float = field("1", "log withdrawals that recent losses add")
    held: float = field("USD", "what is in it; 0 once its rollup has closed")
    lost: float = field("USD", "what its own mapped deposits lost today, before losses are shared")


@rule
def compute_response(expected: float, usual: float, p: Liquidity) -> float:
    """How much more providers offer at a return than at the usual one, within bounds."""
    if usual <= 0.0:
        return 1.0
    # The bounds are symmetric in logs: an answer can halve as easily as it can double.
    return clip(power(max(expected, 0.0) / usual, p.return_elasticity), 1.0 / p.response_cap, p.response_cap)


@rule
def compute_wanted(expected: float, p: Liquidity) -> float:
    """Part of the value secured that providers want to offer at the return they expect."""
    return min(p.pool_share * compute_response(expected, REFERENCE_RETURN, p), 1.0)


@rule
def open_passports(s: LiquidityState, p: Liquidity, passports: Passports) -> None:
    """At launch a part of the deposits is mapped, and expects its claims' part of the fees, less nothing."""
    # A year's fees per USD deposited: trades are counted per USD secured, and deposits are a part of that.
    fees = DAYS_A_YEAR * p.fee_bps / REAL_BPS * p.turnover / p.pool_share
    s.uptake = passports.uptake
    s.claims = compute_utilisation(s.uptake, passports)
    s.mapped_launch = fees * compute_mapped(passports) / s.claims
    s.mapped_return = s.mapped_launch


@rule
def follow_uptake(s: LiquidityState, p: Liquidity, passports: Passports) -> None:
    """Depositors map more of their deposits when that brought more, less after losses."""
    wanted = min(passports.uptake * compute_response(s.mapped_return, s.mapped_launch, p), 1.0)
    s.uptake += (wanted - s.uptake) / p.adjust_days
    s.claims = compute_utilisation(s.uptake, passports)


@rule
def open_pool(pool: PoolRow, p: Liquidity) -> None:
    """A new rollup's pool: the reference part of its value, in expectation of the reference return."""
    pool.open = 1
    pool.provided = p.pool_share
    pool.expected = REFERENCE_RETURN


@rule
def provide(pool: PoolRow, tvl: float, p: Liquidity) -> None:
    """Providers move towards what they want to offer."""
    if pool.open == 0:
        open_pool(pool, p)
    pool.provided += (compute_wanted(pool.expected, p) - pool.provided) / p.adjust_days
    pool.held = tvl * pool.provided


@rule
def redeem(pool: PoolRow, u: float, fall: float, uptake: float, p: Passports, today: PassportsMetrics) -> None:
    """Holders of claims ask for a part of them; what cannot be paid out at once is raised by forced sales."""
    withdrawn = compute_withdrawals(normal(u), fall, pool.fear, p)
    shortfall = compute_shortfall(pool.held * uptake, withdrawn, p)
    # Before today's losses add to it (`bear_loss`): only what is older fades.
    fade_withdrawals(pool, p)
    pool.lost = shortfall * p.discount
    if shortfall > 0.0:
        today.passport_shortfalls += 1.0
        today.passport_shortfall_usd += shortfall
        today.passport_loss_usd += pool.lost


@rule
def open_pool_day(
    pool: PoolRow, rollup: RollupRow, u: float, fall: float, s: LiquidityState, p: Liquidity, passports: Passports, today: PassportsMetrics
) -> None:
    """The first half of a pool's day: what is provided, what is withdrawn."""
    provide(pool, rollup.tvl, p)
    redeem(pool, u, fall, s.uptake, passports, today)
    s.pools += 1
    s.deposits += pool.held
    s.deepest = max(s.deepest, pool.held)
    s.lost += pool.lost


@rule
def bear_loss(pool: PoolRow, rollup: RollupRow, rate: float, uptake: float, p: Passports) -> float:
    """Losses leave the value secured: a pool's own, less what all share, and its part of that at `rate` per USD deposited.

    Returns what was lost in USD.
    """
    loss = min(pool.lost * (1.0 - p.mutual) + rate * pool.held, pool.held)
    if loss > 0.0:
        rollup.tvl -= loss
        raise_withdrawals(pool, loss / (pool.held * uptake), p)
    return loss


@rule
def close_pool_day(
    pool: PoolRow, rollup: RollupRow, rate: float, trade: float, cost: float, s: LiquidityState, p: Liquidity, passports: Passports
) -> None:
    """The second half: losses are borne, fees come in at `trade` per USD secured, the inventory costs `cost` per USD deposited."""
    if pool.held <= 0.0:
        return
    # Fees are those of this morning's value: losses lower it afterwards.
    fees = trade * rollup.tvl
    loss = bear_loss(pool, rollup, rate, s.uptake, passports)
    earned = DAYS_A_YEAR * ((fees - loss) / pool.held - cost)
    pool.expected = smooth(pool.expected, earned, p.return_days)
    s.takings += fees
    s.returned += pool.held * pool.expected


@rule
def follow_mapped_return(s: LiquidityState, divergence: float, p: Liquidity, passports: Passports) -> None:
    """What a mapped deposit earned: its claims' part of all fees, less their inventory cost and the day's losses."""
    mapped = s.deposits * s.uptake
    if mapped <= 0.0:
        return
    earned = compute_mapped(passports) * (s.takings / (s.claims * s.deposits) - divergence) - s.lost / mapped
    s.mapped_return = smooth(s.mapped_return, DAYS_A_YEAR * earned, p.return_days)
