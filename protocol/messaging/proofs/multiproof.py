"""One proof for several leaves of a tree: every hash that can be computed from the leaves, or is shared, is left out."""

from collections.abc import Mapping, Sequence

from metalab.protocol.messaging.proofs.merkle import Proof, find_split, fold, hash_leaf, hash_node


def prove_many(leaves: Sequence[bytes], indices: Sequence[int]) -> Proof:
    """Hashes of the largest subtrees without a proven leaf, from left to right. Raises IndexError for a missing leaf."""
    wanted = sorted(set(indices))
    if not wanted or wanted[0] < 0 or wanted[-1] >= len(leaves):
        raise IndexError(f"leaves {wanted} of {len(leaves)}")
    proof: list[bytes] = []
    _collect([hash_leaf(leaf) for leaf in leaves], wanted, proof)
    return tuple(proof)


def _collect(level: Sequence[bytes], wanted: Sequence[int], proof: list[bytes]) -> None:
    if not wanted:
        proof.append(fold(level))
    elif len(level) > 1:
        split = find_split(len(level))
        _collect(level[:split], [k for k in wanted if k < split], proof)
        _collect(level[split:], [k - split for k in wanted if k >= split], proof)


def verify_many(root: bytes, leaves: Mapping[int, bytes], count: int, proof: Proof) -> bool:
    """Whether all `leaves` (content by index) stand under `root` among `count` leaves, with no hash missing or left over."""
    if not leaves or min(leaves) < 0 or max(leaves) >= count:
        return False
    # Taken from the end, so that the first hash comes first: `prove_many` writes them from left to right.
    rest = list(reversed(proof))
    node = _rebuild({index: hash_leaf(data) for index, data in leaves.items()}, 0, count, rest)
    return node == root and not rest


def _rebuild(known: Mapping[int, bytes], first: int, count: int, rest: list[bytes]) -> bytes:
    """The hash over leaves first..first+count-1; empty, hence never a root, when a hash is missing."""
    inside = [index for index in known if first <= index < first + count]
    if not inside:
        return rest.pop() if rest else b""
    if count == 1:
        return known[first]
    split = find_split(count)
    left = _rebuild(known, first, split, rest)
    return hash_node(left, _rebuild(known, first + split, count - split, rest))
