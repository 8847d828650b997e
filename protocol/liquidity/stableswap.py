"""StableSwap pools of two assets: the published invariant by integer Newton iteration, the same integers (MODEL 9).

Invariant for n = 2 and amplification A: 4 A (x + y) / 2 + D = 2 A D + D^3 / (4 x y), with the contracts' convention
Ann = A n. Source: Egorov, StableSwap (2019), and the contracts' functions get_D and get_y. Every division rounds down where
theirs does, hence equality and not closeness. The domain is `protocol.liquidity.constant_product.is_valid` and A from 1 to MOST_A.
"""

from typing import Final

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.units import BPS
from metalab.protocol.kernel.wide_integers import add_wide, divide_part, divide_wide, multiply_wide, scale_down
from metalab.protocol.liquidity.constant_product import is_swappable

ASSETS: Final = 2
"""n of the invariant: pools have two assets."""
MOST_A: Final = 4_000
"""Largest amplification: with it and the deepest pool no intermediate value of the iteration leaves 62 bits."""
ROUNDS: Final = 255
"""Iterations after which the contracts give up; five to ten are usual."""


@rule
def compute_invariant(x: int, y: int, amplification: int) -> int:
    """D of a pool: what both sides would sum to at a price of 1. Reserves must be valid."""
    whole = x + y
    ann = amplification * ASSETS
    d = whole
    for _ in range(ROUNDS):
        # D^3 / (4 x y) in the order of get_D, one division after the other, each rounded down.
        product = scale_down(scale_down(d, d, x * ASSETS), d, y * ASSETS)
        before = d
        d = scale_down(ann * whole + product * ASSETS, d, (ann - 1) * d + (ASSETS + 1) * product)
        # The contracts stop at a difference of one unit, not of none.
        if abs(d - before) <= 1:
            break
    return d


@rule
def compute_reserve(x: int, d: int, amplification: int) -> int:
    """The other side of a pool with invariant D when this side holds `x`."""
    ann = amplification * ASSETS
    # c of get_y, D * D / (2 x) * D / (2 Ann): its last product does not fit 62 bits.
    c_high, c_low = multiply_wide(scale_down(d, d, x * ASSETS), d)
    c_high, c_low = divide_wide(c_high, c_low, ann * ASSETS)
    b = x + d // ann
    y = d
    for _ in range(ROUNDS):
        before = y
        high, low = multiply_wide(y, y)
        high, low = add_wide(high, low, c_high, c_low)
        y, _rest = divide_part(high, low, y + y + b - d)
        if abs(y - before) <= 1:
            break
    return y


@rule
def compute_stable_output(x: int, y: int, dx: int, amplification: int, fee_bps: int) -> int:
    """What `dx` buys from the side `y`: one unit less than D allows, as the contracts round, less the fee on it.

    0 for what is refused: amounts outside the domain, or an amplification outside 1..MOST_A.
    """
    if not is_swappable(x, y, dx) or amplification < 1 or amplification > MOST_A:
        return 0
    d = compute_invariant(x, y, amplification)
    bought = y - compute_reserve(x + dx, d, amplification) - 1
    if bought <= 0:
        return 0
    return bought - bought * fee_bps // BPS
