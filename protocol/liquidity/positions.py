"""One account's positions in pools on many rollups, seen together; and the pool that a trade is routed to (MODEL 9).

Plain Python over exact integers, for the laboratory: amounts are units of `liquidity.constant_product`, claims are in shares of a pool.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from metalab.protocol.liquidity.constant_product import Curve, compute_product_output
from metalab.protocol.liquidity.stableswap import compute_stable_output


class PoolPosition(NamedTuple):
    """A pool on a rollup. `shares` are all claims on it; `amplification` counts for StableSwap alone."""

    x: int
    y: int
    shares: int
    curve: Curve = Curve.CONSTANT_PRODUCT
    amplification: int = 100
    fee_bps: int = 30


class Account(NamedTuple):
    """What an account has in all pools together, and on each rollup, in units of both assets."""

    x: int
    y: int
    places: dict[int, tuple[int, int]]


class TradeRoute(NamedTuple):
    """Where a trade goes and what it brings."""

    rollup: int
    output: int


def value_claim(pool: PoolPosition, shares: int) -> tuple[int, int]:
    """What shares of a pool can be redeemed for, rounded down. Raises ValueError for more shares than there are."""
    if not 0 <= shares <= pool.shares:
        raise ValueError(f"{shares} shares of a pool that has {pool.shares}")
    return pool.x * shares // pool.shares, pool.y * shares // pool.shares


def view_account(pools: Mapping[int, PoolPosition], claims: Mapping[int, int]) -> Account:
    """One view of shares held by rollup."""
    places = {rollup: value_claim(pools[rollup], shares) for rollup, shares in sorted(claims.items()) if shares > 0}
    return Account(sum(x for x, _ in places.values()), sum(y for _, y in places.values()), places)


def quote(pool: PoolPosition, dx: int) -> int:
    """What a trade brings in a pool, after the fee; 0 where it is refused."""
    if pool.curve == Curve.STABLESWAP:
        return int(compute_stable_output(pool.x, pool.y, dx, pool.amplification, pool.fee_bps))
    return int(compute_product_output(pool.x, pool.y, dx, pool.fee_bps))


def choose_route(pools: Mapping[int, PoolPosition], dx: int, reachable: Iterable[int] | None = None) -> TradeRoute:
    """The pool where a trade brings most: of equal curves and prices, the deepest. The lowest rollup among equals; -1 for none."""
    places = sorted(pools if reachable is None else set(reachable) & set(pools))
    routes = [TradeRoute(rollup, quote(pools[rollup], dx)) for rollup in places]
    return max((r for r in routes if r.output > 0), key=lambda r: (r.output, -r.rollup), default=TradeRoute(-1, 0))
