"""Subscribers of rollups' events, served by relayers that lose messages and go down."""

from metalab.econ.kernel.chance.sequence import Sequence
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.messaging.fastclock.agenda import Agenda
from metalab.econ.messaging.fastclock.network import Delays
from metalab.econ.messaging.fastclock.settings.settings import Settings
from metalab.econ.messaging.fastclock.transport.parcels import Parcel
from metalab.econ.messaging.fastclock.transport.post import Post
from metalab.econ.messaging.fastclock.transport.relayers import RelayerPool
from metalab.protocol.messaging.transport.subscriptions import Event, Feed, Subscription


class Subscriber:
    """A subscription and the relayer that serves it."""

    def __init__(self, number: int, seed: int, settings: Settings, rollup: int) -> None:
        # Sequence 0 places the subscribers; each has two of its own after it.
        self.draws = Sequence(seed, Stream.METALAYER_FEEDS, 2 * number + 1)
        self.delays = Delays(seed, Stream.METALAYER_FEEDS, 2 * number + 2, settings.guarding.hop_s, settings.guarding.hop_sigma)
        self.subscription = Subscription(rollup)
        self.relayer = number % settings.relaying.relayers
        self.seen: list[int] = []


class Feeds:
    """One feed per rollup; every executed message is an event of its destination."""

    def __init__(self, seed: int, settings: Settings, agenda: Agenda, post: Post, pool: RelayerPool) -> None:
        self.settings, self.agenda, self.pool = settings.relaying, agenda, pool
        self.feeds = [Feed(chain.number) for chain in post.chains.all]
        self.times: list[list[float]] = [[] for _ in self.feeds]
        places = Sequence(seed, Stream.METALAYER_FEEDS, 0)
        count = settings.relaying.subscribers
        self.subscribers = [Subscriber(k, seed, settings, post.chains.choose(places.draw())) for k in range(count)]
        self.delays: list[float] = []
        self.handovers = self.lost = 0
        for subscriber in self.subscribers:
            # Heartbeats begin at different times: subscribers do not all ask at once.
            agenda.after(subscriber.draws.draw() * self.settings.heartbeat_s, self.beat, subscriber)

    def publish(self, parcel: Parcel) -> None:
        """A message was executed: its subscribers are notified."""
        rollup = parcel.letter.target
        event = self.feeds[rollup].publish(parcel.letter.nonce)
        self.times[rollup].append(self.agenda.now)
        for subscriber in self.subscribers:
            if subscriber.subscription.rollup == rollup:
                self.push(subscriber, event)

    def push(self, subscriber: Subscriber, event: Event) -> None:
        """The subscriber's relayer sends an event, if it is up; it may be lost."""
        if not self.pool.relayers[subscriber.relayer].is_up:
            return
        if subscriber.draws.draw() < self.settings.push_loss:
            self.lost += 1
        else:
            self.agenda.after(subscriber.delays.draw(), self.arrive, subscriber, event)

    def arrive(self, subscriber: Subscriber, event: Event) -> None:
        """An event comes in; what can be seen in order is seen."""
        for seen in subscriber.subscription.accept(event):
            subscriber.seen.append(seen.number)
            self.delays.append(self.agenda.now - self.times[seen.rollup][seen.number])

    def beat(self, subscriber: Subscriber) -> None:
        """Change to another relayer if this one is silent, and ask for everything that is missing."""
        relayers = self.pool.relayers
        if not relayers[subscriber.relayer].is_up:
            subscriber.relayer = next((k for k, relayer in enumerate(relayers) if relayer.is_up), subscriber.relayer)
            self.handovers += 1
        subscription = subscriber.subscription
        for event in self.feeds[subscription.rollup].list_from(subscription.cursor):
            self.push(subscriber, event)
        self.agenda.after(self.settings.heartbeat_s, self.beat, subscriber)
