"""Event subscriptions: a subscriber sees each event of a rollup once and in order, whichever relayer brings it."""

from typing import NamedTuple


class Event(NamedTuple):
    """Something that happened on a rollup; `number` counts from 0 without gaps."""

    rollup: int
    number: int
    content: int


class Feed:
    """All events of a rollup, kept so that any relayer can serve any subscriber from any place."""

    def __init__(self, rollup: int) -> None:
        self.rollup = rollup
        self.events: list[Event] = []

    def publish(self, content: int) -> Event:
        """Append an event."""
        event = Event(self.rollup, len(self.events), content)
        self.events.append(event)
        return event

    def list_from(self, number: int) -> list[Event]:
        """What somebody who has seen everything below `number` has yet to see."""
        return self.events[number:]


class Subscription:
    """A subscriber's cursor. Late events wait for the missing ones, known ones are dropped."""

    def __init__(self, rollup: int) -> None:
        self.rollup = rollup
        self.cursor = 0
        self.duplicates = 0
        self._early: dict[int, Event] = {}

    def accept(self, event: Event) -> list[Event]:
        """The events that are seen because this one came in: none, it, or it and later ones that waited."""
        if event.rollup != self.rollup or event.number < self.cursor or event.number in self._early:
            self.duplicates += 1
            return []
        self._early[event.number] = event
        seen = []
        while self.cursor in self._early:
            seen.append(self._early.pop(self.cursor))
            self.cursor += 1
        return seen

    @property
    def has_gap(self) -> bool:
        """Whether an event is missing before one that came in."""
        return bool(self._early)
