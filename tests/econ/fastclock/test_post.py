"""Messages on their way: proven, at most once, in order, and every unit of money accounted for."""

import pytest

from econ.fastclock.parcels import Parcel, Status
from econ.fastclock.simulation import Simulation
from protocol.metalayer.lightclient import Refusal
from protocol.metalayer.verification import Path
from tests.econ.fastclock.lab import get_usual, run

STALLED = {"guarding__offline": 3, "verifying__challenge_s": 100.0, "verifying__fallback_s": 20.0, "minutes": 8.0}


def check_money(simulation: Simulation) -> None:
    """Deposits are in balances, in escrow, paid or moved; nothing else, to the last unit."""
    post, chains = simulation.post, simulation.chains.all
    fees = [outbox.fees for outbox in post.outboxes.values()]
    amounts = [outbox.amounts for outbox in post.outboxes.values()]
    assert sum(chain.fees.total for chain in chains) + sum(purse.held + purse.spent for purse in fees) == post.fees_deposited
    moved = sum(inbox.moved for inbox in post.inboxes.values())
    assert sum(chain.funds.total for chain in chains) - moved + sum(p.held + p.spent for p in amounts) == post.deposited
    assert sum(purse.taken for purse in fees) == sum(parcel.letter.fee for parcel in post.parcels)
    refunds = [p for p in post.parcels if p.status == Status.EXPIRED and p.settled_s >= 0.0]
    assert sum(purse.returned for purse in fees) == sum(parcel.letter.fee for parcel in refunds)


def check_order(simulation: Simulation) -> None:
    """Executions of a channel follow its numbers, and nothing is passed over that is still open."""
    channels: dict[tuple[int, int], list[Parcel]] = {}
    for parcel in simulation.post.parcels:
        channels.setdefault((parcel.letter.source, parcel.letter.target), []).append(parcel)
    for parcels in channels.values():
        assert [parcel.letter.nonce for parcel in parcels] == list(range(len(parcels)))
        done = [parcel for parcel in parcels if parcel.status == Status.EXECUTED]
        times = [parcel.done_s for parcel in done]
        assert times == sorted(times)
        last = max((parcel.letter.nonce for parcel in done), default=0)
        assert all(not parcel.is_open for parcel in parcels[:last])


def check_proofs(simulation: Simulation) -> None:
    """Nothing was executed before what proves it."""
    post, tick_s = simulation.post, simulation.chains.tick_s
    for parcel in post.parcels:
        if parcel.status != Status.EXECUTED:
            continue
        committed = parcel.tick * tick_s
        assert parcel.sent_s <= committed < parcel.done_s < parcel.letter.deadline_ms / 1000.0
        if parcel.path == Path.LIGHT:
            assert parcel.final is not None
            assert parcel.final.snapshot.ticks[parcel.letter.source] >= parcel.tick
            assert committed < parcel.final.final_s == parcel.final_s <= parcel.proven_s <= parcel.done_s
        else:
            assert parcel.done_s >= committed + post.get_wait(parcel)


def check_counts(simulation: Simulation) -> None:
    """Inboxes and messages tell the same."""
    executed = [parcel for parcel in simulation.post.parcels if parcel.status == Status.EXECUTED]
    assert sum(inbox.executed for inbox in simulation.post.inboxes.values()) == len(executed)
    assert sum(len(feed.events) for feed in simulation.feeds.feeds) == len(executed)
    assert simulation.pool.refused[Refusal.BAD_PROOF] == simulation.pool.refused[Refusal.NO_QUORUM] == 0
    assert simulation.pool.refused[Refusal.NOT_FINAL] == 0


def check_all(simulation: Simulation) -> None:
    check_money(simulation)
    check_order(simulation)
    check_proofs(simulation)
    check_counts(simulation)


def test_with_faults_of_every_kind() -> None:
    simulation = get_usual()
    check_all(simulation)
    assert sum(parcel.status == Status.EXECUTED for parcel in simulation.post.parcels) > 200
    assert sum(parcel.status == Status.EXPIRED for parcel in simulation.post.parcels) > 5


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_under_overload(seed: int) -> None:
    simulation = run(seed, traffic__messages_per_day=1e6, relaying__relayers=1, relaying__batch_limit=3, traffic__expiry_s=60.0)
    check_all(simulation)
    assert simulation.pool.queued > 50
    assert sum(parcel.status == Status.EXPIRED for parcel in simulation.post.parcels) > 100


def test_without_snapshots_the_other_paths_are_taken() -> None:
    simulation = run(1, **STALLED)
    check_all(simulation)
    assert simulation.room.finals == {}
    executed = [parcel for parcel in simulation.post.parcels if parcel.status == Status.EXECUTED]
    assert {parcel.path for parcel in executed} == {Path.DIRECT, Path.OPTIMISTIC}
    fallen = [parcel for parcel in executed if parcel.first_path == Path.LIGHT]
    assert fallen
    assert all(parcel.done_s - parcel.sent_s > 20.0 for parcel in fallen)
    assert all(simulation.chains.all[p.letter.source].has_verifier for p in executed if p.path == Path.DIRECT)
    assert all(outbox.fees.spent == outbox.fees.returned == 0 for outbox in simulation.post.outboxes.values())


def test_large_values_take_the_safer_path() -> None:
    simulation = run(1, traffic__rollups=12, verifying__verifier_share=1.0, traffic__value_sigma=2.5, minutes=10.0)
    groups = {path: [p.value_usd for p in simulation.post.parcels if p.first_path == path] for path in Path}
    assert min(len(groups[Path.LIGHT]), len(groups[Path.DIRECT])) > 10
    assert sum(groups[Path.DIRECT]) / len(groups[Path.DIRECT]) > 10 * sum(groups[Path.LIGHT]) / len(groups[Path.LIGHT])


def test_hasty_messages_expire_and_get_their_money_back() -> None:
    simulation = run(2, traffic__hasty_share=1.0, traffic__hasty_s=5.0)
    check_all(simulation)
    expired = [parcel for parcel in simulation.post.parcels if parcel.status == Status.EXPIRED]
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
