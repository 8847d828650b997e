"""Guardians that break the rules, each by its habit, and the coalition that signs two snapshots at once."""

from enum import IntEnum

from metalab.econ.messaging.fastclock.guardians.guardian import Guardian, Room
from metalab.protocol.messaging.agreement.consensus import ConsensusDecision, Message
from metalab.protocol.messaging.agreement.snapshots import Snapshot, make_snapshot
from metalab.protocol.messaging.agreement.votes import NIL, SnapshotProposal, Vote, VotePhase
from metalab.protocol.messaging.proofs.hashing import hash_parts


class Habit(IntEnum):
    """How a Byzantine guardian breaks the rules."""

    EQUIVOCATE = 0
    WITHHOLD = 1
    ATTEST_FALSELY = 2
    COLLUDE = 3


def make_stale(snapshot: Snapshot, floor: tuple[int, ...], room: Room) -> Snapshot:
    """A different snapshot that honest guardians take as well: one rollup's root is an older one.

    Where no root can be older it differs in nothing.
    """
    for rollup, tick in enumerate(snapshot.ticks):
        # Honest guardians refuse what is older than the last final snapshot: only a newer root can be swapped unseen.
        if tick > (floor[rollup] if floor else 0):
            ticks = (*snapshot.ticks[:rollup], tick - 1, *snapshot.ticks[rollup + 1 :])
            older = room.chains.all[rollup].roots[tick - 1]
            return make_snapshot(snapshot.height, ticks, (*snapshot.roots[:rollup], older, *snapshot.roots[rollup + 1 :]))
    return snapshot


def make_false(snapshot: Snapshot) -> Snapshot:
    """The same snapshot with a root that the first rollup never committed."""
    lie = hash_parts(b"lie", snapshot.digest)
    return make_snapshot(snapshot.height, snapshot.ticks, (lie, *snapshot.roots[1:]))


class Equivocator(Guardian):
    """Says one thing to every second guardian and another to the rest."""

    is_honest = False

    def send(self, message: Message) -> None:
        """Send two different messages for one."""
        other = self.twist(message)
        for k, part in enumerate((message, other)):
            self.observe(part)
            self.spread(part, self.room.members[k::2])
        self.deliver(message)

    def twist(self, message: Message) -> Message:
        """The contradiction: no snapshot against one, one snapshot against another."""
        if isinstance(message, SnapshotProposal):
            return message._replace(snapshot=make_stale(message.snapshot, self.known_ticks, self.room))
        if message.digest != NIL:
            return message._replace(digest=NIL)
        proposal = self.get_replica(message.height).get_book(message.round).proposal
        return message if proposal is None else message._replace(digest=proposal.snapshot.digest)


class Withholder(Guardian):
    """Proposes nothing, prevotes to every second guardian only, and keeps its precommits and certificates to itself."""

    is_honest = False

    def send(self, message: Message) -> None:
        """Let only some prevotes out."""
        if isinstance(message, Vote) and message.phase == VotePhase.PREVOTE:
            self.observe(message)
            self.spread(message, self.room.members[::2])
        self.deliver(message)

    def gossip(self, decision: ConsensusDecision) -> None:
        """Send no certificate."""


class Liar(Guardian):
    """Proposes a false root when it is its turn, and votes for whatever is proposed."""

    is_honest = False

    def check(self, snapshot: Snapshot) -> bool:  # noqa: ARG002  (what a guardian does)
        """Everything is good."""
        return True

    def send(self, message: Message) -> None:
        """As honest guardians, but with a false root in the proposal."""
        super().send(message._replace(snapshot=make_false(message.snapshot)) if isinstance(message, SnapshotProposal) else message)


class Colluder(Guardian):
    """Keeps the rules until one of the coalition proposes; then all of them sign two snapshots, one for each half."""

    is_honest = False
    attacked: set[tuple[int, int]]
    """Heights and rounds in which the coalition has sent its votes already; shared by all."""

    def send(self, message: Message) -> None:
        """Attack with one's own proposal; otherwise behave, and be silent where the votes are out."""
        key = message.height, message.round
        if isinstance(message, SnapshotProposal):
            self.split(message)
            self.deliver(message)
        elif key in self.attacked:
            self.deliver(message)
        else:
            super().send(message)

    def split(self, proposal: SnapshotProposal) -> None:
        """Show one snapshot to one half of the honest stake, another to the rest, with everybody's votes for both."""
        self.attacked.add((proposal.height, proposal.round))
        second = proposal._replace(snapshot=make_stale(proposal.snapshot, self.known_ticks, self.room))
        honest = [member for member in self.room.members if member.is_honest]
        for part, half in ((proposal, honest[::2]), (second, honest[1::2])):
            self.observe(part)
            self.spread(part, half)
            for ally in (member for member in self.room.members if isinstance(member, Colluder)):
                ally.sign(part, half)

    def sign(self, proposal: SnapshotProposal, half: list[Guardian]) -> None:
        """Both votes of the round for a snapshot, shown to one half."""
        for phase in VotePhase:
            vote = Vote(self.number, proposal.height, proposal.round, phase, proposal.snapshot.digest)
            self.observe(vote)
            self.spread(vote, half)


CLASSES: dict[Habit, type[Guardian]] = {
    Habit.EQUIVOCATE: Equivocator,
    Habit.WITHHOLD: Withholder,
    Habit.ATTEST_FALSELY: Liar,
    Habit.COLLUDE: Colluder,
}
"""The guardian that has each habit."""
