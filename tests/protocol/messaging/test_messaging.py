"""Delay and success of messages against the data they come from."""

import math

from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.compiling import plain
from metalab.protocol.messaging.delivery import DeliveryState
from metalab.protocol.messaging.messaging import DeliveryModel, Messaging, compute_delay, compute_gas_usd, compute_success, sample_wait
from tests.support import make_row

LIVE_MEDIAN_S = 5.0
LIVE_MEAN_S = 21.54
"""Median and mean of validator_wait_s over the 102 live chains of hyperlane_chain_finality.csv."""


def test_quantiles_return_at_their_places():
    p = make_row(Messaging)
    for k in range(21):
        assert math.isclose(plain(sample_wait)(k / 20, p), p.wait_quantiles_s[k], rel_tol=1e-12)
    assert math.isclose(plain(sample_wait)(0.5, p), LIVE_MEDIAN_S, rel_tol=1e-12)


def test_mean_wait_is_that_of_the_data():
    p = make_row(Messaging)
    waits = [plain(sample_wait)((k + 0.5) / 4_000, p) for k in range(4_000)]
    assert abs(sum(waits) / len(waits) / LIVE_MEAN_S - 1.0) < 0.1


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_wait_never_falls(u, v):
    p = make_row(Messaging)
    assert plain(sample_wait)(min(u, v), p) <= plain(sample_wait)(max(u, v), p) * (1.0 + 1e-12)


CLOSED = int(DeliveryModel.CLOSED_FORM)


def test_delay_of_both_paths_by_the_closed_form():
    delivery = make_row(DeliveryState, delay_s=99.0)
    only_source = make_row(Messaging, route=CLOSED, snapshot_share=0.0, relay_s=4.0, destination_s=2.0)
    assert plain(compute_delay)(10.0, delivery, only_source) == 16.0
    only_snapshot = make_row(Messaging, route=CLOSED, snapshot_share=1.0, snapshot_s=3.0, consensus_s=2.0, relay_s=4.0, destination_s=2.0)
    assert plain(compute_delay)(10.0, delivery, only_snapshot) == 9.5


def test_delay_through_the_metalayer_is_that_of_the_surface():
    delivery = make_row(DeliveryState, delay_s=8.0)
    p = make_row(Messaging, snapshot_share=0.25, relay_s=4.0, destination_s=2.0)
    assert plain(compute_delay)(10.0, delivery, p) == 0.25 * 8.0 + 0.75 * 16.0


def test_success_by_hand_and_by_intent():
    nothing = make_row(DeliveryState)
    manual = make_row(Messaging, route=CLOSED, step_success=0.9, steps=3)
    assert math.isclose(plain(compute_success)(nothing, manual), 0.729, rel_tol=1e-12)
    intent = make_row(Messaging, route=CLOSED, step_success=0.9, intent_share=1.0, intent_tries=2)
    assert math.isclose(plain(compute_success)(nothing, intent), 0.99, rel_tol=1e-12)
    assert plain(compute_success)(nothing, make_row(Messaging, route=CLOSED, step_success=1.0, intent_share=0.5)) == 1.0


def test_what_the_metalayer_does_not_deliver_is_lost_for_its_part():
    p = make_row(Messaging, step_success=1.0, snapshot_share=0.5)
    assert plain(compute_success)(make_row(DeliveryState, success=0.9), p) == 1.0 - 0.5 * (1.0 - 0.9)
    assert plain(compute_success)(make_row(DeliveryState, success=1.0), p) == 1.0


def test_gas_beyond_that_of_launch_is_paid_on_top():
    p = make_row(Messaging, snapshot_share=0.5, gas_usd=1e-7)
    assert plain(compute_gas_usd)(make_row(DeliveryState, gas=300_000.0, opening_gas=200_000.0), p) == 0.5 * 1e-7 * 100_000.0
    assert plain(compute_gas_usd)(make_row(DeliveryState, gas=2e5, opening_gas=2e5), p) == 0.0
    assert plain(compute_gas_usd)(make_row(DeliveryState, gas=3e5), make_row(Messaging, route=CLOSED)) == 0.0
