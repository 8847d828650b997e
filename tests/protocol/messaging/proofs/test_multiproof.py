"""One proof for many leaves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.messaging.proofs.merkle import compute_root, prove
from metalab.protocol.messaging.proofs.multiproof import prove_many, verify_many


@st.composite
def draw_case(draw: st.DrawFn) -> tuple[list[bytes], list[int]]:
    leaves = draw(st.lists(st.binary(max_size=3), min_size=1, max_size=40))
    wanted = draw(st.sets(st.integers(0, len(leaves) - 1), min_size=1))
    return leaves, sorted(wanted)


@given(draw_case())
def test_it_proves_all_of_them_together(case: tuple[list[bytes], list[int]]) -> None:
    leaves, wanted = case
    root, proof = compute_root(leaves), prove_many(leaves, wanted)
    known = {index: leaves[index] for index in wanted}
    assert verify_many(root, known, len(leaves), proof)
    assert not verify_many(root, known | {wanted[0]: leaves[wanted[0]] + b"x"}, len(leaves), proof)
    assert not verify_many(root, known, len(leaves), (*proof, bytes(32)))
    assert not proof or not verify_many(root, known, len(leaves), proof[:-1])
    assert not verify_many(root, known, len(leaves), (*proof, root))


@given(draw_case())
def test_it_is_never_larger_than_the_single_proofs(case: tuple[list[bytes], list[int]]) -> None:
    leaves, wanted = case
    assert len(prove_many(leaves, wanted)) <= sum(len(prove(leaves, index)) for index in wanted)


@given(st.lists(st.binary(max_size=3), min_size=1, max_size=40))
def test_all_leaves_need_no_hash_and_one_leaf_needs_its_path(leaves: list[bytes]) -> None:
    assert prove_many(leaves, range(len(leaves))) == ()
    assert sorted(prove_many(leaves, [0])) == sorted(prove(leaves, 0))


@pytest.mark.parametrize("indices", [[], [3], [-1], [0, 7]])
def test_missing_leaves_cannot_be_proven(indices: list[int]) -> None:
    with pytest.raises(IndexError):
        prove_many([b"a", b"b", b"c"], indices)


@pytest.mark.parametrize("known", [{}, {-1: b"a"}, {3: b"a"}])
def test_leaves_outside_the_tree_are_refused(known: dict[int, bytes]) -> None:
    assert not verify_many(compute_root([b"a", b"b", b"c"]), known, 3, ())
