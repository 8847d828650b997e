"""Merkle trees against the test vectors of Certificate Transparency and the definition of RFC 6962."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.messaging.proofs.merkle import EMPTY_ROOT, compute_root, find_sides, find_split, prove, verify

LEAVES = [
    bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Roots over the first 0, 1, ... 8 leaves, from the test data of Certificate Transparency's reference implementation."""
MANY = st.lists(st.binary(max_size=4), min_size=1, max_size=40)


def compute_by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word by word."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    k = max(2**power for power in range(20) if 2**power < len(leaves))
    return sha256(b"\1" + compute_by_definition(leaves[:k]) + compute_by_definition(leaves[k:])).digest()


@pytest.mark.parametrize("count", range(9))
def test_published_roots(count: int) -> None:
    assert compute_root(LEAVES[:count]).hex() == ROOTS[count]


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_the_root_is_that_of_the_definition(leaves: list[bytes]) -> None:
    assert compute_root(leaves) == compute_by_definition(leaves)


@given(MANY, st.data())
def test_every_leaf_can_be_proven_and_nothing_else(leaves: list[bytes], data: st.DataObject) -> None:
    root, index = compute_root(leaves), data.draw(st.integers(0, len(leaves) - 1))
    proof = prove(leaves, index)
    assert verify(root, leaves[index], index, len(leaves), proof)
    assert not verify(root, leaves[index] + b"x", index, len(leaves), proof)
    assert not verify(root, leaves[index], index, len(leaves), (*proof, bytes(32)))
    assert not proof or not verify(root, leaves[index], index, len(leaves), proof[:-1])
    for place in range(len(proof)):
        broken = (*proof[:place], bytes(32), *proof[place + 1 :])
        assert not verify(root, leaves[index], index, len(leaves), broken)


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=40, unique=True), st.data())
def test_a_proof_holds_for_its_place_only(leaves: list[bytes], data: st.DataObject) -> None:
    index, other = data.draw(st.integers(0, len(leaves) - 1)), data.draw(st.integers(-1, len(leaves) + 1))
    sides = find_sides(other, len(leaves)) if 0 <= other < len(leaves) else None
    holds = verify(compute_root(leaves), leaves[index], other, len(leaves), prove(leaves, index))
    assert holds == (sides == find_sides(index, len(leaves)))
    assert holds == (other == index)


@given(MANY)
def test_a_repeated_last_leaf_changes_the_root(leaves: list[bytes]) -> None:
    assert compute_root(leaves) != compute_root([*leaves, leaves[-1]])


def test_an_inner_node_does_not_pass_for_a_leaf() -> None:
    left, right = (sha256(b"\0" + leaf).digest() for leaf in LEAVES[:2])
    root = compute_root(LEAVES[:2])
    assert not verify(root, left + right, 0, 1, ())
    assert verify(compute_root([left + right]), left + right, 0, 1, ())


@pytest.mark.parametrize("index", [-1, 3, 100])
def test_a_leaf_that_is_not_there_cannot_be_proven(index: int) -> None:
    with pytest.raises(IndexError):
        prove(LEAVES[:3], index)


def test_the_empty_tree() -> None:
    assert compute_root([]) == EMPTY_ROOT
    assert not verify(EMPTY_ROOT, b"", 0, 0, ())


@pytest.mark.parametrize(("count", "split"), [(2, 1), (3, 2), (4, 2), (5, 4), (8, 4), (9, 8)])
def test_splits(count: int, split: int) -> None:
    assert find_split(count) == split
