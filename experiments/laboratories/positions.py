"""One account over the pools of a finished run: what its claims are worth on each rollup, and where its trades go."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from metalab.econ.kernel.memory import as_array
from metalab.experiments.errors import BadValueError
from metalab.experiments.runs.runner import Result
from metalab.protocol.liquidity.constant_product import DEEPEST, UNITS, Curve, to_units
from metalab.protocol.liquidity.positions import Account, PoolPosition, TradeRoute, choose_route, quote, view_account

LARGEST_TRADE = 1e8
TRADES_USD = (1_000.0, 10_000.0, 100_000.0)


class Portfolio(NamedTuple):
    """The pools by rollup, the account's shares of each, the account itself and the route of each trade, in pool units."""

    pools: Mapping[int, PoolPosition]
    claims: Mapping[int, int]
    account: Account
    trades: dict[int, TradeRoute]
    worst: dict[int, int]


def list_pools(result: Result) -> dict[int, PoolPosition]:
    """Every open pool on the last evening of a run, both sides equal as the run measures them; a share is one unit deposited."""
    p: Any = result.world.params["liquidity"][0]  # type: ignore[index]
    fee, amplification = round(float(p["fee_bps"])), int(p["amplification"])
    pools = {}
    for rollup, held in enumerate(as_array(result.world.pools)["held"].tolist()):
        side = to_units(held / 2.0)
        if side > 0:
            pools[rollup] = PoolPosition(side, side, 2 * side, Curve(int(p["curve"])), amplification, fee)
    return pools


def examine(result: Result, share: float, trades_usd: tuple[float, ...] = TRADES_USD) -> Portfolio:
    """The account that owns a `share` of every pool, and where each trade goes. Raises `BadValueError`."""
    if not 0.0 < share <= 1.0:
        raise BadValueError("--share", share, "a part of every pool, above 0 and at most 1")
    for trade in trades_usd:
        if not 0.0 < trade <= LARGEST_TRADE:
            raise BadValueError("--trade", trade, f"an amount in USD, above 0 and at most {LARGEST_TRADE:,.0f}")
    pools = list_pools(result)
    claims = {rollup: int(pool.shares * share) for rollup, pool in pools.items()}
    sizes = [min(round(trade * UNITS), DEEPEST) for trade in trades_usd]
    routes = {size: choose_route(pools, size) for size in sizes}
    worst = {size: min((quote(pool, size) for pool in pools.values()), default=0) for size in sizes}
    return Portfolio(pools, claims, view_account(pools, claims), routes, worst)
