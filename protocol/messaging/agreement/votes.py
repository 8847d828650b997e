"""Signed messages of the consensus, and the counting of votes."""

from enum import IntEnum
from typing import NamedTuple

from metalab.protocol.messaging.agreement.quorum import is_quorum
from metalab.protocol.messaging.agreement.snapshots import Snapshot

NIL = b""
"""What a vote names that is for no snapshot."""


class VotePhase(IntEnum):
    """The two votes of a round."""

    PREVOTE = 1
    PRECOMMIT = 2


class Vote(NamedTuple):
    """A guardian's signed vote. The signature itself is not simulated: nobody can send in another's name."""

    guardian: int
    height: int
    round: int
    phase: VotePhase
    digest: bytes


class SnapshotProposal(NamedTuple):
    """A proposer's signed snapshot.

    `valid_round` is the round in which it had a quorum of prevotes, else -1; `backers` are those whose prevotes the proposer
    shows for that. They may have reached nobody else, and without them others could not join: no snapshot would ever be final.
    """

    guardian: int
    height: int
    round: int
    valid_round: int
    snapshot: Snapshot
    backers: tuple[int, ...] = ()


class Certificate(NamedTuple):
    """Proof that a snapshot is final: precommits of one round from more than two thirds of the stake."""

    height: int
    round: int
    digest: bytes
    signers: tuple[int, ...]


class VoteTally:
    """Votes of one phase of one round. The first vote of a guardian counts; a second, different one is evidence, not a vote."""

    __slots__ = ("by_digest", "stake", "votes")

    def __init__(self) -> None:
        self.votes: dict[int, bytes] = {}
        self.by_digest: dict[bytes, int] = {}
        self.stake = 0

    def add(self, guardian: int, digest: bytes, stake: int) -> bool:
        """Count a vote; False when the guardian has voted already."""
        if guardian in self.votes:
            return False
        self.votes[guardian] = digest
        self.stake += stake
        self.by_digest[digest] = self.by_digest.get(digest, 0) + stake
        return True

    def has_quorum(self, digest: bytes, total: int) -> bool:
        """More than two thirds of the total voted for this."""
        return is_quorum(self.by_digest.get(digest, 0), total)

    def list_signers(self, digest: bytes) -> tuple[int, ...]:
        """Who voted for this, in order of number."""
        return tuple(sorted(guardian for guardian, vote in self.votes.items() if vote == digest))
