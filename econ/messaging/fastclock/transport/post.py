"""The life of messages: sent, committed, proven, executed in order, receipted and settled."""

from collections.abc import Callable
from math import ceil
from typing import NamedTuple

from metalab.econ.messaging.fastclock.agenda import Agenda
from metalab.econ.messaging.fastclock.guardians.guardian import Final, Room
from metalab.econ.messaging.fastclock.settings.settings import Settings
from metalab.econ.messaging.fastclock.transport.chains import Chain, RollupChains
from metalab.econ.messaging.fastclock.transport.parcels import MessageStatus, Parcel
from metalab.econ.messaging.fastclock.transport.paths import Paths
from metalab.protocol.messaging.proofs.light_client import Refusal, check_message, check_outbox, prove_rollup
from metalab.protocol.messaging.proofs.verification import Path
from metalab.protocol.messaging.transport.channel import Inbox, Letter, Outbox, Receipt

Channel = tuple[int, int]


class Note(NamedTuple):
    """A receipt in the outbox of the rollup that gave it."""

    receipt: Receipt
    tick: int
    place: int


class Post:
    """Both ends of every channel, and the messages between."""

    def __init__(self, settings: Settings, agenda: Agenda, chains: RollupChains, room: Room) -> None:
        self.settings, self.agenda, self.chains, self.room = settings, agenda, chains, room
        self.paths = Paths(settings)
        self.outboxes: dict[Channel, Outbox] = {}
        self.inboxes: dict[Channel, Inbox] = {}
        self.parcels: list[Parcel] = []
        self.by_letter: dict[tuple[int, int, int], Parcel] = {}
        self.deposited = self.fees_deposited = 0
        self.on_ready: Callable[[Parcel], None] = lambda _: None
        self.on_executed: list[Callable[[Parcel], None]] = []
        self._fresh: list[list[Parcel | Receipt]] = [[] for _ in chains.all]
        self._waiting: list[list[Parcel]] = [[] for _ in chains.all]
        self._notes: list[list[Note]] = [[] for _ in chains.all]

    def get_inbox(self, channel: Channel) -> Inbox:
        """The destination's end."""
        return self.inboxes.setdefault(channel, Inbox(*channel))

    def fund(self, source: Chain, sender: int, amount: int, fee: int) -> None:
        """A sender brings the money that a message needs."""
        source.funds.deposit(sender, amount)
        source.fees.deposit(sender, fee)
        self.deposited += amount
        self.fees_deposited += fee

    def send(self, channel: Channel, sender: int, value_usd: float, amount: int, fee: int, expiry_s: float) -> Parcel | None:
        """Send an amount; None when the sender does not have it, or not the fee."""
        source, now = self.chains.all[channel[0]], self.agenda.now
        if source.funds.get(sender) < amount or source.fees.get(sender) < fee:
            return None
        source.funds.withdraw(sender, amount)
        source.fees.withdraw(sender, fee)
        outbox = self.outboxes.setdefault(channel, Outbox(*channel))
        letter = outbox.send(sender, sender, amount, fee, ceil((now + expiry_s) * 1000.0))
        path = self.paths.choose(source, value_usd, now, expiry_s)
        parcel = Parcel(letter, Path.LIGHT if path is None else path, value_usd, now)
        self.parcels.append(parcel)
        self.by_letter[letter[:3]] = parcel
        self._put(source, letter.encode(), parcel)
        # A millisecond later: at its deadline a message can still be executed.
        self.agenda.at((letter.deadline_ms + 1) / 1000.0, self.expire, parcel)
        self.agenda.after(self.settings.verifying.fallback_s, self.fall_back, parcel)
        return parcel

    def _put(self, chain: Chain, leaf: bytes, item: Parcel | Receipt) -> None:
        chain.pending.append(leaf)
        self._fresh[chain.number].append(item)

    def note_commit(self, tick: int) -> None:
        """What was pending now has its place under a root."""
        for chain, fresh in enumerate(self._fresh):
            for place, item in enumerate(fresh):
                if isinstance(item, Receipt):
                    self._expect_settlement(Note(item, tick, place))
                else:
                    item.tick, item.place = tick, place
                    self._waiting[chain].append(item)
                    self._wait_for_proof(item)
            fresh.clear()

    def _expect_settlement(self, note: Note) -> None:
        """A receipt is proven by a snapshot; where none comes for long, by what its rollup's own finality takes."""
        chain, verifying = self.chains.all[note.receipt.target], self.settings.verifying
        wait_s = chain.wait_s if chain.has_verifier else verifying.challenge_s
        self._notes[chain.number].append(note)
        self.agenda.at(note.tick * self.chains.tick_s + max(wait_s, verifying.fallback_s), self.settle_alone, note)

    def _wait_for_proof(self, parcel: Parcel) -> None:
        """On the direct and optimistic paths a root is good some time after its commitment."""
        if parcel.path != Path.LIGHT:
            wait_s = self.get_wait(parcel)
            self.agenda.at(parcel.tick * self.chains.tick_s + wait_s, self.prove, parcel, parcel.path)

    def get_wait(self, parcel: Parcel) -> float:
        """Seconds from commitment until a root counts without a snapshot."""
        if parcel.path == Path.DIRECT:
            return self.chains.all[parcel.letter.source].wait_s
        return self.settings.verifying.challenge_s

    def fall_back(self, parcel: Parcel) -> None:
        """No snapshot for long: take the best of the other paths, if one can be done in time."""
        if parcel.status != MessageStatus.WAITING or parcel.path != Path.LIGHT or parcel.tick < 0:
            return
        source, left_s = self.chains.all[parcel.letter.source], parcel.letter.deadline_ms / 1000.0 - self.agenda.now
        path = self.paths.choose(source, parcel.value_usd, self.agenda.now, left_s, without_snapshots=True)
        if path is not None:
            parcel.path = path
            self._wait_for_proof(parcel)

    def note_final(self, final: Final) -> None:
        """Messages and receipts under the roots of a final snapshot are proven."""
        self.paths.last_final_s = self.agenda.now
        for chain, tick in enumerate(final.snapshot.ticks):
            waiting, notes = self._waiting[chain], self._notes[chain]
            # Both lists are in the order of ticks: only what stands first can be proven next.
            while waiting and waiting[0].tick <= tick:
                self._note_proven(waiting.pop(0), final)
            while notes and notes[0].tick <= tick:
                self._settle(notes.pop(0), final)

    def _note_proven(self, parcel: Parcel, final: Final) -> None:
        parcel.final, parcel.final_s = final, self.agenda.now
        self.paths.learn_finality(parcel.final_s - parcel.sent_s)
        # It fell back to the long window of the optimistic path, and a snapshot came after all.
        is_stuck = parcel.status == MessageStatus.WAITING and parcel.path == Path.OPTIMISTIC and parcel.first_path == Path.LIGHT
        if parcel.path == Path.LIGHT or is_stuck:
            parcel.path = Path.LIGHT
            self.prove(parcel, Path.LIGHT)

    def prove(self, parcel: Parcel, path: Path) -> None:
        """The message can be proven on its path: hand it to the relayers."""
        if parcel.status == MessageStatus.WAITING and parcel.path == path:
            parcel.status, parcel.proven_s = MessageStatus.READY, self.agenda.now
            self.on_ready(parcel)

    def verify(self, parcel: Parcel, letter: Letter, final: Final | None) -> Refusal:
        """What the destination finds: by light client against `final`, else on the source chain's own finality."""
        source = self.chains.all[letter.source]
        if parcel.tick < 0:
            return Refusal.NOT_FINAL
        if parcel.path == Path.LIGHT:
            if final is None or final.snapshot.ticks[letter.source] < parcel.tick:
                return Refusal.NOT_FINAL
            outbox = source.prove(parcel.tick, parcel.place, final.snapshot.ticks[letter.source])
            proof = prove_rollup(final.snapshot, letter.source, final.certificate)
            return check_message(letter.encode(), letter.source, outbox, proof, self.room.committee.stakes)
        return self._verify_directly(parcel, letter, source)

    def _verify_directly(self, parcel: Parcel, letter: Letter, source: Chain) -> Refusal:
        if self.agenda.now < parcel.tick * self.chains.tick_s + self.get_wait(parcel):
            return Refusal.NOT_FINAL
        proof = source.prove(parcel.tick, parcel.place, parcel.tick)
        return Refusal.OK if check_outbox(letter.encode(), proof, source.roots[parcel.tick]) else Refusal.BAD_PROOF

    def submit(self, parcel: Parcel, letter: Letter, final: Final | None) -> Refusal:
        """A letter with the proof of `parcel` is in a block of its destination (they differ in an attack)."""
        inbox = self.get_inbox((letter.source, letter.target))
        verdict = self.verify(parcel, letter, final)
        result = inbox.receive(letter, verdict, int(self.agenda.now * 1000.0))
        if result == Refusal.OK:
            parcel.status = MessageStatus.ACCEPTED
            self.drain(inbox)
        return result

    def drain(self, inbox: Inbox) -> None:
        """Execute what is next in order, as far as it is here."""
        while (letter := inbox.execute_next(int(self.agenda.now * 1000.0))) is not None:
            parcel, target = self.by_letter[letter[:3]], self.chains.all[letter.target]
            parcel.status, parcel.done_s = MessageStatus.EXECUTED, self.agenda.now
            target.funds.deposit(letter.recipient, letter.amount)
            target.touch(letter.encode())
            self._acknowledge(Receipt(letter.source, letter.target, letter.nonce, True))
            for listener in self.on_executed:
                listener(parcel)

    def expire(self, parcel: Parcel) -> None:
        """The time of a message is over: its destination skips it for good, and what waited behind it goes on."""
        inbox = self.get_inbox((parcel.letter.source, parcel.letter.target))
        receipt = inbox.skip(parcel.letter, int(self.agenda.now * 1000.0))
        if receipt is not None:
            parcel.status = MessageStatus.EXPIRED
            self._acknowledge(receipt)
            self.drain(inbox)

    def _acknowledge(self, receipt: Receipt) -> None:
        self._put(self.chains.all[receipt.target], receipt.encode(), receipt)

    def _settle(self, note: Note, final: Final) -> None:
        """The source's light client verifies a receipt and releases the escrow."""
        receipt = note.receipt
        outbox = self.chains.all[receipt.target].prove(note.tick, note.place, final.snapshot.ticks[receipt.target])
        proof = prove_rollup(final.snapshot, receipt.target, final.certificate)
        if check_message(receipt.encode(), receipt.target, outbox, proof, self.room.committee.stakes) != Refusal.OK:
            return
        self._release(receipt)

    def settle_alone(self, note: Note) -> None:
        """The source verifies a receipt without a snapshot: no escrow waits for guardians who do not agree."""
        receipt, chain = note.receipt, self.chains.all[note.receipt.target]
        if receipt.nonce not in self.outboxes[receipt.source, receipt.target].open:
            return
        if check_outbox(receipt.encode(), chain.prove(note.tick, note.place, note.tick), chain.roots[note.tick]):
            self._release(receipt)

    def _release(self, receipt: Receipt) -> None:
        """A proven receipt: what its letter holds is spent, or goes back to the sender."""
        letter = self.outboxes[receipt.source, receipt.target].settle(receipt)
        if letter is None:
            return
        self.by_letter[letter[:3]].settled_s = self.agenda.now
        if not receipt.was_executed:
            self.chains.all[receipt.source].funds.deposit(letter.sender, letter.amount)
            self.chains.all[receipt.source].fees.deposit(letter.sender, letter.fee)
