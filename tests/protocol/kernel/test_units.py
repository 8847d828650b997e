import itertools
import math
import struct

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from metalab.protocol.kernel.codes import OUT_OF_BOUNDS
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import (
    BPS,
    ONE_ERA,
    SQUARE_SAFE,
    SUPPLY,
    clip,
    logistic,
    mul_div,
    power,
    safe_exp,
    safe_log,
    smooth,
    split_bps,
    take_bps,
    to_count,
    to_era,
    to_uera,
    to_usd,
)

BOTH = ["compiled", "plain"]
EDGES = sorted({2**k + e for k in range(63) for e in (-1, 0, 1)} | {SQUARE_SAFE - 1, SQUARE_SAFE, SQUARE_SAFE + 1, SUPPLY, BPS})
FLOATS = st.floats(allow_nan=True, allow_infinity=True)


def within(low, high):
    """Integers of all magnitudes in [low, high], the edges of machine arithmetic among them."""
    by_bits = st.integers(0, 63).flatmap(lambda k: st.integers(0, 2**k)).filter(lambda n: low <= n <= high)
    return st.integers(low, high) | st.sampled_from([n for n in EDGES if low <= n <= high]) | by_bits


AMOUNT = within(0, 2**63 - 1)
FACTOR = within(0, 2**60 - 1)
DIVISOR = within(1, 2**50)


def run(function, kind):
    return plain(function) if kind == "plain" else function


def bits(x):
    """NaN equals NaN and 0.0 differs from -0.0."""
    return "nan" if math.isnan(x) else struct.pack("<d", x)


@given(AMOUNT, FACTOR, DIVISOR)
@example(2**63 - 1, 1, 1)
@example(2**63 - 1, 2**50, 2**50)
@example(2**50 - 1, 2**60 - 1, 2**50)
@example(SQUARE_SAFE, SQUARE_SAFE, 1)
@example(SQUARE_SAFE + 1, SQUARE_SAFE, 1)
@example(SQUARE_SAFE + 1, SQUARE_SAFE + 1, 2)
@example(SUPPLY, SUPPLY, SUPPLY)
@settings(max_examples=300, deadline=None)
def test_mul_div_is_exact_on_its_whole_domain(a, b, d):
    expected = a * b // d
    assume(expected < 2**63)
    assert mul_div(a, b, d) == expected
    assert plain(mul_div)(a, b, d) == expected


@given(DIVISOR, FACTOR, st.integers(0, 1_000))
@settings(max_examples=300, deadline=None)
def test_mul_div_is_exact_where_the_result_is_largest(d, b, less):
    """Amounts just below the one whose result would leave 63 bits."""
    most = min(2**63 - 1, (2**63 * d - 1) // max(b, 1))
    a = max(most - less, 0)
    assert mul_div(a, b, d) == a * b // d


@given(st.integers(0, SUPPLY), st.integers(0, BPS))
@settings(deadline=None)
def test_take_bps_is_exact(amount, bps):
    assert take_bps(amount, bps) == amount * bps // BPS == plain(take_bps)(amount, bps)


@pytest.mark.parametrize(("amount", "bps", "expected"), [(SUPPLY, BPS, SUPPLY), (SUPPLY, 1, 10**11), (9_999, 1, 0), (10_000, 1, 1)])
def test_take_bps_boundaries(amount, bps, expected):
    assert take_bps(amount, bps) == expected


@st.composite
def compositions(draw):
    cuts = sorted(draw(st.lists(st.integers(0, BPS), max_size=9)))
    edges = [0, *cuts, BPS]
    return [b - a for a, b in itertools.pairwise(edges)]


def split(amount, shares, kind="compiled"):
    if kind == "plain":
        parts = [-1] * len(shares)
        # Python's own integers, as a plain rule reads them from a record: numpy's refuse products that leave 64 bits.
        plain(split_bps)(amount, shares, parts)
        return parts
    out = np.full(len(shares), -1)
    split_bps(amount, np.array(shares), out)
    return out.tolist()


def split_reference(amount, shares):
    """Largest remainders (Hamilton) in Python's own integers."""
    parts = [amount * s // BPS for s in shares]
    order = sorted(range(len(shares)), key=lambda k: (-(amount * shares[k] % BPS), k))
    for k in order[: amount - sum(parts)]:
        parts[k] += 1
    return parts


@given(within(0, 2**63 - 1), compositions())
@settings(max_examples=300, deadline=None)
def test_split_bps_loses_nothing_and_serves_the_largest_remainders(amount, shares):
    parts = split(amount, shares)
    assert sum(parts) == amount
    assert parts == split_reference(amount, shares) == split(amount, shares, "plain")
    assert all(part == 0 for part, share in zip(parts, shares, strict=True) if share == 0)


@pytest.mark.parametrize(
    ("amount", "shares", "expected"),
    [
        (0, [4000, 6000], [0, 0]),
        (1, [5000, 5000], [1, 0]),
        (1, [4999, 5001], [0, 1]),
        (2, [3334, 3333, 3333], [1, 1, 0]),
        (10_001, [4000, 2500, 1500, 1000, 1000], [4001, 2500, 1500, 1000, 1000]),
        (7, [10_000], [7]),
        (SUPPLY, [9_999, 1], [999_900_000_000_000, 100_000_000_000]),
    ],
)
@pytest.mark.parametrize("kind", BOTH)
def test_split_bps_by_hand(kind, amount, shares, expected):
    assert split(amount, shares, kind) == expected


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    ("x", "expected"),
    [
        *((bad, 0) for bad in (math.nan, -math.inf, -1.0, -0.0, 0.0, 5e-324, 0.9999999999999999)),
        *((1.0, 1), (1.9999999999999998, 1), (2.0**52 + 0.5, 2**52), (8_999_999_999_999_999.0, 8_999_999_999_999_999)),
        *((big, 9_000_000_000_000_000) for big in (9.0e15, 9.1e15, 1e300, math.inf)),
    ],
)
def test_to_count_boundaries(kind, x, expected):
    result = run(to_count, kind)(x)
    assert result == expected
    assert isinstance(result, int)


@given(FLOATS, FLOATS)
@settings(max_examples=400, deadline=None)
def test_to_uera_is_bounded_and_plain_equals_compiled(usd, price):
    amount = to_uera(usd, price)
    assert 0 <= amount <= SUPPLY
    assert amount == plain(to_uera)(usd, price)
    assert amount == 0 or (usd > 0.0 and price > 0.0)


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    ("usd", "price", "expected"),
    [(1.0, 0.5, 2 * ONE_ERA), (1e-7, 1.0, 0), (1.0, 1e-12, 0), (1.0, 0.0, 0), (1e12, 1.0, SUPPLY), (math.inf, 1.0, SUPPLY)],
)
def test_to_uera_by_hand(kind, usd, price, expected):
    assert run(to_uera, kind)(usd, price) == expected


