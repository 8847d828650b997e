"""Headers and snapshots bind what they name."""

from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.messaging.agreement.snapshots import Header, compute_header_root, encode_leaf, goes_back, make_snapshot
from metalab.protocol.messaging.proofs.merkle import prove, verify

DIGESTS = st.binary(min_size=32, max_size=32)
HEADERS = st.builds(Header, st.integers(0, 99), st.integers(0, 10**6), DIGESTS, DIGESTS, DIGESTS)


@given(HEADERS, HEADERS)
def test_a_root_binds_every_field(one: Header, two: Header) -> None:
    assert (compute_header_root(one) == compute_header_root(two)) == (one == two)


@given(st.integers(0, 9), st.lists(st.tuples(st.integers(0, 99), DIGESTS), min_size=1, max_size=9), st.data())
def test_a_snapshot_binds_height_ticks_and_roots(height: int, entries: list[tuple[int, bytes]], data: st.DataObject) -> None:
    ticks, roots = tuple(tick for tick, _ in entries), tuple(root for _, root in entries)
    snapshot = make_snapshot(height, ticks, roots)
    k = data.draw(st.integers(0, len(entries) - 1))
    later = (*ticks[:k], ticks[k] + 1, *ticks[k + 1 :])
    others = [
        make_snapshot(height + 1, ticks, roots),
        make_snapshot(height, later, roots),
        make_snapshot(height, ticks, (*roots[:k], bytes(31) + b"\7", *roots[k + 1 :])),
        make_snapshot(height, (*ticks, 0), (*roots, bytes(32))),
    ]
    assert all(other.digest != snapshot.digest for other in others)
    assert goes_back(snapshot, later)
    assert not goes_back(make_snapshot(height, later, roots), ticks)


def test_a_snapshots_tree_has_a_leaf_per_rollup() -> None:
    snapshot = make_snapshot(4, (1, 2, 3), (b"a" * 32, b"b" * 32, b"c" * 32))
    leaves = snapshot.encode_leaves()
    assert leaves == [encode_leaf(k, k + 1, bytes([97 + k]) * 32) for k in range(3)]
    assert verify(snapshot.tree, leaves[2], 2, 3, prove(leaves, 2))
