"""Exact arithmetic on token amounts and the few guarded doors between floats and integers.

Amounts are integers in micro-ERA (uERA). 10^15 uERA x 10^4 bps does not fit in 64 bits, hence `mul_div`.
"""

import math

from metalab.protocol.kernel.codes import OK, OUT_OF_BOUNDS
from metalab.protocol.kernel.compiling import rule

SUPPLY = 10**15
"""All there is and ever will be, in uERA (10^9 ERA)."""
ONE_ERA = 1_000_000
"""uERA in an ERA (MODEL 0)."""
BPS = 10_000
"""Basis points in a whole: shares of exact amounts (MODEL 0)."""
REAL_BPS = 10_000.0
"""The same as a float, for shares of USD."""
MB = 1e6
"""Bytes in a megabyte, decimal as prices are quoted."""
SQUARE_SAFE = 3_037_000_499
"""floor(sqrt(2^63 - 1)): products of two numbers up to here fit in 63 bits."""
GUESSED = 2.0**50
"""Quotients below this are wrong by less than a half when computed in floats: four roundings of 2^-53 each."""
LARGEST_COUNT = 9.0e15
"""Floats up to here hold every integer exactly (2^53 is 9.007e15), so that their integer part is exact."""


@rule
def divide_long(a: int, b: int, d: int) -> int:
    """`mul_div` by long division with 12-bit limbs of b, so that no intermediate value leaves 63 bits."""
    whole = a // d
    rest = a % d
    quotient = 0
    remainder = 0
    # Five limbs, as b < 2^60; rest and remainder stay below d <= 2^50, so that no step reaches 2^63.
    for shift in range(48, -1, -12):
        step = remainder * 4096 + rest * ((b >> shift) & 4095)
        quotient = quotient * 4096 + step // d
        remainder = step % d
    return whole * b + quotient


@rule
def mul_div(a: int, b: int, d: int) -> int:
    """floor(a * b / d), exact, for 0 <= a, 0 <= b < 2^60, 0 < d <= 2^50 and a result below 2^63."""
    # The plain product fits: all else is for large amounts only.
    if a <= SQUARE_SAFE and b <= SQUARE_SAFE:
        return a * b // d
    near = a * (b / d)
    if near >= GUESSED:
        return divide_long(a, b, d)
    quotient = int(near)
    # Both products may leave 64 bits; their difference does not, and compiled integers wrap around.
    rest = a * b - quotient * d
    if rest < 0:
        return quotient - 1
    return quotient + 1 if rest >= d else quotient


@rule
def take_bps(amount: int, bps: int) -> int:
    """floor(amount * bps / 10,000)."""
    return mul_div(amount, bps, BPS)


@rule
def split_bps(amount: int, shares: list[int], out: list[int]) -> int:
    """Split an amount by basis points into `out`; nothing is lost. Returns OK or a refusal code.

    Every part is rounded down; what remains goes, one uERA each, to the largest remainders, lowest index first. Shares
    that do not sum to 10,000 split nothing: `out` is all zero.
    """
    total = 0
    for k in range(len(shares)):
        total += shares[k]
        out[k] = 0
    if total != BPS:
        return OUT_OF_BOUNDS
    left = amount
    for k in range(len(shares)):
        out[k] = mul_div(amount, shares[k], BPS)
        left -= out[k]
    # What is left is below the number of shares. A part that was served is told apart by its place in this order.
    served = 0
    last_remainder = BPS
    last_index = -1
    while served < left:
        best = -1
        best_remainder = -1
        for k in range(len(shares)):
            # The same remainder as of amount * share, whose product might not fit.
            remainder = (amount % BPS) * shares[k] % BPS
            is_after = remainder < last_remainder or (remainder == last_remainder and k > last_index)
            # Strictly larger: the lowest index wins among equals (MODEL 0).
            if is_after and remainder > best_remainder:
                best = k
                best_remainder = remainder
        out[best] += 1
        last_remainder = best_remainder
        last_index = best
        served += 1
    return OK


@rule
def to_count(x: float) -> int:
    """The largest integer not above x; 0 for negatives and NaN, bounded by 9e15."""
    if not x > 0.0:
        return 0
    if x > LARGEST_COUNT:
        # LARGEST_COUNT as an integer; int() of a float beyond 2^63 would be undefined in compiled code.
        return 9_000_000_000_000_000
    return int(x)


@rule
def to_uera(usd: float, price: float) -> int:
    """What `usd` buys at `price` USD per ERA, in uERA, rounded down; 0 if either is not positive."""
    # Below 1e-12 USD per ERA a cent buys more than the supply: such a price stands for none.
    if not (usd > 0.0 and price > 1e-12):
        return 0
    return min(to_count(usd / price * 1e6), SUPPLY)


@rule
def to_usd(amount: int, price: float) -> float:
    """The value of an amount of uERA in USD."""
    return amount * 1e-6 * price


@rule
def to_era(amount: int) -> float:
    """uERA as decimal ERA, for reports and behaviour (division, so that the nearest float is shown)."""
    return amount / 1e6


@rule
def clip(x: float, low: float, high: float) -> float:
    """x bounded to [low, high]."""
    if x < low:
        return low
    if x > high:
        return high
    return x


@rule
def safe_exp(x: float) -> float:
    """exp(x) with the exponent bounded to +-700, so that it never overflows."""
    return math.exp(clip(x, -700.0, 700.0))


@rule
def safe_log(x: float) -> float:
    """log(x) with x bounded below by 1e-300, so that it is always finite."""
    # -690.77... is log(1e-300), written out so that compiled code and Python use the same bits.
    return math.log(x) if x > 1e-300 else -690.7755278982137


@rule
def power(x: float, exponent: float) -> float:
    """x ** exponent for x > 0, by exp and log so that compiled code and Python agree; 0 for x <= 0."""
    if x <= 0.0:
        return 0.0
    return safe_exp(exponent * math.log(x))


@rule
def logistic(x: float) -> float:
    """1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + safe_exp(-x))


@rule
def smooth(mean: float, value: float, days: float) -> float:
    """One day of an exponential mean of `days` days: weight 2 / (days + 1) (ECONOMY 19)."""
    return mean + 2.0 / (days + 1.0) * (value - mean)
