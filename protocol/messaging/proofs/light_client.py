"""Verify a message of one rollup on another, against a final snapshot or against the source chain itself.

The proof leads from the message to its header's outbox, over later headers to the root that the snapshot holds, and from
there to the snapshot's digest, which a quorum of guardians signed. Every hash is computed.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from metalab.protocol.messaging.agreement.attestation import is_certified
from metalab.protocol.messaging.agreement.snapshots import HEADER_BYTES, Header, Snapshot, compute_digest, compute_header_root, encode_leaf
from metalab.protocol.messaging.agreement.votes import Certificate
from metalab.protocol.messaging.proofs.hashing import DIGEST_BYTES
from metalab.protocol.messaging.proofs.merkle import Proof, prove, verify


class Refusal(IntEnum):
    """Why a message is not executed; OK is 0."""

    OK = 0
    NO_QUORUM = 1
    NOT_FINAL = 2
    BAD_PROOF = 3
    REPLAYED = 4
    EXPIRED = 5
    WRONG_CHANNEL = 6


class OutboxProof(NamedTuple):
    """A leaf of an outbox, and the headers from the one that holds it to the one whose root is known."""

    place: int
    leaves: int
    path: Proof
    headers: tuple[Header, ...]


class SnapshotProof(NamedTuple):
    """A rollup's root in a snapshot, with the attestation."""

    rollup: int
    rollups: int
    height: int
    tick: int
    tree: bytes
    path: Proof
    certificate: Certificate


def prove_rollup(snapshot: Snapshot, rollup: int, certificate: Certificate) -> SnapshotProof:
    """The proof that a rollup's root is in a final snapshot."""
    path = prove(snapshot.encode_leaves(), rollup)
    return SnapshotProof(rollup, len(snapshot.roots), snapshot.height, snapshot.ticks[rollup], snapshot.tree, path, certificate)


def check_outbox(leaf: bytes, proof: OutboxProof, root: bytes) -> bool:
    """Whether `leaf` left its rollup in a header from which `root` follows."""
    if not proof.headers or not verify(proof.headers[0].outbox, leaf, proof.place, proof.leaves, proof.path):
        return False
    roots = [compute_header_root(header) for header in proof.headers]
    links = all(header.parent == before for before, header in zip(roots[:-1], proof.headers[1:], strict=True))
    return links and roots[-1] == root


def check_snapshot(root: bytes, proof: SnapshotProof, stakes: Sequence[int]) -> Refusal:
    """Whether a rollup's root is in a snapshot that a quorum signed."""
    # Computed from what is proven: a certificate of another snapshot fails here.
    digest = compute_digest(proof.height, proof.rollups, proof.tree)
    if not is_certified(proof.certificate, digest, stakes):
        return Refusal.NO_QUORUM
    leaf = encode_leaf(proof.rollup, proof.tick, root)
    return Refusal.OK if verify(proof.tree, leaf, proof.rollup, proof.rollups, proof.path) else Refusal.BAD_PROOF


def check_message(leaf: bytes, source: int, outbox: OutboxProof, snapshot: SnapshotProof, stakes: Sequence[int]) -> Refusal:
    """Verify by light client."""
    # The last header is enough: those before it hang on it by their hashes.
    if not outbox.headers or snapshot.rollup != source or outbox.headers[-1].rollup != source:
        return Refusal.BAD_PROOF
    root = compute_header_root(outbox.headers[-1])
    if not check_outbox(leaf, outbox, root):
        return Refusal.BAD_PROOF
    return check_snapshot(root, snapshot, stakes)


def count_hashes(outbox: OutboxProof, snapshot: SnapshotProof | None) -> int:
    """Hashes computed by a verification."""
    # The leaf, the way up and every header; in the snapshot its leaf, its digest and the way up.
    return 1 + len(outbox.path) + len(outbox.headers) + (0 if snapshot is None else 2 + len(snapshot.path))


def count_outbox_bytes(proof: OutboxProof) -> int:
    """Bytes of the part of a proof that is a message's own."""
    # 16: place and number of leaves, 8 bytes each.
    return 16 + DIGEST_BYTES * len(proof.path) + HEADER_BYTES * len(proof.headers)
