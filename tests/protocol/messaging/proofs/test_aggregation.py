"""Sizes and gas of batches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.messaging.agreement.attestation import count_aggregated_bytes
from metalab.protocol.messaging.agreement.snapshots import make_snapshot
from metalab.protocol.messaging.proofs.aggregation import (
    Load,
    Prices,
    compute_gas,
    compute_saving,
    count_meta_bytes,
    measure_batch,
    price_batch,
)
from metalab.protocol.messaging.proofs.hashing import DIGEST_BYTES
from metalab.protocol.messaging.proofs.light_client import count_outbox_bytes
from metalab.protocol.messaging.proofs.merkle import prove
from tests.protocol.messaging.posts import make_small

GAS = st.floats(1, 1e6)


@given(GAS, GAS, GAS, st.integers(1, 1000))
def test_the_saving_is_that_of_the_claim(v: float, x: float, b: float, n: int) -> None:
    assert compute_gas(v, x, b, n) == pytest.approx((v + b) / n + x)
    assert compute_saving(v, x, b, n) == pytest.approx((v + b) * (1 - 1 / n) / (v + x + b))


def test_three_quarters_need_an_execution_below_a_fifth() -> None:
    """S2-12, by hand: with V = 150,000, X = 40,000, B = 20,000 a batch of 20 costs 48,500 of 210,000."""
    assert compute_gas(150_000, 40_000, 20_000, 20) == 48_500
    assert compute_saving(150_000, 40_000, 20_000, 20) == pytest.approx(1 - 48_500 / 210_000)
    assert compute_saving(150_000, 40_000, 20_000, 1) == 0


def test_one_message_weighs_its_own_proof() -> None:
    small = make_small(3, 1)
    proof = small.prove_letter(1)
    load = measure_batch(small.snapshot, [0], [proof], 20)
    path = prove(small.snapshot.encode_leaves(), 0)
    assert load.messages == 1
    assert load.size == count_aggregated_bytes(20) + DIGEST_BYTES * len(path) + 48 + count_outbox_bytes(proof)
    assert load.hashes == 2 + len(path) + 2 + 1 + len(proof.path) + 2


@given(st.lists(st.integers(0, 29), min_size=2, max_size=30))
def test_sharing_never_weighs_more(rollups: list[int]) -> None:
    snapshot = make_snapshot(1, (0,) * 30, tuple(bytes([k]) * 32 for k in range(30)))
    proof = make_small(1, 0).prove_letter(0)
    alone = [measure_batch(snapshot, [rollup], [proof], 20) for rollup in rollups]
    shared = measure_batch(snapshot, rollups, [proof] * len(rollups), 20)
    assert shared.size < sum(load.size for load in alone)
    assert shared.hashes < sum(load.hashes for load in alone)


def test_the_price_of_a_batch() -> None:
    assert price_batch(Load(3, 500, 40), Prices(1000.0, 2.0, 16.0, 21.0, 100.0)) == 1000 + 80 + 8000 + 21 + 300


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=60), st.integers(1, 40))
def test_a_meta_proof_is_bounded_by_the_stated_ratio(sizes: list[int], limit: int) -> None:
    size = count_meta_bytes(sizes, limit)
    assert size >= max(sizes)
    assert size * limit >= sum(sizes)
    assert size == max(sizes) or (size - 1) * limit < sum(sizes)


def test_twenty_equal_proofs_become_one() -> None:
    assert count_meta_bytes([700] * 20, 20) == 700
    assert count_meta_bytes([700] * 40, 20) == 1400
    assert count_meta_bytes([], 20) == 0
