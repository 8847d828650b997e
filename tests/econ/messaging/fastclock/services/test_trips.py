"""The assistant against the naive choice."""

from statistics import mean

import pytest

from tests.econ.messaging.fastclock.lab import run

BUSY = {"transfers__trips_per_hour": 2_000.0, "minutes": 60.0, "traffic__messages_per_day": 0.0, "guarding__offline": 3}


def get_costs(seed: int = 1, **values: float) -> tuple[float, float]:
    pairs = run(seed, **BUSY, **values).trips.pairs
    return mean(naive.cost_usd for naive, _ in pairs), mean(informed.cost_usd for _, informed in pairs)


@pytest.mark.parametrize("seed", [1, 2])
def test_congestion_makes_it_useful(seed: int) -> None:
    naive, informed = get_costs(seed)
    assert informed < 0.9 * naive


def test_without_congestion_there_is_nothing_to_gain() -> None:
    pairs = run(1, **BUSY, transfers__congested_s=1.0, transfers__calm_s=1e7).trips.pairs
    assert all(naive == informed for naive, informed in pairs)


def test_without_other_lanes_there_is_no_choice() -> None:
    pairs = run(1, **BUSY, transfers__hubs=0).trips.pairs
    assert len(pairs) > 1000
    assert all(naive == informed and naive.lane == 0 for naive, informed in pairs)


def test_the_same_lane_has_the_same_luck_for_both() -> None:
    pairs = run(1, **BUSY).trips.pairs
    same = [(naive, informed) for naive, informed in pairs if naive.lane == informed.lane]
    assert 0 < len(same) < len(pairs)
    assert all(naive == informed for naive, informed in same)


def test_trips_cost_what_they_cost() -> None:
    for pair in run(1, **BUSY).trips.pairs[:500]:
        for trip in pair:
            hops = round((trip.cost_usd - trip.delay_s * 0.0005 - trip.has_failed) / 0.02)
            assert hops in ((1,) if trip.lane == 0 else (1, 2))
            assert trip.cost_usd == pytest.approx(hops * 0.02 + trip.delay_s * 0.0005 + trip.has_failed)
