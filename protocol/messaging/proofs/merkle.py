"""Merkle trees and proofs as in RFC 6962, section 2.1: leaves and nodes are hashed with different first bytes.

A tree over n leaves is split at the largest power of two below n. No leaf is ever doubled, so two lists of leaves never
share a root (doubling odd leaves lets the last one be repeated, as in CVE-2012-2459).
"""

from collections.abc import Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
"""Root of a tree without leaves (RFC 6962, section 2.1)."""
Proof = tuple[bytes, ...]


def hash_leaf(data: bytes) -> bytes:
    """Hash of a leaf's content."""
    return sha256(b"\x00" + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def find_split(count: int) -> int:
    """The largest power of two below `count` (>= 2)."""
    return 1 << ((count - 1).bit_length() - 1)


def compute_root(leaves: Sequence[bytes]) -> bytes:
    """Root over the leaves' contents."""
    return fold([hash_leaf(leaf) for leaf in leaves])


def fold(level: Sequence[bytes]) -> bytes:
    """Root over hashes of leaves. Pairing from the left and carrying an odd last hash up gives the same tree as splitting."""
    if not level:
        return EMPTY_ROOT
    nodes = list(level)
    while len(nodes) > 1:
        paired = [hash_node(nodes[k], nodes[k + 1]) for k in range(0, len(nodes) - 1, 2)]
        nodes = paired + nodes[len(paired) * 2 :]
    return nodes[0]


def prove(leaves: Sequence[bytes], index: int) -> Proof:
    """The hashes beside the path from leaf `index` to the root, from below. Raises IndexError for a leaf that is not there."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"leaf {index} of {len(leaves)}")
    return _prove([hash_leaf(leaf) for leaf in leaves], index)


def _prove(level: Sequence[bytes], index: int) -> Proof:
    if len(level) == 1:
        return ()
    split = find_split(len(level))
    if index < split:
        return (*_prove(level[:split], index), fold(level[split:]))
    return (*_prove(level[split:], index - split), fold(level[:split]))


def verify(root: bytes, data: bytes, index: int, count: int, proof: Proof) -> bool:
    """Whether `data` is leaf `index` of the `count` leaves under `root`."""
    if not 0 <= index < count:
        return False
    sides = find_sides(index, count)
    if len(sides) != len(proof):
        return False
    node = hash_leaf(data)
    for is_right, other in zip(sides, proof, strict=True):
        node = hash_node(other, node) if is_right else hash_node(node, other)
    return node == root


def find_sides(index: int, count: int) -> list[bool]:
    """From below: whether the path to leaf `index` is the right child at each node."""
    sides: list[bool] = []
    while count > 1:
        split = find_split(count)
        is_right = index >= split
        sides.append(is_right)
        index, count = (index - split, count - split) if is_right else (index, split)
    return sides[::-1]
