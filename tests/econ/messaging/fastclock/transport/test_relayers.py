"""Relayers: batches, failures, crashes; the destination refuses what comes twice."""

import pytest

from metalab.econ.messaging.fastclock.figures.delivery import list_users_parcels
from metalab.econ.messaging.fastclock.transport.parcels import MessageStatus
from metalab.protocol.messaging.proofs.light_client import Refusal
from tests.econ.messaging.fastclock.lab import get_usual, run


def get_delays(**values: float) -> list[float]:
    simulation = run(1, **values)
    return [parcel.done_s - parcel.sent_s for parcel in simulation.post.parcels if parcel.status == MessageStatus.EXECUTED]


def test_crashes_and_failures_are_survived() -> None:
    simulation = get_usual()
    pool = simulation.pool
    assert min(pool.crashes, pool.failures, pool.handovers) > 5
    assert pool.refused[Refusal.REPLAYED] > 0
    old = [parcel for parcel in simulation.post.parcels if parcel.sent_s < simulation.end_s - 200.0]
    assert all(not parcel.is_open for parcel in old)
    assert any(parcel.tries > 1 for parcel in old)


def test_without_faults_everything_is_carried_once() -> None:
    simulation = run(1, relaying__crashes_per_hour=0.0, relaying__relay_failure=0.0)
    assert simulation.pool.refused[Refusal.REPLAYED] == 0
    executed = [parcel for parcel in simulation.post.parcels if parcel.status == MessageStatus.EXECUTED]
    assert {parcel.tries for parcel in executed} == {1}
    assert all(1 <= parcel.batch <= simulation.settings.relaying.batch_limit for parcel in executed)


def test_notices_that_are_never_lost_cause_no_repetition() -> None:
    never = run(2, relaying__crashes_per_hour=120.0, relaying__lost_notice=0.0, minutes=10.0)
    always = run(2, relaying__crashes_per_hour=120.0, relaying__lost_notice=1.0, minutes=10.0)
    assert never.pool.refused[Refusal.REPLAYED] == 0 < always.pool.refused[Refusal.REPLAYED]


@pytest.mark.parametrize("better", [{"relaying__relayers": 8}, {"relaying__relay_s": 0.5}, {"guarding__tick_s": 1.5}])
def test_more_capacity_is_faster(better: dict[str, float]) -> None:
    worse, improved = get_delays(), get_delays(**better)
    assert sum(improved) / len(improved) < sum(worse) / len(worse)


def test_load_fills_batches_and_makes_gas_cheaper() -> None:
    light, heavy = (run(1, traffic__messages_per_day=rate, relaying__relayers=1) for rate in (10_000.0, 500_000.0))
    means = []
    for simulation in (light, heavy):
        executed = [parcel for parcel in list_users_parcels(simulation) if parcel.status == MessageStatus.EXECUTED and parcel.tries == 1]
        means.append(sum(parcel.gas for parcel in executed) / len(executed))
    assert heavy.pool.submitted / heavy.pool.batches > 3 * light.pool.submitted / light.pool.batches
    assert means[1] < 0.7 * means[0]
