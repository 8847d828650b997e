"""Counting votes."""

from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.messaging.agreement.votes import NIL, VoteTally


def test_the_first_vote_of_a_guardian_counts() -> None:
    tally = VoteTally()
    assert tally.add(1, b"a", 10)
    assert not tally.add(1, b"b", 10)
    assert not tally.add(1, b"a", 10)
    assert tally.add(2, NIL, 5)
    assert (tally.stake, tally.by_digest) == (15, {b"a": 10, NIL: 5})
    assert tally.has_quorum(b"a", 14)
    assert not tally.has_quorum(b"a", 15)
    assert tally.list_signers(b"a") == (1,)


@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from([NIL, b"a", b"b"]))))
def test_stakes_add_up_whatever_is_sent(votes: list[tuple[int, bytes]]) -> None:
    stakes, tally = (1, 2, 3, 4, 5, 6, 7), VoteTally()
    for guardian, digest in votes:
        tally.add(guardian, digest, stakes[guardian])
    assert tally.stake == sum(stakes[guardian] for guardian in {guardian for guardian, _ in votes})
    assert tally.stake == sum(tally.by_digest.values())
    assert {signer for digest in tally.by_digest for signer in tally.list_signers(digest)} == {guardian for guardian, _ in votes}
