"""Messages on their way: proven, at most once, in order, and every unit of money accounted for."""

import pytest

from metalab.econ.messaging.fastclock.transport.parcels import MessageStatus
from metalab.protocol.messaging.proofs.verification import Path
from tests.econ.messaging.fastclock.invariants import check_all
from tests.econ.messaging.fastclock.lab import get_usual, run

STALLED = {"guarding__offline": 3, "verifying__challenge_s": 100.0, "verifying__fallback_s": 20.0, "minutes": 8.0}


def test_with_faults_of_every_kind() -> None:
    simulation = get_usual()
    check_all(simulation)
    assert sum(parcel.status == MessageStatus.EXECUTED for parcel in simulation.post.parcels) > 200
    assert sum(parcel.status == MessageStatus.EXPIRED for parcel in simulation.post.parcels) > 5


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_under_overload(seed: int) -> None:
    simulation = run(seed, traffic__messages_per_day=1e6, relaying__relayers=1, relaying__batch_limit=3, traffic__expiry_s=60.0)
    check_all(simulation)
    assert simulation.pool.queued > 50
    assert sum(parcel.status == MessageStatus.EXPIRED for parcel in simulation.post.parcels) > 100


def test_without_snapshots_the_other_paths_are_taken() -> None:
    simulation = run(1, **STALLED)
    check_all(simulation)
    assert simulation.room.finals == {}
    executed = [parcel for parcel in simulation.post.parcels if parcel.status == MessageStatus.EXECUTED]
    assert {parcel.path for parcel in executed} == {Path.DIRECT, Path.OPTIMISTIC}
    fallen = [parcel for parcel in executed if parcel.first_path == Path.LIGHT]
    assert fallen
    assert all(parcel.done_s - parcel.sent_s > 20.0 for parcel in fallen)
    assert all(simulation.chains.all[p.letter.source].has_verifier for p in executed if p.path == Path.DIRECT)


def test_escrow_does_not_wait_for_guardians_who_do_not_agree() -> None:
    simulation = run(1, **STALLED, traffic__hasty_share=0.5)
    check_all(simulation)
    tick_s, settings = simulation.chains.tick_s, simulation.settings.verifying
    fates = {
        status: [p for p in simulation.post.parcels if p.status == status] for status in (MessageStatus.EXECUTED, MessageStatus.EXPIRED)
    }
    for parcels in fates.values():
        settled = [parcel for parcel in parcels if parcel.settled_s >= 0.0]
        assert len(settled) > 20
        for parcel in settled:
            target = simulation.chains.all[parcel.letter.target]
            wait_s = target.wait_s if target.has_verifier else settings.challenge_s
            end_s = parcel.done_s if parcel.status == MessageStatus.EXECUTED else parcel.letter.deadline_ms / 1000.0
            assert parcel.settled_s >= end_s + max(wait_s, settings.fallback_s) - 1e-9
            assert parcel.settled_s <= end_s + max(wait_s, settings.fallback_s) + 2.0 * tick_s
    purses = [outbox.fees for outbox in simulation.post.outboxes.values()]
    assert min(sum(purse.spent for purse in purses), sum(purse.returned for purse in purses)) > 0


def test_large_values_take_the_safer_path() -> None:
    simulation = run(1, traffic__rollups=12, verifying__verifier_share=1.0, traffic__value_sigma=2.5, minutes=10.0)
    groups = {path: [p.value_usd for p in simulation.post.parcels if p.first_path == path] for path in Path}
    assert min(len(groups[Path.LIGHT]), len(groups[Path.DIRECT])) > 10
    assert sum(groups[Path.DIRECT]) / len(groups[Path.DIRECT]) > 10 * sum(groups[Path.LIGHT]) / len(groups[Path.LIGHT])


def test_hasty_messages_expire_and_get_their_money_back() -> None:
    simulation = run(2, traffic__hasty_share=1.0, traffic__hasty_s=5.0)
    check_all(simulation)
    expired = [parcel for parcel in simulation.post.parcels if parcel.status == MessageStatus.EXPIRED]
    settled = [parcel for parcel in expired if parcel.settled_s >= 0.0]
    assert len(settled) > 50
    assert all(parcel.settled_s > parcel.sent_s + 5.0 for parcel in settled)


def test_who_has_no_money_cannot_send() -> None:
    simulation = run(1, minutes=0.05)
    post, chain = simulation.post, simulation.chains.all[0]
    before = len(post.parcels)
    assert post.send((0, 1), 77, 10.0, 10, 1, 60.0) is None
    post.fund(chain, 77, 10, 0)
    assert post.send((0, 1), 77, 10.0, 10, 1, 60.0) is None
    assert (len(post.parcels), chain.funds.get(77)) == (before, 10)
    post.fund(chain, 77, 0, 1)
    assert post.send((0, 1), 77, 10.0, 10, 1, 60.0) is not None
    assert (chain.funds.get(77), chain.fees.get(77)) == (0, 0)
    assert post.send((0, 1), 77, 10.0, 10, 1, 60.0) is None
