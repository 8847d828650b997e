"""Wide products and quotients against Python's own integers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.wide_integers import MASK, add_wide, divide_part, divide_wide, multiply_wide, scale_down

NUMBERS = st.one_of(st.integers(0, MASK), st.sampled_from([0, 1, (1 << 31) - 1, 1 << 31, MASK - 1, MASK]))
DIVISORS = st.one_of(st.integers(1, MASK), st.integers(1, 1 << 20))


@given(NUMBERS, NUMBERS)
def test_a_product_is_the_product(a: int, b: int) -> None:
    high, low = plain(multiply_wide)(a, b)
    assert 0 <= low <= MASK
    assert (high << 62) + low == a * b


@given(NUMBERS, NUMBERS, NUMBERS, DIVISORS)
def test_sums_and_quotients_are_exact(a: int, b: int, c: int, d: int) -> None:
    high, low = plain(add_wide)(*plain(multiply_wide)(a, b), 0, c)
    assert (high << 62) + low == a * b + c
    assert plain(divide_wide)(high, low, d) == ((a * b + c) // d >> 62, (a * b + c) // d & MASK)


@given(NUMBERS, NUMBERS, DIVISORS)
def test_a_part_gives_quotient_and_rest(high: int, low: int, d: int) -> None:
    assert plain(divide_part)(high % d, low, d) == divmod((high % d << 62) + low, d)


@given(NUMBERS, NUMBERS, DIVISORS)
def test_nothing_leaves_64_bits(a: int, b: int, d: int) -> None:
    if a * b // d <= MASK:
        assert plain(scale_down)(a, b, d) == a * b // d


@pytest.mark.parametrize(("a", "b", "d"), [(MASK, MASK, MASK), (MASK, 1, 1), (0, MASK, 7), (10**18, 3 * 10**17, 10**18 + 9)])
def test_compiled_and_plain_agree(a: int, b: int, d: int) -> None:
    assert scale_down(a, b, d) == plain(scale_down)(a, b, d) == a * b // d
