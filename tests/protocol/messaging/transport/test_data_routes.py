"""Relays of data: fees and choice."""

from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.messaging.transport.data_routes import DataCarrier, DataRoute, choose_carrier, compute_fee, serve

FAST, SLOW = DataCarrier(100, 10, 1000.0, 0.0), DataCarrier(100, 5, 500.0, 0.0)


def test_fees() -> None:
    assert compute_fee(FAST, 2000, DataRoute.OFF_CHAIN, 777) == 20_100
    assert compute_fee(FAST, 2000, DataRoute.ON_CHAIN, 777) == 20_877


def test_patience_chooses_the_cheap_relay_and_haste_the_fast_one() -> None:
    """2,000 bytes: 10,000 uERA more against 2 s less."""
    assert choose_carrier([FAST, SLOW], 2000, 0.0, 4999.0) == 1
    assert choose_carrier([FAST, SLOW], 2000, 0.0, 5001.0) == 0
    busy = FAST._replace(free_at_s=60.0)
    assert choose_carrier([busy, SLOW], 2000, 0.0, 5001.0) == 1
    assert choose_carrier([FAST, FAST], 2000, 0.0, 1.0) == 0


@given(st.lists(st.tuples(st.integers(1, 5000), st.floats(0, 100)), max_size=10))
def test_a_relay_serves_one_after_the_other(work: list[tuple[int, float]]) -> None:
    carrier, free_s, now_s = FAST, 0.0, 0.0
    for size, gap_s in work:
        now_s += gap_s
        carrier = serve(carrier, size, now_s)
        free_s = max(free_s, now_s) + size / 1000.0
        assert carrier.free_at_s == free_s
