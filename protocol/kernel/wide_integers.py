"""Products of two 62-bit numbers and their exact quotients, in 64-bit integers: what pools of integers are computed with.

A wide number is a pair (high, low) that stands for high * 2^62 + low, both within 0..2^62 - 1.
"""

from typing import Final

from metalab.protocol.kernel.compiling import rule

HALF: Final = 31
"""Bits of a half: products of two halves fit in 62 bits."""
WIDTH: Final = 62
"""Bits of a number: sums of two of them still fit in 63 bits."""
HALF_MASK: Final = (1 << 31) - 1
"""The lower half of a number."""
MASK: Final = (1 << 62) - 1
"""All bits of a number."""


@rule
def multiply_wide(a: int, b: int) -> tuple[int, int]:
    """The product of two numbers of 0..2^62 - 1, by halves of 31 bits so that nothing leaves 63 bits."""
    a_high = a >> HALF
    a_low = a & HALF_MASK
    b_high = b >> HALF
    b_low = b & HALF_MASK
    # Two products of 31-bit halves: their sum is below 2^63.
    middle = a_high * b_low + a_low * b_high
    low = a_low * b_low + ((middle & HALF_MASK) << HALF)
    return a_high * b_high + (middle >> HALF) + (low >> WIDTH), low & MASK


@rule
def add_wide(high: int, low: int, other_high: int, other_low: int) -> tuple[int, int]:
    """The sum of two wide numbers, below 2^124."""
    total = low + other_low
    return high + other_high + (total >> WIDTH), total & MASK


@rule
def divide_part(high: int, low: int, d: int) -> tuple[int, int]:
    """Quotient and remainder of a wide number by 0 < d <= 2^62, for high < d: long division bit by bit."""
    rest = high
    quotient = 0
    for shift in range(WIDTH - 1, -1, -1):
        # rest < d <= 2^62: doubled it still fits in 63 bits.
        rest = rest + rest + ((low >> shift) & 1)
        quotient += quotient
        if rest >= d:
            rest -= d
            quotient += 1
    return quotient, rest


@rule
def divide_wide(high: int, low: int, d: int) -> tuple[int, int]:
    """floor of a wide number over 0 < d <= 2^62, as a wide number."""
    # `divide_part` asks for high < d; the multiples of d in `high` give the upper quotient.
    quotient, _rest = divide_part(high % d, low, d)
    return high // d, quotient


@rule
def scale_down(a: int, b: int, d: int) -> int:
    """floor(a * b / d), exact, for 0 <= a, b < 2^62, 0 < d <= 2^62 and a result below 2^62."""
    high, low = multiply_wide(a, b)
    quotient, _rest = divide_part(high, low, d)
    return quotient
