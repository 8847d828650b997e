"""Offences found in signed votes."""

from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.messaging.agreement.evidence import Fault, ProvenOffence, SignedRecord, is_proven
from metalab.protocol.messaging.agreement.votes import NIL, SnapshotProposal, Vote, VotePhase
from metalab.protocol.security.slashing import Offence as Punishable
from tests.protocol.messaging.cluster import make_value

A, B = make_value(1), make_value(2)
VOTES = st.builds(
    Vote, st.integers(0, 3), st.just(5), st.integers(0, 2), st.sampled_from(VotePhase), st.sampled_from([NIL, A.digest, B.digest])
)


def test_numbers_are_those_of_slashing() -> None:
    assert int(Fault.WITHHOLDING) == Punishable.DOWNTIME
    assert int(Fault.FALSE_ATTESTATION) == Punishable.INVALID_ATTESTATION
    assert int(Fault.EQUIVOCATION) == Punishable.EQUIVOCATION


@given(st.lists(VOTES, max_size=12))
def test_equivocation_is_found_exactly_where_two_votes_differ(votes: list[Vote]) -> None:
    record = SignedRecord(4, 10)
    for vote in votes:
        record.see_vote(vote)
    slots: dict[tuple[int, ...], set[bytes]] = {}
    for vote in votes:
        slots.setdefault(vote[:4], set()).add(vote.digest)
    guilty = {slot[0] for slot, digests in slots.items() if len(digests) > 1}
    assert {offence.guardian for offence in record.offences} == guilty
    assert len(record.offences) == len(guilty)
    assert all(is_proven(offence, frozenset()) for offence in record.offences)


@given(st.lists(VOTES, max_size=12), st.integers(0, 12))
def test_false_attestation_is_found_before_and_after_the_lie_is_known(votes: list[Vote], when: int) -> None:
    record = SignedRecord(4, 10)
    for k, vote in enumerate(votes):
        if k == when:
            record.mark_false(B.digest)
        record.see_vote(vote)
    record.mark_false(B.digest)
    seen: dict[tuple[int, ...], bytes] = {}
    for vote in votes:
        seen.setdefault(vote[:4], vote.digest)
    surely = {slot[0] for slot, digest in seen.items() if digest == B.digest}
    accused = {offence.guardian for offence in record.offences if offence.fault == Fault.FALSE_ATTESTATION}
    assert surely <= accused <= {vote.guardian for vote in votes if vote.digest == B.digest}
    assert all(is_proven(offence, record.false_digests) for offence in record.offences)


def test_proposals_are_evidence_too() -> None:
    record = SignedRecord(4, 10)
    record.see_proposal(SnapshotProposal(2, 5, 0, -1, A))
    record.see_proposal(SnapshotProposal(2, 5, 0, -1, A))
    assert record.offences == []
    record.see_proposal(SnapshotProposal(2, 5, 0, -1, B))
    record.mark_false(A.digest)
    assert [(offence.guardian, offence.fault) for offence in record.offences] == [(2, Fault.EQUIVOCATION), (2, Fault.FALSE_ATTESTATION)]


def test_silence_through_enough_heights_is_withholding() -> None:
    record = SignedRecord(3, 4)
    for height in range(8):
        record.see_vote(Vote(0, height, 0, VotePhase.PRECOMMIT, A.digest))
        record.see_vote(Vote(1, height, 0, VotePhase.PREVOTE, A.digest))
        if height != 2:
            record.see_vote(Vote(2, height, 0, VotePhase.PRECOMMIT, NIL))
        record.close_height(height)
    assert [(offence.guardian, offence.height) for offence in record.offences] == [(1, 3), (1, 7)]
    assert not is_proven(record.offences[0], frozenset())


def test_what_does_not_prove_is_no_proof() -> None:
    one, two = (Vote(1, 5, 0, VotePhase.PREVOTE, digest) for digest in (A.digest, B.digest))
    later, other = one._replace(round=1, digest=B.digest), two._replace(guardian=2)
    phase = two._replace(phase=VotePhase.PRECOMMIT)
    assert is_proven(ProvenOffence(1, Fault.EQUIVOCATION, 5, 0, (one, two)), frozenset())
    for pair in ((one, one), (one, later), (one, other), (one, phase), (one,), ()):
        assert not is_proven(ProvenOffence(1, Fault.EQUIVOCATION, 5, 0, pair), frozenset())
    assert not is_proven(ProvenOffence(2, Fault.EQUIVOCATION, 5, 0, (one, two)), frozenset())
    assert not is_proven(ProvenOffence(1, Fault.FALSE_ATTESTATION, 5, 0, (one,)), frozenset({B.digest}))
    assert not is_proven(ProvenOffence(2, Fault.FALSE_ATTESTATION, 5, 0, (two,)), frozenset({B.digest}))
    assert is_proven(ProvenOffence(1, Fault.FALSE_ATTESTATION, 5, 0, (two,)), frozenset({B.digest}))