@pytest.mark.parametrize("kind", BOTH)
def test_reports_of_amounts(kind):
    assert run(to_era, kind)(1_234_567) == 1.234567
    assert run(to_era, kind)(SUPPLY) == 1e9
    assert run(to_usd, kind)(3 * ONE_ERA, 0.5) == pytest.approx(1.5, rel=1e-15)


@pytest.mark.parametrize("function", [safe_exp, safe_log, logistic])
@given(x=FLOATS)
@example(x=700.0)
@example(x=-1e308)
@example(x=1e-300)
@example(x=0.0)
@settings(max_examples=300, deadline=None)
def test_guarded_functions_are_finite_and_plain_equals_compiled(function, x):
    result = function(x)
    assert bits(result) == bits(plain(function)(x))
    assert math.isnan(x) or math.isfinite(result) or (function is safe_log and x == math.inf)


def test_guarded_functions_by_hand():
    assert safe_exp(1.0) == math.e
    assert safe_exp(1e9) == math.exp(700.0)
    assert safe_exp(-1e9) == math.exp(-700.0)
    assert safe_log(math.e) == 1.0
    assert safe_log(0.0) == safe_log(-1.0) == math.log(1e-300)
    assert logistic(0.0) == 0.5
    assert logistic(50.0) > 1.0 - 1e-15
    assert logistic(-50.0) < 1e-20


@given(st.floats(0.0, 1e12), st.floats(-5.0, 5.0))
@settings(max_examples=300, deadline=None)
def test_power_agrees_with_python_and_with_its_plain_form(x, exponent):
    result = power(x, exponent)
    assert bits(result) == bits(plain(power)(x, exponent))
    if x > 1e-50:
        assert result == pytest.approx(x**exponent, rel=1e-12)


@pytest.mark.parametrize(("x", "expected"), [(0.0, 0.0), (-1.0, 0.0), (1.0, 1.0)])
def test_power_boundaries(x, expected):
    assert power(x, 0.5) == expected


@given(FLOATS, st.floats(-1e6, 0.0), st.floats(0.0, 1e6))
@settings(deadline=None)
def test_clip_stays_inside(x, low, high):
    result = clip(x, low, high)
    assert math.isnan(x) or result == min(max(x, low), high)
    assert bits(result) == bits(plain(clip)(x, low, high))


def test_smooth_is_an_exponential_mean():
    assert smooth(3.0, 3.0, 7.0) == 3.0
    assert smooth(0.0, 1.0, 7.0) == 0.25
    assert smooth(5.0, 1.0, 1.0) == 1.0
    assert plain(smooth)(0.1, 0.7, 30.0) == smooth(0.1, 0.7, 30.0)


@pytest.mark.parametrize("shares", [[3000, 3000], [9000, 2000], [0, 0]])
def test_shares_that_are_not_the_whole_split_nothing(shares):
    out = [7, 7]
    assert plain(split_bps)(100, shares, out) == OUT_OF_BOUNDS
    assert out == [0, 0]
