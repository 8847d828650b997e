"""What rollups commit to, and what a snapshot of all of them is.

A header binds a rollup's state and its outgoing messages of one tick, and links to the header before. A snapshot has one
header's root per rollup; its digest is what guardians vote on.
"""

from typing import NamedTuple

from metalab.protocol.messaging.proofs.hashing import encode_whole, hash_parts
from metalab.protocol.messaging.proofs.merkle import compute_root

NO_PARENT = bytes(32)
"""Parent of the first header of a rollup."""
HEADER_BYTES = 112
"""Rollup and tick of 8 bytes, three hashes of 32."""


class Header(NamedTuple):
    """A rollup's commitment for one tick. `outbox` is the root of the messages that left in this tick."""

    rollup: int
    tick: int
    parent: bytes
    state: bytes
    outbox: bytes


def compute_header_root(header: Header) -> bytes:
    """The root that a rollup publishes."""
    where = encode_whole(header.rollup) + encode_whole(header.tick)
    return hash_parts(b"header", where, header.parent, header.state, header.outbox)


class Snapshot(NamedTuple):
    """The roots of all rollups at one height: for each its tick and its root. Made by `make_snapshot`."""

    height: int
    ticks: tuple[int, ...]
    roots: tuple[bytes, ...]
    tree: bytes
    digest: bytes

    def encode_leaf(self, rollup: int) -> bytes:
        """The leaf of a rollup in the snapshot's tree."""
        return encode_leaf(rollup, self.ticks[rollup], self.roots[rollup])

    def encode_leaves(self) -> list[bytes]:
        """All leaves, in order of rollups."""
        return [self.encode_leaf(rollup) for rollup in range(len(self.roots))]


def encode_leaf(rollup: int, tick: int, root: bytes) -> bytes:
    """A rollup's place in a snapshot as bytes."""
    return encode_whole(rollup) + encode_whole(tick) + root


def make_snapshot(height: int, ticks: tuple[int, ...], roots: tuple[bytes, ...]) -> Snapshot:
    """Put roots together; the tree is a real Merkle tree."""
    leaves = [encode_leaf(rollup, tick, root) for rollup, (tick, root) in enumerate(zip(ticks, roots, strict=True))]
    tree = compute_root(leaves)
    return Snapshot(height, ticks, roots, tree, compute_digest(height, len(roots), tree))


def compute_digest(height: int, rollups: int, tree: bytes) -> bytes:
    """What a vote names: it binds the height, how many rollups there are, and the root over them."""
    return hash_parts(b"snapshot", encode_whole(height), encode_whole(rollups), tree)


def goes_back(snapshot: Snapshot, ticks: tuple[int, ...]) -> bool:
    """Whether some rollup stands earlier than it already stood."""
    return any(new < old for new, old in zip(snapshot.ticks, ticks, strict=True))
