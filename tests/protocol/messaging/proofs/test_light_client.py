"""Messages verified against snapshots: everything that is changed anywhere is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.messaging.agreement.snapshots import compute_header_root
from metalab.protocol.messaging.agreement.votes import Certificate
from metalab.protocol.messaging.proofs.hashing import DIGEST_BYTES
from metalab.protocol.messaging.proofs.light_client import Refusal, check_message, check_outbox, count_hashes, count_outbox_bytes
from tests.protocol.messaging.posts import STAKES, make_small


@given(st.integers(1, 9), st.integers(0, 4), st.data())
def test_a_message_is_verified_on_another_rollup(count: int, later: int, data: st.DataObject) -> None:
    small = make_small(count, later)
    place = data.draw(st.integers(0, count - 1))
    leaf, outbox, proof = small.letters[place].encode(), small.prove_letter(place), small.prove_source()
    assert check_message(leaf, 0, outbox, proof, STAKES) == Refusal.OK
    assert count_hashes(outbox, proof) == 1 + len(outbox.path) + later + 1 + 2 + len(proof.path)
    assert count_outbox_bytes(outbox) == 16 + DIGEST_BYTES * len(outbox.path) + 112 * (later + 1)


def test_whatever_is_changed_is_refused() -> None:
    small = make_small(5, 2)
    leaf, outbox, proof = small.letters[2].encode(), small.prove_letter(2), small.prove_source()
    changed = small.letters[2]._replace(amount=10**6).encode()
    assert check_message(changed, 0, outbox, proof, STAKES) == Refusal.BAD_PROOF
    assert check_message(leaf, 1, outbox, proof, STAKES) == Refusal.BAD_PROOF
    assert check_message(leaf, 0, outbox, small.prove_source(1), STAKES) == Refusal.BAD_PROOF
    for broken in (
        outbox._replace(place=3),
        outbox._replace(leaves=4),
        outbox._replace(path=outbox.path[:-1]),
        outbox._replace(headers=()),
        outbox._replace(headers=outbox.headers[:1]),
        outbox._replace(headers=outbox.headers[::2]),
        outbox._replace(headers=(*outbox.headers[:1], outbox.headers[1]._replace(state=b"z" * 32), outbox.headers[2])),
    ):
        assert check_message(leaf, 0, broken, proof, STAKES) == Refusal.BAD_PROOF
    for wrong in (proof._replace(height=2), proof._replace(tree=b"w" * 32), proof._replace(rollups=4)):
        assert check_message(leaf, 0, outbox, wrong, STAKES) == Refusal.NO_QUORUM
    for wrong in (proof._replace(tick=1), proof._replace(path=proof.path[::-1])):
        assert check_message(leaf, 0, outbox, wrong, STAKES) == Refusal.BAD_PROOF


@pytest.mark.parametrize("signers", [(), (0, 1), (0, 0, 0), (1, 1, 2, 2)])
def test_too_few_signatures_are_refused(signers: tuple[int, ...]) -> None:
    small = make_small()
    proof = small.prove_source()._replace(certificate=Certificate(1, 0, small.snapshot.digest, signers))
    assert check_message(small.letters[0].encode(), 0, small.prove_letter(0), proof, STAKES) == Refusal.NO_QUORUM


def test_a_direct_proof_ends_at_the_sources_own_root() -> None:
    small = make_small(3, 0)
    root = compute_header_root(small.headers[0])
    assert check_outbox(small.letters[1].encode(), small.prove_letter(1), root)
    assert not check_outbox(small.letters[1].encode(), small.prove_letter(0), root)
    assert not check_outbox(small.letters[1].encode(), small.prove_letter(1), b"r" * 32)
