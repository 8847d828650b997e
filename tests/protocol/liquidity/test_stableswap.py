"""StableSwap against an independent implementation in unbounded integers, against the invariant's root, against published numbers."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.compiling import plain
from metalab.protocol.liquidity.constant_product import DEEPEST, IMBALANCE, compute_product_output, is_valid
from metalab.protocol.liquidity.stableswap import MOST_A, compute_invariant, compute_reserve, compute_stable_output


def make_sides(whole: int, part: int, is_first: bool) -> tuple[int, int]:
    """Reserves of a pool of which one side is a part: valid by construction."""
    side = -(-whole // part)
    return (side, whole - side) if is_first else (whole - side, side)


WHOLES = st.one_of(st.integers(2, 10**6), st.integers(10**6, DEEPEST // 2))
DEEP = st.integers(10**10, DEEPEST // 2)
PARTS = st.one_of(st.integers(2, 10), st.integers(2, IMBALANCE))
SIDES = st.builds(make_sides, WHOLES, PARTS, st.booleans())
AMPLIFICATIONS = st.one_of(st.integers(1, MOST_A), st.sampled_from([1, 50, 100, 2_000, MOST_A]))
TRADES = st.one_of(st.integers(1, 10**6), st.integers(1, DEEPEST // 2))
swap = plain(compute_stable_output)


def iterate(step: Callable[[int], int], start: int) -> int:
    """Repeat a step until it moves by at most one, 255 times at most, as the contracts do."""
    value = start
    for _ in range(255):
        last, value = value, step(value)
        if abs(value - last) <= 1:
            break
    return value


def find_d(balances: list[int], a: int) -> int:
    """get_D as published, for any number of coins, in unbounded integers."""
    n, total = len(balances), sum(balances)

    def step(d: int) -> int:
        product = d
        for balance in balances:
            product = product * d // (balance * n)
        return (a * n * total + product * n) * d // ((a * n - 1) * d + (n + 1) * product)

    return iterate(step, total)


def find_y(x: int, d: int, a: int) -> int:
    """get_y as published, for two coins, in unbounded integers."""
    c = d * d // (x * 2) * d // (a * 2 * 2)
    return iterate(lambda y: (y * y + c) // (2 * y + x + d // (a * 2) - d), d)


def compute_residual(d: int, x: int, y: int, a: int) -> Fraction:
    """The invariant's equation, left less right; rises with the reserves and falls with D."""
    return 2 * a * (x + y) + d - 2 * a * d - Fraction(d**3, 4 * x * y)


@pytest.mark.parametrize(
    ("a", "fee_bps", "published"), [(50, 10, 99_702_611_562_565_289)], ids=["test suite of a published two-coin pool, A = 50, fee .1 %"]
)
def test_a_published_swap(a: int, fee_bps: int, published: int) -> None:
    whole = 10**18
    bought = whole - find_y(whole + whole // 10, find_d([whole, whole], a), a) - 1
    assert bought - bought * fee_bps // 10_000 == published
    # In units 10^4 times as coarse, rounding may differ by one of them.
    assert abs(swap(10**14, 10**14, 10**13, a, fee_bps) - published // 10**4) <= 1


@given(SIDES, AMPLIFICATIONS)
def test_d_is_the_published_integer(sides: tuple[int, int], a: int) -> None:
    x, y = sides
    assert plain(is_valid)(x, y)
    assert plain(compute_invariant)(x, y, a) == find_d([x, y], a)


@given(st.builds(make_sides, DEEP, PARTS, st.booleans()), AMPLIFICATIONS)
def test_d_is_the_root_of_the_invariant(sides: tuple[int, int], a: int) -> None:
    x, y = sides
    d = plain(compute_invariant)(x, y, a)
    low, high = (compute_residual(d + 4 * side, x, y, a) for side in (1, -1))
    assert low < 0 < high


@given(SIDES, TRADES, AMPLIFICATIONS)
def test_y_and_the_output_are_the_published_integers(sides: tuple[int, int], dx: int, a: int) -> None:
    x, y = sides
    d = find_d([x, y], a)
    after = find_y(x + dx, d, a)
    assert plain(compute_reserve)(x + dx, d, a) == after
    bought = max(y - after - 1, 0)
    assert swap(x, y, dx, a, 4) == bought - bought * 4 // 10_000


@given(SIDES, TRADES, AMPLIFICATIONS, st.integers(0, 100))
def test_d_never_falls_by_a_swap(sides: tuple[int, int], dx: int, a: int, fee: int) -> None:
    x, y = sides
    dy = swap(x, y, dx, a, fee)
    assert 0 <= dy < y
    assert find_d([x + dx, y - dy], a) >= find_d([x, y], a) - 1


@given(SIDES, st.integers(1, 2_000), AMPLIFICATIONS)
def test_there_and_back_never_profits(sides: tuple[int, int], part: int, a: int) -> None:
    x, y = sides
    dx = max(min(x, y) // part, 1)
    dy = swap(x, y, dx, a, 0)
    # What cannot be put back is refused: that brings nothing.
    assert swap(y - dy, x + dx, dy, a, 0) <= dx


@given(st.integers(10**8, 10**13), st.integers(1, 50))
def test_amplification_lies_between_the_product_and_the_sum(side: int, part: int) -> None:
    dx = side // (part + 2)
    outputs = [swap(side, side, dx, a, 0) for a in (1, 10, 100, 1_000)]
    assert plain(compute_product_output)(side, side, dx, 0) <= outputs[0] + 2
    assert outputs == sorted(outputs)
    assert outputs[-1] < dx


@pytest.mark.parametrize(
    ("x", "y", "dx", "a"), [(10, 10, 1, 0), (10, 10, 1, MOST_A + 1), (0, 10, 1, 5), (1, IMBALANCE, 1, 5), (9, 9, 0, 5)]
)
def test_what_leaves_the_domain_is_refused(x: int, y: int, dx: int, a: int) -> None:
    assert swap(x, y, dx, a, 0) == 0


CORNERS = [
    (DEEPEST // 4, DEEPEST // 4, DEEPEST // 2, MOST_A),
    (DEEPEST // 2**11, DEEPEST // 2, 5, MOST_A),
    (DEEPEST // 2**11, DEEPEST // 2, 9**9, 1),
]


@pytest.mark.parametrize(("x", "y", "dx", "a"), CORNERS)
def test_compiled_and_plain_agree_in_the_corners(x: int, y: int, dx: int, a: int) -> None:
    d = find_d([x, y], a)
    expected = max(y - find_y(x + dx, d, a) - 1, 0)
    assert compute_stable_output(x, y, dx, a, 0) == swap(x, y, dx, a, 0) == expected
