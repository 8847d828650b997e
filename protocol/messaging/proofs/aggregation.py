"""Many proofs as one: what a batch of messages weighs and what it costs.

Messages of a batch share the attestation of their snapshot and all hashes that their paths have in common. A recursive
meta-proof goes further: it has one size whatever it covers, up to the stated bound on how much smaller it can be.
"""

from collections.abc import Sequence
from typing import NamedTuple

from metalab.protocol.messaging.agreement.attestation import count_aggregated_bytes
from metalab.protocol.messaging.agreement.snapshots import Snapshot
from metalab.protocol.messaging.proofs.hashing import DIGEST_BYTES
from metalab.protocol.messaging.proofs.light_client import OutboxProof, count_outbox_bytes
from metalab.protocol.messaging.proofs.multiproof import prove_many

LEAF_BYTES = 48
"""Rollup, tick and root in a snapshot's tree."""


class Prices(NamedTuple):
    """Gas prices of the parts of a verification."""

    certificate: float
    per_hash: float
    per_byte: float
    transaction: float
    execution: float


class Load(NamedTuple):
    """A batch as it is sent: bytes and hashes to verify, of all its messages together."""

    messages: int
    size: int
    hashes: int


def compute_gas(verification: float, execution: float, overhead: float, batch: int) -> float:
    """Gas per message of a batch: V/n + X + B/n."""
    return verification / batch + execution + overhead / batch


def compute_saving(verification: float, execution: float, overhead: float, batch: int) -> float:
    """Share of the gas of single messages, V + X + B, that a batch saves."""
    return 1.0 - compute_gas(verification, execution, overhead, batch) / (verification + execution + overhead)


def measure_batch(snapshot: Snapshot, rollups: Sequence[int], proofs: Sequence[OutboxProof], guardians: int) -> Load:
    """The load of messages from `rollups` (one entry a message) in one snapshot, with one shared attestation."""
    sources = sorted(set(rollups))
    shared = prove_many(snapshot.encode_leaves(), sources)
    size = count_aggregated_bytes(guardians) + DIGEST_BYTES * len(shared) + LEAF_BYTES * len(sources)
    hashes = 2 + len(shared) + 2 * len(sources)
    for proof in proofs:
        size += count_outbox_bytes(proof)
        hashes += 1 + len(proof.path) + len(proof.headers)
    return Load(len(proofs), size, hashes)


def price_batch(load: Load, prices: Prices) -> float:
    """Gas of a whole batch: attestation, hashes, calldata, one transaction and every execution."""
    verification = prices.certificate + prices.per_hash * load.hashes
    return verification + prices.per_byte * load.size + prices.transaction + prices.execution * load.messages


def count_meta_bytes(sizes: Sequence[int], limit: int) -> int:
    """Bytes of a recursive meta-proof over proofs of these sizes.

    It is as large as the largest of them, and never more than `limit` times smaller than all of them together.
    """
    # Rounded up: not one byte less than the bound allows.
    return max(*sizes, -(-sum(sizes) // limit)) if sizes else 0
