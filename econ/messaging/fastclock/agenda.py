"""The agenda of an event-driven simulation: what happens next, and in which order at the same instant."""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

Handler = Callable[..., object]


class Agenda:
    """Events by time; those of one instant happen in the order in which they were entered."""

    __slots__ = ("_count", "_heap", "now")

    def __init__(self) -> None:
        self.now = 0.0
        self._heap: list[tuple[float, int, Handler, tuple[Any, ...]]] = []
        self._count = 0

    def at(self, time: float, handler: Handler, *arguments: Any) -> None:
        """Enter an event; one that is in the past happens now."""
        self._count += 1
        # The count orders events of one instant, and keeps the heap from comparing handlers.
        heappush(self._heap, (time if time > self.now else self.now, self._count, handler, arguments))

    def after(self, delay: float, handler: Handler, *arguments: Any) -> None:
        """Enter an event `delay` seconds from now."""
        self._count += 1
        heappush(self._heap, (self.now + delay, self._count, handler, arguments))

    def run(self, end: float) -> None:
        """Let everything happen up to and including the time `end`."""
        heap = self._heap
        while heap and heap[0][0] <= end:
            time, _, handler, arguments = heappop(heap)
            self.now = time
            handler(*arguments)
        self.now = max(self.now, end)

    @property
    def entered(self) -> int:
        """How many events have been entered so far."""
        return self._count
