"""Offences found in signed messages: what a slashing rule needs to know of a guardian.

Equivocation: two different votes (or proposals) for one height, round and phase. False attestation: a vote for a snapshot
that holds a root its rollup never committed. Withholding: no precommit seen in several heights in a row; signed messages cannot
tell an offline guardian from one that keeps silent.
"""

from enum import IntEnum
from typing import NamedTuple

from metalab.protocol.messaging.agreement.votes import NIL, SnapshotProposal, Vote, VotePhase


class Fault(IntEnum):
    """What a guardian did; the numbers are those of `protocol.security.slashing.Offence`."""

    WITHHOLDING = 0
    FALSE_ATTESTATION = 1
    EQUIVOCATION = 2


class ProvenOffence(NamedTuple):
    """A proven fault: who, what, at which height and round, and the two messages or the one message that prove it."""

    guardian: int
    fault: Fault
    height: int
    round: int
    proof: tuple[Vote | SnapshotProposal, ...]


class SignedRecord:
    """What honest guardians together have seen signed. Each offence is reported once per guardian, fault and height."""

    def __init__(self, guardians: int, patience: int) -> None:
        self.patience = patience
        self.offences: list[ProvenOffence] = []
        self._votes: dict[tuple[int, int, int, int], Vote] = {}
        self._proposals: dict[tuple[int, int, int], SnapshotProposal] = {}
        self._silent = [0] * guardians
        self._heard: set[int] = set()
        self._known: set[tuple[int, Fault, int]] = set()
        self._false: set[bytes] = set()

    def mark_false(self, digest: bytes) -> None:
        """A snapshot that honest guardians found to hold a false root; who spoke for it before is found now."""
        if digest in self._false:
            return
        self._false.add(digest)
        for proposal in list(self._proposals.values()):
            self.see_proposal(proposal)
        for vote in list(self._votes.values()):
            self._judge(vote)

    @property
    def false_digests(self) -> frozenset[bytes]:
        """Snapshots known to hold a false root."""
        return frozenset(self._false)

    def see_vote(self, vote: Vote) -> None:
        """A vote reached an honest guardian."""
        if vote.phase == VotePhase.PRECOMMIT:
            self._heard.add(vote.guardian)
        # The first vote stands: a different one after it proves the offence together with it.
        first = self._votes.setdefault((vote.guardian, vote.height, vote.round, vote.phase), vote)
        if first.digest != vote.digest:
            self._accuse(ProvenOffence(vote.guardian, Fault.EQUIVOCATION, vote.height, vote.round, (first, vote)))
        self._judge(vote)

    def _judge(self, vote: Vote) -> None:
        if vote.digest != NIL and vote.digest in self._false:
            self._accuse(ProvenOffence(vote.guardian, Fault.FALSE_ATTESTATION, vote.height, vote.round, (vote,)))

    def see_proposal(self, proposal: SnapshotProposal) -> None:
        """A proposal reached an honest guardian."""
        first = self._proposals.setdefault((proposal.guardian, proposal.height, proposal.round), proposal)
        if first.snapshot.digest != proposal.snapshot.digest:
            self._accuse(ProvenOffence(proposal.guardian, Fault.EQUIVOCATION, proposal.height, proposal.round, (first, proposal)))
        if proposal.snapshot.digest in self._false:
            self._accuse(ProvenOffence(proposal.guardian, Fault.FALSE_ATTESTATION, proposal.height, proposal.round, (proposal,)))

    def close_height(self, height: int) -> None:
        """A height is over: whoever was silent through `patience` heights in a row has withheld. Old votes are forgotten."""
        for guardian in range(len(self._silent)):
            self._silent[guardian] = 0 if guardian in self._heard else self._silent[guardian] + 1
            if self._silent[guardian] == self.patience:
                # Counted anew: who stays silent is accused again after as many heights.
                self._silent[guardian] = 0
                self._accuse(ProvenOffence(guardian, Fault.WITHHOLDING, height, 0, ()))
        self._heard.clear()
        self._votes = {key: vote for key, vote in self._votes.items() if vote.height >= height}
        self._proposals = {key: proposal for key, proposal in self._proposals.items() if proposal.height >= height}

    def _accuse(self, offence: ProvenOffence) -> None:
        key = offence.guardian, offence.fault, offence.height
        if key not in self._known:
            self._known.add(key)
            self.offences.append(offence)


def is_proven(offence: ProvenOffence, false_digests: frozenset[bytes]) -> bool:
    """Whether the messages of an offence prove it to somebody who was not there. Silence cannot be proven by messages."""
    if offence.fault == Fault.FALSE_ATTESTATION:
        return len(offence.proof) == 1 and get_digest(offence.proof[0]) in false_digests and offence.proof[0].guardian == offence.guardian
    if offence.fault == Fault.EQUIVOCATION and len(offence.proof) == 2:
        one, two = offence.proof
        same = {(message.guardian, message.height, message.round) for message in (one, two)} == {(offence.guardian, *offence[2:4])}
        phases = {message.phase if isinstance(message, Vote) else 0 for message in (one, two)}
        return same and len(phases) == 1 and get_digest(one) != get_digest(two)
    return False


def get_digest(message: Vote | SnapshotProposal) -> bytes:
    """The digest that a message speaks for."""
    return message.digest if isinstance(message, Vote) else message.snapshot.digest
