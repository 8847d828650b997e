"""Attacks: replays, double spends and forged attestations, each sent as a real attacker would."""

from enum import IntEnum

from metalab.econ.kernel.chance.sequence import Sequence
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.messaging.fastclock.agenda import Agenda
from metalab.econ.messaging.fastclock.guardians.guardian import Final
from metalab.econ.messaging.fastclock.network import Arrivals
from metalab.econ.messaging.fastclock.settings.settings import Settings
from metalab.econ.messaging.fastclock.transport.parcels import MessageStatus, Parcel
from metalab.econ.messaging.fastclock.transport.post import Post
from metalab.protocol.messaging.agreement.snapshots import Header, compute_header_root, make_snapshot
from metalab.protocol.messaging.agreement.votes import Certificate
from metalab.protocol.messaging.proofs.light_client import OutboxProof, Refusal, check_message, prove_rollup
from metalab.protocol.messaging.proofs.merkle import compute_root
from metalab.protocol.messaging.transport.channel import Letter

THIEF = 1 << 50
"""The account that gains."""


class Attack(IntEnum):
    """What is tried."""

    REPLAY = 0
    SPEND_TWICE = 1
    CHANGED_MESSAGE = 2
    FORGED_ATTESTATION = 3
    BEFORE_FINALITY = 4


class Attackers:
    """All attempts and what became of them."""

    GROUPS = {
        "replays": (Attack.REPLAY,),
        "double_spends": (Attack.SPEND_TWICE, Attack.CHANGED_MESSAGE),
        "forgeries": (Attack.FORGED_ATTESTATION, Attack.BEFORE_FINALITY),
    }

    def __init__(self, seed: int, settings: Settings, agenda: Agenda, post: Post, byzantine: tuple[int, ...]) -> None:
        self.agenda, self.post, self.byzantine = agenda, post, byzantine
        self.draws = Sequence(seed, Stream.METALAYER_ATTACKS, 0)
        self.attempts = dict.fromkeys(Attack, 0)
        self.rejected = dict.fromkeys(Attack, 0)
        self.reasons = dict.fromkeys(Refusal, 0)
        self.refused_at_source = 0
        relaying = settings.relaying
        rates = relaying.replays_per_hour, relaying.double_spends_per_hour, relaying.forgeries_per_hour
        for entity, (rate, attacks) in enumerate(zip(rates, self.GROUPS.values(), strict=True), 1):
            arrivals = Arrivals(Sequence(seed, Stream.METALAYER_ATTACKS, entity), rate)
            agenda.after(arrivals.draw(), self.strike, arrivals, attacks)

    def strike(self, arrivals: Arrivals, attacks: tuple[Attack, ...]) -> None:
        """One attempt, if there is anything to attack yet."""
        u, v = self.draws.draw(), self.draws.draw()
        attack = attacks[int(u * len(attacks))]
        victim = self.find_victim(attack, v)
        if victim is not None:
            if attack == Attack.SPEND_TWICE:
                self.spend_again(victim)
            else:
                target = self.post.chains.all[victim.letter.target]
                self.agenda.at(target.find_block(self.agenda.now), self.submit, attack, victim)
        self.agenda.after(arrivals.draw(), self.strike, arrivals, attacks)

    def find_victim(self, attack: Attack, u: float) -> Parcel | None:
        """A message of the kind that the attack needs, among the newest; one whose money went back is of no use."""
        wanted = {Attack.REPLAY: MessageStatus.EXECUTED, Attack.BEFORE_FINALITY: MessageStatus.WAITING}.get(attack)
        # The newest 200 are enough to choose from, and keep a look at a long run short.
        recent = [p for p in self.post.parcels[-200:] if (p.status == wanted if wanted is not None else p.status != MessageStatus.EXPIRED)]
        return recent[int(u * len(recent))] if recent else None

    def spend_again(self, victim: Parcel) -> None:
        """Send the money of a message once more, from the same account."""
        letter = victim.letter
        self.attempts[Attack.SPEND_TWICE] += 1
        # 60 s: an expiry like any other; the attempt is decided when it is sent.
        again = self.post.send((letter.source, letter.target), letter.sender, victim.value_usd, letter.amount, letter.fee, 60.0)
        if again is None:
            self.rejected[Attack.SPEND_TWICE] += 1
            self.refused_at_source += 1

    def submit(self, attack: Attack, victim: Parcel) -> None:
        """Bring a message to its destination that should not be executed there."""
        letter, now_ms = victim.letter, int(self.agenda.now * 1000.0)
        if attack == Attack.BEFORE_FINALITY and victim.status != MessageStatus.WAITING:
            return  # final by now: the attack has no target
        self.attempts[attack] += 1
        if attack in (Attack.CHANGED_MESSAGE, Attack.FORGED_ATTESTATION):
            # More than was sent, also where nothing was.
            letter = letter._replace(recipient=THIEF, amount=2 * letter.amount + 1)
        final = self.post.room.newest
        if attack == Attack.FORGED_ATTESTATION:
            verdict = self.verify_forgery(letter, final)
        else:
            verdict = self.post.verify(victim, letter, victim.final if attack == Attack.REPLAY else final)
        inbox = self.post.get_inbox((letter.source, letter.target))
        result = inbox.receive(letter, verdict, now_ms)
        self.reasons[result] += 1
        if result != Refusal.OK:
            self.rejected[attack] += 1
        else:
            self.post.drain(inbox)

    def verify_forgery(self, letter: Letter, final: Final | None) -> Refusal:
        """A made-up header with the thief's message, in a snapshot that only Byzantine guardians sign."""
        if final is None:
            return Refusal.NOT_FINAL
        leaf, source = letter.encode(), letter.source
        header = Header(source, final.snapshot.ticks[source] + 1, final.snapshot.roots[source], bytes(32), compute_root([leaf]))
        roots = list(final.snapshot.roots)
        roots[source] = compute_header_root(header)
        snapshot = make_snapshot(final.snapshot.height + 1, final.snapshot.ticks, tuple(roots))
        certificate = Certificate(snapshot.height, 0, snapshot.digest, self.byzantine)
        outbox = OutboxProof(0, 1, (), (header,))
        return check_message(leaf, source, outbox, prove_rollup(snapshot, source, certificate), self.post.room.committee.stakes)

    def count_successes(self) -> int:
        """Attempts that were not rejected."""
        return sum(self.attempts.values()) - sum(self.rejected.values())
