"""Guardians on the network: each runs its replica, sends over sampled delays, and goes from height to height."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.messaging.fastclock.agenda import Agenda
from metalab.econ.messaging.fastclock.network import Delays
from metalab.econ.messaging.fastclock.settings.settings import Settings
from metalab.econ.messaging.fastclock.transport.chains import RollupChains
from metalab.protocol.messaging.agreement.consensus import (
    Committee,
    ConsensusDecision,
    ConsensusStep,
    Effect,
    Message,
    Replica,
    Timer,
    Turn,
)
from metalab.protocol.messaging.agreement.evidence import SignedRecord
from metalab.protocol.messaging.agreement.rotation import choose_proposer
from metalab.protocol.messaging.agreement.snapshots import Snapshot, goes_back, make_snapshot
from metalab.protocol.messaging.agreement.votes import Certificate, SnapshotProposal, Vote

KEPT = 3
"""Heights that a guardian keeps notes on."""


class Conflict(NamedTuple):
    """Two final snapshots of one height; `guilty` signed both."""

    time_s: float
    height: int
    first: bytes
    second: bytes
    guilty: tuple[int, ...]


class Final(NamedTuple):
    """A snapshot that is final: since when, by which certificate, begun when."""

    snapshot: Snapshot
    certificate: Certificate
    start_s: float
    final_s: float


class Room:
    """What guardians share in the simulation: the network, the rollups they watch, and the record of what honest ones saw."""

    def __init__(self, seed: int, settings: Settings, agenda: Agenda, chains: RollupChains, stakes: tuple[int, ...]) -> None:
        self.seed, self.guarding, self.agenda, self.chains = seed, settings.guarding, agenda, chains
        self.tick_s = self.guarding.tick_s
        self.check_s = self.guarding.root_check_s * len(chains.all)
        self.turns: dict[tuple[int, int], int] = {}
        self.committee = Committee(stakes, sum(stakes), self.choose)
        self.record = SignedRecord(len(stakes), self.guarding.silence_heights)
        self.members: list[Guardian] = []
        self.finals: dict[int, Final] = {}
        self.newest: Final | None = None
        self.starts: dict[int, float] = {}
        self.conflicts: list[Conflict] = []
        self.rounds_failed = 0
        self.on_final: list[Callable[[Final], None]] = []
        self._truth: dict[bytes, bool] = {}

    def choose(self, height: int, round_number: int) -> int:
        """Whose turn it is; remembered, because everybody asks."""
        key = height, round_number
        if key not in self.turns:
            self.turns[key] = choose_proposer(self.committee.stakes, height, round_number)
        return self.turns[key]

    def is_true(self, snapshot: Snapshot) -> bool:
        """What light verification of every root says; a false one is put on record."""
        known = self._truth.get(snapshot.digest)
        if known is None:
            known = self._truth[snapshot.digest] = self.chains.holds(snapshot)
            if not known:
                self.record.mark_false(snapshot.digest)
        return known

    def collect(self, height: int, now: float) -> Snapshot:
        """The newest roots that have arrived."""
        ticks = tuple(chain.find_arrived(now) for chain in self.chains.all)
        roots = tuple(chain.roots[tick] for chain, tick in zip(self.chains.all, ticks, strict=True))
        return make_snapshot(height, ticks, roots)

    def note_start(self, height: int) -> None:
        """When the first guardian began a height."""
        self.starts.setdefault(height, self.agenda.now)

    def note_decision(self, decision: ConsensusDecision) -> None:
        """An honest guardian holds a snapshot to be final."""
        snapshot, certificate = decision
        final = self.finals.get(snapshot.height)
        if final is None:
            final = self.finals[snapshot.height] = Final(snapshot, certificate, self.starts[snapshot.height], self.agenda.now)
            self.newest = final
            self.rounds_failed += certificate.round
            self.record.close_height(snapshot.height - 1)
            for listener in self.on_final:
                listener(final)
        elif final.snapshot.digest != snapshot.digest:
            self._note_conflict(final, decision)

    def _note_conflict(self, final: Final, decision: ConsensusDecision) -> None:
        digests = final.snapshot.digest, decision.snapshot.digest
        if any((conflict.first, conflict.second) == digests for conflict in self.conflicts):
            return
        guilty = tuple(sorted(set(final.certificate.signers) & set(decision.certificate.signers)))
        self.conflicts.append(Conflict(self.agenda.now, final.snapshot.height, *digests, guilty))


class Guardian:
    """An honest guardian."""

    is_honest = True

    def __init__(self, number: int, room: Room) -> None:
        self.number, self.room, self.agenda = number, room, room.agenda
        guarding = room.guarding
        self.delays = Delays(room.seed, Stream.METALAYER_HOPS, number, guarding.hop_s, guarding.hop_sigma)
        self.height = 0
        self.replicas: dict[int, Replica] = {}
        self.known_ticks: tuple[int, ...] = ()

    def check(self, snapshot: Snapshot) -> bool:
        """A snapshot is good when its roots are true and none is older than in the last final one."""
        return not (self.known_ticks and goes_back(snapshot, self.known_ticks)) and self.room.is_true(snapshot)

    def get_replica(self, height: int) -> Replica:
        """The part this guardian plays at a height."""
        replica = self.replicas.get(height)
        if replica is None:
            replica = self.replicas[height] = Replica(self.number, height, self.room.committee, self.check)
        return replica

    def start(self) -> None:
        """Begin with the present height."""
        self.room.note_start(self.height)
        self.apply(self.get_replica(self.height).start())

    def deliver(self, message: Message) -> None:
        """A message comes in."""
        if message.height < self.height:
            return
        effects = self.get_replica(message.height).receive(message)
        if effects:
            self.apply(effects)

    def wake(self, height: int, timer: Timer) -> None:
        """A timeout is over."""
        if height == self.height:
            self.apply(self.get_replica(height).wake(timer))

    def adopt(self, decision: ConsensusDecision) -> None:
        """Somebody who is further on shows a certificate."""
        if decision.snapshot.height == self.height:
            self.apply(self.get_replica(self.height).adopt(decision.certificate, decision.snapshot))

    def apply(self, effects: Iterable[Effect]) -> None:
        """Do what the replica asks for."""
        for effect in effects:
            if isinstance(effect, Vote):
                self.send(effect)
            elif isinstance(effect, Timer):
                self.agenda.after(self.get_timeout(effect), self.wake, self.height, effect)
            elif isinstance(effect, Turn):
                self.plan_proposal(effect)
            else:
                self.finish(effect)

    def get_timeout(self, timer: Timer) -> float:
        """Timeouts grow with the round; a new proposal waits for roots and is checked."""
        guarding = self.room.guarding
        extra = guarding.collect_s + self.room.check_s if timer.step == ConsensusStep.PROPOSE else 0.0
        return guarding.timeout_s + guarding.timeout_growth_s * timer.round + extra

    def plan_proposal(self, turn: Turn) -> None:
        """Wait for the roots of the tick, but not longer than for the collection time."""
        if turn.snapshot is not None:
            self.propose(self.height, turn)
            return
        arrived = max(chain.arrivals[-1] for chain in self.room.chains.all)
        self.agenda.at(min(arrived, self.agenda.now + self.room.guarding.collect_s), self.propose, self.height, turn)

    def propose(self, height: int, turn: Turn) -> None:
        """Send a proposal, unless the height is over meanwhile or not one root has come."""
        if height != self.height:
            return
        snapshot = turn.snapshot or self.room.collect(height, self.agenda.now)
        if min(snapshot.ticks) >= 0:
            self.send(SnapshotProposal(self.number, height, turn.round, turn.valid_round, snapshot, turn.backers))

    def send(self, message: Message) -> None:
        """Tell everybody, oneself first."""
        self.observe(message)
        self.spread(message, self.room.members)
        self.deliver(message)

    def observe(self, message: Message) -> None:
        """Put on record what honest guardians get to see."""
        if isinstance(message, Vote):
            self.room.record.see_vote(message)
        else:
            self.room.record.see_proposal(message)

    def spread(self, message: Message, others: "Iterable[Guardian]") -> None:
        """Send over the network; checking a proposal takes its time at the other end."""
        extra = self.room.check_s if isinstance(message, SnapshotProposal) else 0.0
        after, draw = self.agenda.after, self.delays.draw
        for other in others:
            if other is not self:
                after(extra + draw(), other.deliver, message)

    def finish(self, decision: ConsensusDecision) -> None:
        """A height is over here: tell those who do not know, and begin with the next one at the next tick."""
        if self.is_honest:
            self.room.note_decision(decision)
        self.known_ticks = decision.snapshot.ticks
        self.agenda.after(self.room.guarding.gossip_s, self.gossip, decision)
        self.replicas.pop(self.height - KEPT, None)
        self.height += 1
        tick_s = self.room.tick_s
        # Strictly later, also when a height ends exactly on a tick.
        self.agenda.at((int(self.agenda.now / tick_s) + 1) * tick_s, self.start)

    def gossip(self, decision: ConsensusDecision) -> None:
        """Show the certificate to those who are still at this height (to others it would say nothing)."""
        for other in self.room.members:
            if other is not self and other.height == decision.snapshot.height:
                self.agenda.after(self.delays.draw() + self.room.check_s, other.adopt, decision)
