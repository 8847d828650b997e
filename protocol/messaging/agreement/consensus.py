"""One guardian's part in the agreement on one snapshot: rounds of proposal, prevote and precommit with locking.

The algorithm is that of Buchman, Kwon & Milosevic (2018), "The latest gossip on BFT consensus", algorithm 1; line numbers in
comments are theirs. While less than a third of the stake is Byzantine no two honest guardians decide differently, whatever
the delays; once messages arrive within the growing timeouts, every honest guardian decides. A replica only answers: each
method returns what is to be sent, timed or taken as decided.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

from metalab.protocol.messaging.agreement.quorum import exceeds_third, is_quorum
from metalab.protocol.messaging.agreement.snapshots import Snapshot
from metalab.protocol.messaging.agreement.votes import NIL, Certificate, SnapshotProposal, Vote, VotePhase, VoteTally


class ConsensusStep(IntEnum):
    """Where a replica stands in its round."""

    WAITING = 0
    PROPOSE = 1
    PREVOTE = 2
    PRECOMMIT = 3
    DECIDED = 4


class Timer(NamedTuple):
    """A request to be woken when the timeout of a step of a round is over."""

    step: ConsensusStep
    round: int


class Turn(NamedTuple):
    """It is this replica's turn to propose: `snapshot` is one that it must propose again, None for a new one."""

    round: int
    valid_round: int
    snapshot: Snapshot | None
    backers: tuple[int, ...] = ()


class ConsensusDecision(NamedTuple):
    """A snapshot is final."""

    snapshot: Snapshot
    certificate: Certificate


Effect = Vote | Timer | Turn | ConsensusDecision
Message = Vote | SnapshotProposal


class Committee(NamedTuple):
    """What all guardians know: stakes, their total and whose turn a round is."""

    stakes: tuple[int, ...]
    total: int
    choose: Callable[[int, int], int]


class Book:
    """What a replica has heard of one round."""

    __slots__ = ("precommits", "prevotes", "proposal", "timed_precommit", "timed_prevote", "voices", "was_seconded")

    def __init__(self) -> None:
        self.proposal: SnapshotProposal | None = None
        self.prevotes = VoteTally()
        self.precommits = VoteTally()
        self.voices: dict[int, int] = {}
        self.timed_prevote = self.timed_precommit = self.was_seconded = False


