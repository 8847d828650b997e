"""Data messages are carried, priced and, on-chain, proven."""

import pytest

from metalab.protocol.messaging.transport.data_routes import DataRoute
from tests.econ.messaging.fastclock.lab import run

BUSY = {"administration__data_per_hour": 3_000.0, "minutes": 10.0, "traffic__messages_per_day": 0.0}


def test_off_chain_data_goes_straight_and_on_chain_data_waits_for_a_snapshot() -> None:
    simulation = run(1, **BUSY)
    data, finals = simulation.data, sorted(simulation.room.finals.values(), key=lambda final: final.final_s)
    assert len(data.delivered) > 200
    for number, time in data.delivered.items():
        item = data.items[number]
        if item.kind == DataRoute.OFF_CHAIN:
            assert time == item.carried_s
        else:
            proofs = [final.final_s for final in finals if final.start_s >= item.sent_s and final.final_s >= item.carried_s]
            assert time == proofs[0]


def test_fees_are_those_of_the_carrier() -> None:
    for item in run(1, **BUSY).data.items:
        per_byte = 10 // 2**item.carrier
        assert item.fee == 10_000 + per_byte * item.size + (20_000 if item.kind == DataRoute.ON_CHAIN else 0)


def test_queues_drive_senders_to_dearer_and_faster_relays() -> None:
    def count(rate: float) -> float:
        items = run(1, **BUSY | {"administration__data_per_hour": rate}).data.items
        return sum(item.carrier == 0 for item in items) / len(items)

    assert count(300.0) < 0.05 < count(6_000.0)


@pytest.mark.parametrize(("share", "kinds"), [(0.0, {DataRoute.ON_CHAIN}), (1.0, {DataRoute.OFF_CHAIN})])
def test_shares(share: float, kinds: set[DataRoute]) -> None:
    assert {item.kind for item in run(1, **BUSY, administration__off_chain_share=share).data.items} == kinds


def test_without_snapshots_on_chain_data_does_not_arrive() -> None:
    data = run(1, guarding__offline=3, **BUSY).data
    assert {data.items[number].kind for number in data.delivered} == {DataRoute.OFF_CHAIN}
    assert data.waiting
