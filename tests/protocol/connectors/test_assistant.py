"""Path assistant: it saves what the usual way takes longer, for those who use it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.connectors.assistant import Assistant, compute_saving
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.messaging.delivery import DeliveryState
from metalab.protocol.messaging.messaging import Messaging, compute_best_delay, compute_delay
from tests.support import make_row


def test_the_mean_message_is_faster_by_use_times_detour() -> None:
    assert plain(compute_saving)(50.0, make_row(Assistant, use=0.4)) == pytest.approx(50.0 * 0.4)
    assert plain(compute_saving)(50.0, make_row(Assistant, use=0.0)) == 0.0


@given(st.floats(0.0, 10_000.0), st.floats(0.0, 10_000.0), st.floats(0.0, 1.0))
def test_no_way_is_faster_than_the_faster_one(wait: float, through: float, share: float) -> None:
    delivery, p = make_row(DeliveryState, delay_s=through), make_row(Messaging, snapshot_share=share)
    usual, best = plain(compute_delay)(wait, delivery, p), plain(compute_best_delay)(wait, delivery, p)
    assert best <= usual * (1.0 + 1e-12)
    assert best == min(through, wait + p.relay_s + p.destination_s)


def test_nothing_is_saved_where_both_ways_take_as_long() -> None:
    p = make_row(Messaging)
    delivery = make_row(DeliveryState, delay_s=30.0 + p.relay_s + p.destination_s)
    assert plain(compute_best_delay)(30.0, delivery, p) == plain(compute_delay)(30.0, delivery, p)
