"""Each subscriber sees each event once and in order."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from metalab.protocol.messaging.transport.subscriptions import Event, Feed, Subscription


class Serving(RuleBasedStateMachine):
    """Relayers that lose, repeat and reorder; a new one begins at the cursor."""

    def __init__(self) -> None:
        super().__init__()
        self.feed, self.subscription = Feed(3), Subscription(3)
        self.seen: list[Event] = []
        self.brought = self.dropped = 0

    @rule(content=st.integers(0, 5))
    def publish(self, content: int) -> None:
        self.feed.publish(content)

    @rule(data=st.data())
    def bring(self, data: st.DataObject) -> None:
        if self.feed.events:
            self.take(data.draw(st.sampled_from(self.feed.events)))

    def take(self, event: Event) -> None:
        before = self.subscription.duplicates
        self.seen += self.subscription.accept(event)
        self.brought += 1
        self.dropped += self.subscription.duplicates - before

    @rule()
    def bring_foreign(self) -> None:
        assert self.subscription.accept(Event(4, self.subscription.cursor, 0)) == []

    @rule()
    def hand_over(self) -> None:
        for event in self.feed.list_from(self.subscription.cursor):
            self.take(event)
        assert self.seen == self.feed.events
        assert not self.subscription.has_gap

    @invariant()
    def once_and_in_order(self) -> None:
        assert self.seen == self.feed.events[: len(self.seen)]
        assert self.subscription.cursor == len(self.seen)


TestServing = Serving.TestCase
TestServing.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)


def test_early_events_wait_and_late_ones_are_dropped() -> None:
    feed, subscription = Feed(0), Subscription(0)
    one, two, three = (feed.publish(k) for k in range(3))
    assert subscription.accept(three) == []
    assert subscription.has_gap
    assert subscription.accept(two) == []
    assert subscription.accept(two) == []
    assert subscription.accept(one) == [one, two, three]
    assert subscription.accept(one) == []
    assert subscription.duplicates == 2
