"""Subscribers see every event once and in order, after losses and failures of relayers."""

import pytest

from tests.econ.messaging.fastclock.lab import get_usual, run


@pytest.mark.parametrize("loss", [0.0, 0.3])
@pytest.mark.parametrize("crashes", [0.0, 60.0])
def test_once_and_in_order(loss: float, crashes: float) -> None:
    simulation = run(1, relaying__push_loss=loss, relaying__crashes_per_hour=crashes)
    feeds = simulation.feeds
    due = served = 0
    for subscriber in feeds.subscribers:
        assert subscriber.seen == list(range(len(subscriber.seen)))
        old = [time for time in feeds.times[subscriber.subscription.rollup] if time < simulation.end_s - 90.0]
        assert len(subscriber.seen) >= len(old)
        due, served = due + len(old), served + len(subscriber.seen)
    assert served > 100
    assert (feeds.lost > 0) == (loss > 0)


def test_another_relayer_takes_over() -> None:
    feeds = get_usual().feeds
    assert feeds.handovers > 0
    assert sum(subscriber.subscription.duplicates for subscriber in feeds.subscribers) > 0
    assert len(feeds.delays) == sum(len(subscriber.seen) for subscriber in feeds.subscribers)
    assert min(feeds.delays) > 0.0
