"""Relayers carry proven messages in batches; they fail, crash, and repeat each other's work."""

from collections import deque

from metalab.econ.kernel.chance.sequence import Sequence
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.messaging.fastclock.agenda import Agenda
from metalab.econ.messaging.fastclock.network import Arrivals, Delays
from metalab.econ.messaging.fastclock.settings.settings import Settings
from metalab.econ.messaging.fastclock.transport.chains import WHOLE_WORLD
from metalab.econ.messaging.fastclock.transport.parcels import Parcel
from metalab.econ.messaging.fastclock.transport.post import Post
from metalab.protocol.kernel.calendar_units import SECONDS_AN_HOUR
from metalab.protocol.messaging.proofs.aggregation import measure_batch, price_batch
from metalab.protocol.messaging.proofs.light_client import Refusal, count_outbox_bytes
from metalab.protocol.messaging.proofs.verification import Path

Batch = list[Parcel]


class Relayer:
    """One relayer: whether it is up, and what it works on."""

    def __init__(self, number: int, seed: int, settings: Settings) -> None:
        relaying = settings.relaying
        self.number = number
        self.draws = Sequence(seed, Stream.METALAYER_RELAYS, number)
        self.works = Delays(seed, Stream.METALAYER_RELAYS, WHOLE_WORLD + number, relaying.relay_s, relaying.relay_sigma)
        self.crashes = Arrivals(self.draws, relaying.crashes_per_hour)
        self.repairs = Arrivals(self.draws, SECONDS_AN_HOUR / relaying.repair_s)
        self.is_up = True
        self.batch: Batch = []
        self.epoch = 0


class RelayerPool:
    """The relayers' common queue, one line per destination; the line that has waited longest is served first."""

    def __init__(self, seed: int, settings: Settings, agenda: Agenda, post: Post) -> None:
        self.settings, self.agenda, self.post = settings.relaying, agenda, post
        self.relayers = [Relayer(number, seed, settings) for number in range(settings.relaying.relayers)]
        self.lines: dict[int, deque[Parcel]] = {}
        self.refused = dict.fromkeys(Refusal, 0)
        self.batches = self.failures = self.crashes = self.handovers = 0
        self.submitted = self.queued = 0
        for relayer in self.relayers:
            agenda.after(relayer.crashes.draw(), self.crash, relayer)

    def add(self, parcel: Parcel) -> None:
        """A message is ready to be carried."""
        self.lines.setdefault(parcel.letter.target, deque()).append(parcel)
        self.queued += 1
        self.dispatch()

    def dispatch(self) -> None:
        """Give work to idle relayers."""
        for relayer in self.relayers:
            if not self.lines:
                return
            if relayer.is_up and not relayer.batch:
                self._take(relayer, next(iter(self.lines)))

    def _take(self, relayer: Relayer, target: int) -> None:
        line = self.lines.pop(target)
        relayer.batch = [line.popleft() for _ in range(min(len(line), self.settings.batch_limit))]
        # What the batch has no room for joins the end of the queue: a busy destination does not hold up the others.
        if line:
            self.lines[target] = line
        self.queued -= len(relayer.batch)
        for parcel in relayer.batch:
            parcel.tries += 1
        self.agenda.after(relayer.works.draw(), self.submit, relayer, relayer.epoch)

    def submit(self, relayer: Relayer, epoch: int) -> None:
        """The work on a batch is done, unless the relayer has crashed meanwhile."""
        if epoch != relayer.epoch:
            return
        batch, relayer.batch = relayer.batch, []
        if relayer.draws.draw() < self.settings.relay_failure:
            self.failures += 1
            self.agenda.after(self.settings.retry_s, self.requeue, batch)
        else:
            self._send(batch)
        self.dispatch()

    def _send(self, batch: Batch) -> None:
        target = self.post.chains.all[batch[0].letter.target]
        self.agenda.at(target.find_block(self.agenda.now), self.include, batch)

    def requeue(self, batch: Batch) -> None:
        """Queue the messages of a batch again."""
        for parcel in batch:
            self.add(parcel)

    def crash(self, relayer: Relayer) -> None:
        """A relayer goes down. Its batch may be out already, but its outcome is unknown: after a while another relayer repeats it."""
        relayer.is_up, relayer.epoch = False, relayer.epoch + 1
        self.crashes += 1
        batch, relayer.batch = relayer.batch, []
        if batch:
            self.handovers += 1
            if relayer.draws.draw() < self.settings.lost_notice:
                self._send(batch)
            self.agenda.after(self.settings.lease_s, self.requeue, batch)
        self.agenda.after(relayer.repairs.draw(), self.restore, relayer)

    def restore(self, relayer: Relayer) -> None:
        """A relayer is back."""
        relayer.is_up = True
        self.agenda.after(relayer.crashes.draw(), self.crash, relayer)
        self.dispatch()

    def include(self, batch: Batch) -> None:
        """A batch is in a block: every message is verified for itself, the attestation is shared."""
        finals = [parcel.final for parcel in batch if parcel.path == Path.LIGHT and parcel.final is not None]
        # One attestation for the whole batch: the newest covers the roots of all.
        newest = max(finals, key=lambda final: final.snapshot.height, default=None)
        for parcel in batch:
            was_open = parcel.is_open
            result = self.post.submit(parcel, parcel.letter, newest)
            self.refused[result] += 1
            if result == Refusal.OK and was_open:
                parcel.batch = len(batch)
        self._charge(batch)

    def _charge(self, batch: Batch) -> None:
        """Gas of a batch, shared by its messages; the messages of each path pay for that path."""
        self.batches += 1
        self.submitted += len(batch)
        for path in Path:
            part = [parcel for parcel in batch if parcel.path == path and parcel.tick >= 0]
            if part:
                gas = self._price(part, path) / len(part)
                for parcel in part:
                    parcel.gas += gas
                    self.post.paths.learn_carriage(max(self.agenda.now - parcel.proven_s, 0.0), path, gas)

    def _price(self, part: Batch, path: Path) -> float:
        """Gas of the messages of one path in a batch."""
        post, verifying = self.post, self.post.settings.verifying
        if path != Path.LIGHT:
            proofs = [post.chains.all[parcel.letter.source].prove(parcel.tick, parcel.place, parcel.tick) for parcel in part]
            each = verifying.direct_gas if path == Path.DIRECT else verifying.optimistic_gas
            size = sum(count_outbox_bytes(proof) for proof in proofs)
            return (each + verifying.execution_gas) * len(part) + verifying.transaction_gas + verifying.byte_gas * size
        finals = [parcel.final for parcel in part if parcel.final is not None]
        snapshot = max(finals, key=lambda final: final.snapshot.height).snapshot
        sources = [parcel.letter.source for parcel in part]
        ways = [
            post.chains.all[source].prove(parcel.tick, parcel.place, snapshot.ticks[source])
            for parcel, source in zip(part, sources, strict=True)
        ]
        load = measure_batch(snapshot, sources, ways, len(post.room.committee.stakes))
        return price_batch(load, post.paths.prices)
