"""Room on the stack: the compiled rule and Python's version see the same array."""

import numpy as np

from metalab.protocol.kernel.compiling import plain, rule
from metalab.protocol.kernel.scratch import make_scratch

ROOM = 16
F64 = np.float64


@rule
def fill(k: int) -> float:
    """Write numbers, read them back, and a second room does not overlap the first."""
    x = make_scratch(ROOM, F64)
    y = make_scratch(ROOM, F64)
    for i in range(ROOM):
        x[i] = float(i * k)
        y[i] = 0.5
    total = 0.0
    for i in range(ROOM):
        total += x[i] * y[i]
    return total + float(len(x))


@rule
def fill_often(n: int) -> float:
    total = 0.0
    for k in range(n):
        total += fill(k)
    return total


def test_what_is_written_is_read_back() -> None:
    assert fill(3) == plain(fill)(3) == 0.5 * 3 * 120 + 16


def test_the_room_is_given_back_at_each_return() -> None:
    """A million rooms of 256 bytes would overflow any stack."""
    assert fill_often(1_000_000) == 0.5 * 120 * (999_999 * 1_000_000 // 2) + 16.0 * 1_000_000
