"""Constant-product pools of two assets in exact integers (MODEL 9).

Reserves are counted in units of 10^-5 USD at the pool's opening price. A swap whose amounts leave the domain below is
refused: it returns 0 and takes nothing.
"""

from enum import IntEnum
from typing import Final

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.units import BPS, to_count
from metalab.protocol.kernel.wide_integers import scale_down

UNITS: Final = 100_000
"""Units of a reserve per USD."""
DEEPEST: Final = 1 << 48
"""Most units that a pool holds on both sides together: 2.8 billion USD. A deeper one counts as this deep."""
IMBALANCE: Final = 2_048
"""A side of a pool is never smaller than this part of the whole; what would make it so is refused."""


class Curve(IntEnum):
    """The invariant of a pool."""

    CONSTANT_PRODUCT = 0
    STABLESWAP = 1


@rule
def is_valid(x: int, y: int) -> bool:
    """Whether reserves are within the domain: not too deep, not too one-sided."""
    whole = x + y
    return x > 0 and y > 0 and whole <= DEEPEST and whole <= min(x, y) * IMBALANCE


@rule
def is_swappable(x: int, y: int, dx: int) -> bool:
    """Whether a trade of `dx` may be put into a pool: something, and no more than the domain has room for."""
    return is_valid(x, y) and 0 < dx <= DEEPEST - x - y


@rule
def compute_product_output(x: int, y: int, dx: int, fee_bps: int) -> int:
    """What `dx` buys from the side `y` with k = x y kept: y g dx / (10,000 x + g dx) with g = 10,000 - fee, rounded down once.

    The fee is taken from what is put in and stays in the pool; k never falls. 0 for what `is_swappable` refuses.
    """
    if not is_swappable(x, y, dx):
        return 0
    # 2^48 units times 10,000 stay below 2^62, the domain of `scale_down`.
    paid = dx * (BPS - fee_bps)
    return scale_down(y, paid, x * BPS + paid)


@rule
def to_units(usd: float) -> int:
    """An amount in USD as units of a pool, rounded down; bounded by a quarter of the deepest pool, so that a trade
    as large as a side still fits.
    """
    return min(to_count(usd * UNITS), DEEPEST // 4)


@rule
def compute_loss(dx: int, dy: int) -> float:
    """Part of a trade's value lost when `dx` brings `dy` at an opening price of 1; 1 for a refused trade."""
    return min(max(1.0 - dy / dx, 0.0), 1.0) if dx > 0 and dy > 0 else 1.0
