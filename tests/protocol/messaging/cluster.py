"""Replicas on a network that a test controls: nothing arrives and no timer ends unless the test says so."""

from collections.abc import Iterable

from metalab.protocol.messaging.agreement.consensus import Committee, Effect, Message, Replica, Timer, Turn
from metalab.protocol.messaging.agreement.snapshots import Snapshot, make_snapshot
from metalab.protocol.messaging.agreement.votes import Certificate, SnapshotProposal, Vote, VotePhase
from metalab.protocol.messaging.proofs.hashing import encode_whole, hash_parts

HEIGHT = 1


def make_value(number: int) -> Snapshot:
    """A snapshot that differs from that of any other number."""
    return make_snapshot(HEIGHT, (number,), (hash_parts(b"value", encode_whole(number)),))


class Cluster:
    """Honest replicas of one height; messages under way as (message, receiver), timers as (timer, owner)."""

    def __init__(self, stakes: Iterable[int], byzantine: Iterable[int] = (), first: int = 0) -> None:
        self.stakes = tuple(stakes)
        self.byzantine = frozenset(byzantine)
        self.committee = Committee(self.stakes, sum(self.stakes), lambda height, number: (number + first) % len(self.stakes))
        self.honest = [k for k in range(len(self.stakes)) if k not in self.byzantine]
        self.replicas = {k: Replica(k, HEIGHT, self.committee, lambda snapshot: True) for k in self.honest}
        self.mail: list[tuple[Message, int]] = []
        self.timers: list[tuple[Timer, int]] = []
        self.sent: list[Message] = []
        self.values = 0

    def start(self) -> None:
        for k in self.honest:
            self.apply(k, self.replicas[k].start())

    def apply(self, k: int, effects: Iterable[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Vote):
                self.broadcast(k, effect)
            elif isinstance(effect, Timer):
                self.timers.append((effect, k))
            elif isinstance(effect, Turn):
                snapshot = effect.snapshot or self.make_new()
                self.broadcast(k, SnapshotProposal(k, HEIGHT, effect.round, effect.valid_round, snapshot, effect.backers))

    def make_new(self) -> Snapshot:
        self.values += 1
        return make_value(self.values)

    def broadcast(self, k: int, message: Message) -> None:
        self.sent.append(message)
        self.mail += [(message, other) for other in self.honest if other != k]
        self.apply(k, self.replicas[k].receive(message))

    def list_backers(self, number: int, digest: bytes) -> tuple[int, ...]:
        """Whose prevotes somebody could show: honest ones that were sent, and any Byzantine ones."""
        votes = [message for message in self.sent if isinstance(message, Vote)]
        honest = {vote.guardian for vote in votes if (vote.round, vote.phase, vote.digest) == (number, VotePhase.PREVOTE, digest)}
        return tuple(sorted(honest | self.byzantine))

    def inject(self, message: Message, receivers: Iterable[int]) -> None:
        """Something that a Byzantine guardian sends."""
        self.mail += [(message, k) for k in receivers if k in self.replicas]

    def deliver(self, place: int) -> None:
        message, k = self.mail.pop(place)
        self.apply(k, self.replicas[k].receive(message))

    def fire(self, place: int) -> None:
        timer, k = self.timers.pop(place)
        self.apply(k, self.replicas[k].wake(timer))

    def drain(self, receivers: Iterable[int] | None = None) -> None:
        """Deliver everything that is under way to some replicas, and what comes of it."""
        wanted = set(self.honest if receivers is None else receivers)
        while (place := next((p for p, (_, k) in enumerate(self.mail) if k in wanted), -1)) >= 0:
            self.deliver(place)

    def share_certificates(self) -> None:
        """What gossip does: whoever has decided shows it to the rest."""
        for decision in [replica.decision for replica in self.replicas.values() if replica.decision is not None]:
            for k in self.honest:
                self.apply(k, self.replicas[k].adopt(decision.certificate, decision.snapshot))

    @property
    def decided(self) -> dict[int, bytes]:
        """Digests that honest replicas decided."""
        return {k: replica.decision.snapshot.digest for k, replica in self.replicas.items() if replica.decision is not None}

    @property
    def certificates(self) -> list[Certificate]:
        return [replica.decision.certificate for replica in self.replicas.values() if replica.decision is not None]