class Replica:
    """The state of one guardian for one height. `check` says whether it holds a snapshot to be true."""

    def __init__(self, guardian: int, height: int, committee: Committee, check: Callable[[Snapshot], bool]) -> None:
        self.guardian, self.height, self.committee, self.check = guardian, height, committee, check
        self.round = 0
        self.step = ConsensusStep.WAITING
        self.locked_digest, self.locked_round = NIL, -1
        self.valid: Snapshot | None = None
        self.valid_round = -1
        self.decision: ConsensusDecision | None = None
        self.books: dict[int, Book] = {}

    def start(self) -> list[Effect]:
        """Begin with round 0; what has come in before is taken into account."""
        if self.step != ConsensusStep.WAITING:
            return []
        return self._settle(self._enter(0))

    def receive(self, message: Message) -> list[Effect]:
        """Take in a proposal or a vote of this height."""
        if self.decision is not None:
            return []
        if not self._note(message):
            return []
        if self.step == ConsensusStep.WAITING:
            return []
        return self._settle([], message.round)

    def wake(self, timer: Timer) -> list[Effect]:
        """A timeout is over (lines 57 to 67)."""
        if self.decision is not None or timer.round != self.round:
            return []
        if timer.step == ConsensusStep.PROPOSE and self.step == ConsensusStep.PROPOSE:
            return self._settle([self._prevote(NIL)])
        if timer.step == ConsensusStep.PREVOTE and self.step == ConsensusStep.PREVOTE:
            return self._settle([self._precommit(NIL)])
        if timer.step == ConsensusStep.PRECOMMIT:
            return self._settle(self._enter(self.round + 1))
        return []

    def adopt(self, certificate: Certificate, snapshot: Snapshot) -> list[Effect]:
        """Catch up by another's proof of finality, where it holds and the snapshot is true."""
        # Each signer once, however often the certificate names it.
        stake = sum(self.committee.stakes[signer] for signer in set(certificate.signers))
        is_sound = certificate.digest == snapshot.digest and certificate.height == self.height == snapshot.height
        if self.decision is not None or not is_sound or not is_quorum(stake, self.committee.total) or not self.check(snapshot):
            return []
        return [self._decide(snapshot, certificate)]

    def get_book(self, round_number: int) -> Book:
        """The notes on a round."""
        book = self.books.get(round_number)
        if book is None:
            book = self.books[round_number] = Book()
        return book

    def _note(self, message: Message) -> bool:
        """Write a message down; False when it says nothing new."""
        book = self.get_book(message.round)
        stake = self.committee.stakes[message.guardian]
        if isinstance(message, SnapshotProposal):
            is_his_turn = self.committee.choose(self.height, message.round) == message.guardian
            if book.proposal is not None or not is_his_turn:
                return False
            book.proposal = message
        else:
            tally = book.prevotes if message.phase == VotePhase.PREVOTE else book.precommits
            if not tally.add(message.guardian, message.digest, stake):
                return False
        # For line 55: whoever is heard of a later round counts once, with any message.
        if message.round > self.round:
            book.voices[message.guardian] = stake
        return True

    def _enter(self, round_number: int) -> list[Effect]:
        """Start a round (lines 11 to 21)."""
        self.round, self.step = round_number, ConsensusStep.PROPOSE
        if self.committee.choose(self.height, round_number) == self.guardian:
            return [self._make_turn(round_number), Timer(ConsensusStep.PROPOSE, round_number)]
        return [Timer(ConsensusStep.PROPOSE, round_number)]

    def _make_turn(self, round_number: int) -> Turn:
        if self.valid is None:
            return Turn(round_number, -1, None)
        backers = self.get_book(self.valid_round).prevotes.list_signers(self.valid.digest)
        return Turn(round_number, self.valid_round, self.valid, backers)

    def _settle(self, effects: list[Effect], heard: int = -1) -> list[Effect]:
        """Apply the rules until none applies any more. `heard` is the round of the message that came in."""
        # After a start or a timeout all that was noted may decide; after a message only its own round and the present one.
        rounds = {self.round, heard} if heard >= 0 else set(self.books)
        for number in sorted(rounds):
            if number in self.books and self._try_decide(effects, number):
                return effects
        if heard > self.round and exceeds_third(sum(self.get_book(heard).voices.values()), self.committee.total):
            effects += self._enter(heard)  # line 55
        while self.decision is None and self._advance(effects):
            pass
        return effects

    def _try_decide(self, effects: list[Effect], number: int) -> bool:
        """Lines 49 to 54."""
        book = self.books[number]
        if book.proposal is None or not book.precommits.has_quorum(book.proposal.snapshot.digest, self.committee.total):
            return False
        snapshot = book.proposal.snapshot
        if not self.check(snapshot):
            return False
        signers = book.precommits.list_signers(snapshot.digest)
        effects.append(self._decide(snapshot, Certificate(self.height, number, snapshot.digest, signers)))
        return True

    def _advance(self, effects: list[Effect]) -> bool:
        """Apply one rule of the present round; False when none applies."""
        book = self.get_book(self.round)
        if self.step == ConsensusStep.PROPOSE:
            return self._answer_proposal(book, effects)
        if self._second(book, effects):
            return True
        if self.step == ConsensusStep.PREVOTE:
            return self._weigh_prevotes(book, effects)
        return self._weigh_precommits(book, effects)

    def _answer_proposal(self, book: Book, effects: list[Effect]) -> bool:
        """Lines 22 to 33: prevote for a true proposal that the lock allows, else for none."""
        proposal = book.proposal
        if proposal is None:
            # Line 47 holds in every step of a round.
            return self._weigh_precommits(book, effects)
        digest, earlier = proposal.snapshot.digest, proposal.valid_round
        if earlier >= 0 and not (earlier < self.round and self._is_backed(proposal)):
            return self._weigh_precommits(book, effects)
        # Lines 23 and 29 in one: without an earlier round -1 stands for it, as for no lock.
        is_free = self.locked_round <= earlier or self.locked_digest == digest
        effects.append(self._prevote(digest if is_free and self.check(proposal.snapshot) else NIL))
        return True

    def _is_backed(self, proposal: SnapshotProposal) -> bool:
        """Whether a quorum of prevotes for an earlier proposal was seen here, or is shown."""
        shown = sum(self.committee.stakes[backer] for backer in set(proposal.backers))
        seen = self.get_book(proposal.valid_round).prevotes.has_quorum(proposal.snapshot.digest, self.committee.total)
        return seen or is_quorum(shown, self.committee.total)

    def _second(self, book: Book, effects: list[Effect]) -> bool:
        """Lines 36 to 43: a quorum of prevotes locks, once a round."""
        if book.was_seconded or book.proposal is None:
            return False
        snapshot = book.proposal.snapshot
        if not book.prevotes.has_quorum(snapshot.digest, self.committee.total) or not self.check(snapshot):
            return False
        book.was_seconded = True
        # Line 37: only in this step it locks and precommits; what is valid is noted in any (lines 42 and 43).
        if self.step == ConsensusStep.PREVOTE:
            self.locked_digest, self.locked_round = snapshot.digest, self.round
            effects.append(self._precommit(snapshot.digest))
        self.valid, self.valid_round = snapshot, self.round
        return True

    def _weigh_prevotes(self, book: Book, effects: list[Effect]) -> bool:
        """Lines 34 and 44: no snapshot can win, or time to give the rest a chance."""
        if book.prevotes.has_quorum(NIL, self.committee.total):
            effects.append(self._precommit(NIL))
            return True
        if is_quorum(book.prevotes.stake, self.committee.total) and not book.timed_prevote:
            book.timed_prevote = True
            effects.append(Timer(ConsensusStep.PREVOTE, self.round))
        return self._weigh_precommits(book, effects)

    def _weigh_precommits(self, book: Book, effects: list[Effect]) -> bool:
        """Line 47."""
        if is_quorum(book.precommits.stake, self.committee.total) and not book.timed_precommit:
            book.timed_precommit = True
            effects.append(Timer(ConsensusStep.PRECOMMIT, self.round))
        return False

    def _prevote(self, digest: bytes) -> Vote:
        self.step = ConsensusStep.PREVOTE
        return Vote(self.guardian, self.height, self.round, VotePhase.PREVOTE, digest)

    def _precommit(self, digest: bytes) -> Vote:
        self.step = ConsensusStep.PRECOMMIT
        return Vote(self.guardian, self.height, self.round, VotePhase.PRECOMMIT, digest)

    def _decide(self, snapshot: Snapshot, certificate: Certificate) -> ConsensusDecision:
        self.step = ConsensusStep.DECIDED
        self.decision = ConsensusDecision(snapshot, certificate)
        return self.decision
