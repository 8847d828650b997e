"""One view of many positions; trades go where they bring most."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.liquidity.constant_product import Curve
from metalab.protocol.liquidity.positions import Account, PoolPosition, TradeRoute, choose_route, quote, value_claim, view_account

POOLS = {3: PoolPosition(10**9, 2 * 10**9, 1_000), 7: PoolPosition(5 * 10**9, 5 * 10**9, 10), 9: PoolPosition(10**9, 10**9, 7)}


def test_positions_are_seen_as_one() -> None:
    account = view_account(POOLS, {7: 4, 3: 250, 9: 0})
    assert account == Account(25 * 10**7 + 2 * 10**9, 5 * 10**8 + 2 * 10**9, {3: (25 * 10**7, 5 * 10**8), 7: (2 * 10**9, 2 * 10**9)})
    assert view_account(POOLS, {}) == Account(0, 0, {})


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=8))
def test_all_claims_together_never_exceed_the_pool(parts: list[int]) -> None:
    pool = PoolPosition(10**9 + 7, 10**9 + 9, sum(parts) + 1)
    claims = [value_claim(pool, part) for part in parts]
    assert sum(x for x, _ in claims) <= pool.x
    assert sum(y for _, y in claims) <= pool.y


@pytest.mark.parametrize("shares", [-1, 1_001])
def test_more_than_there_is_cannot_be_claimed(shares: int) -> None:
    with pytest.raises(ValueError, match="shares of a pool that has 1000"):
        value_claim(POOLS[3], shares)


@given(st.dictionaries(st.integers(0, 20), st.integers(10**8, 10**13), min_size=1), st.integers(1, 10**8))
def test_of_balanced_pools_the_deepest_is_chosen(sides: dict[int, int], dx: int) -> None:
    pools = {rollup: PoolPosition(side, side, 1) for rollup, side in sides.items()}
    route = choose_route(pools, dx)
    deepest = max(sides, key=lambda rollup: sides[rollup])
    assert route.output in (quote(pools[deepest], dx), 0)
    assert all(quote(pool, dx) <= route.output for pool in pools.values())


def test_the_better_price_beats_depth_and_curves_count() -> None:
    assert choose_route(POOLS, 1_000_000).rollup == 3
    assert choose_route(POOLS, 1_000_000, reachable=[7, 9, 11]).rollup == 7
    stable = POOLS | {9: PoolPosition(10**9, 10**9, 7, Curve.STABLESWAP, 100, 4)}
    assert choose_route(stable, 10**8, reachable=[7, 9]).rollup == 9


def test_equals_go_to_the_first_and_nothing_goes_nowhere() -> None:
    assert choose_route({5: POOLS[7], 2: POOLS[7]}, 1_000).rollup == 2
    assert choose_route({}, 1_000) == choose_route(POOLS, 0) == TradeRoute(-1, 0)
