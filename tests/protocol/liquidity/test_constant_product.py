"""Constant product: published outputs, the invariant, round trips, refusals."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.compiling import plain
from metalab.protocol.liquidity.constant_product import DEEPEST, UNITS, compute_loss, compute_product_output, is_valid, to_units

SIDES = st.integers(10**10, 10**13)
FEES = st.integers(0, 1_000)
swap = plain(compute_product_output)


@pytest.mark.parametrize(
    ("dx", "x", "y", "out"),
    [
        (1, 5, 10, 1662497915624478906),
        (1, 10, 5, 453305446940074565),
        (2, 5, 10, 2851015155847869602),
        (2, 10, 5, 831248957812239453),
        (1, 10, 10, 906610893880149131),
        (1, 100, 100, 987158034397061298),
        (1, 1000, 1000, 996006981039903216),
    ],
)
def test_outputs_are_those_published_with_the_second_version_of_uniswap(dx: int, x: int, y: int, out: int) -> None:
    scale = 10**10
    assert swap(x * scale, y * scale, dx * scale, 30) == out // 10**8


@given(SIDES, SIDES, SIDES, FEES)
def test_the_output_is_the_exact_one_rounded_down_once(x: int, y: int, dx: int, fee: int) -> None:
    assert plain(is_valid)(x, y)
    paid = Fraction(dx * (10_000 - fee), 10_000)
    assert swap(x, y, dx, fee) == int(y * paid / (x + paid))


@given(SIDES, SIDES, SIDES, FEES)
def test_the_product_never_falls_and_a_round_trip_never_profits(x: int, y: int, dx: int, fee: int) -> None:
    dy = swap(x, y, dx, fee)
    assert (x + dx) * (y - dy) >= x * y
    if dy > 0:
        assert swap(y - dy, x + dx, dy, fee) <= dx


@pytest.mark.parametrize(
    ("x", "y", "dx"), [(0, 5, 1), (5, 5, 0), (5, 5, -1), (10**6, 10**10, 5), (DEEPEST // 2, DEEPEST // 2, 1), (10**9, 10**9, DEEPEST)]
)
def test_what_leaves_the_domain_is_refused(x: int, y: int, dx: int) -> None:
    assert swap(x, y, dx, 30) == 0


def test_the_widest_swap_is_exact_compiled_too() -> None:
    x = y = DEEPEST // 4
    dx = DEEPEST - x - y
    assert compute_product_output(x, y, dx, 30) == y * dx * 9_970 // (x * 10_000 + dx * 9_970)


@pytest.mark.parametrize(("usd", "units"), [(1.0, UNITS), (0.0, 0), (-3.0, 0), (1e300, DEEPEST // 4), (12.345678, 1_234_567)])
def test_dollars_become_units(usd: float, units: int) -> None:
    assert plain(to_units)(usd) == units


@pytest.mark.parametrize(("dx", "dy", "loss"), [(100, 90, 0.1), (100, 0, 1.0), (0, 5, 1.0), (100, 101, 0.0)])
def test_a_loss_is_a_share(dx: int, dy: int, loss: float) -> None:
    assert plain(compute_loss)(dx, dy) == pytest.approx(loss, abs=1e-15)
