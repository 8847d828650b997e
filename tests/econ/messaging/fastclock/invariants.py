"""What must hold of messages and money at the end of any simulation."""

from metalab.econ.messaging.fastclock.simulation import Simulation
from metalab.econ.messaging.fastclock.transport.parcels import MessageStatus, Parcel
from metalab.protocol.messaging.proofs.light_client import Refusal
from metalab.protocol.messaging.proofs.verification import Path


def check_money(simulation: Simulation) -> None:
    """Deposits are in balances, in escrow, paid or moved; nothing else, to the last unit."""
    post, chains = simulation.post, simulation.chains.all
    fees = [outbox.fees for outbox in post.outboxes.values()]
    amounts = [outbox.amounts for outbox in post.outboxes.values()]
    assert sum(chain.fees.total for chain in chains) + sum(purse.held + purse.spent for purse in fees) == post.fees_deposited
    moved = sum(inbox.moved for inbox in post.inboxes.values())
    assert sum(chain.funds.total for chain in chains) - moved + sum(p.held + p.spent for p in amounts) == post.deposited
    assert sum(purse.taken for purse in fees) == sum(parcel.letter.fee for parcel in post.parcels)
    refunds = [p for p in post.parcels if p.status == MessageStatus.EXPIRED and p.settled_s >= 0.0]
    assert sum(purse.returned for purse in fees) == sum(parcel.letter.fee for parcel in refunds)


def check_order(simulation: Simulation) -> None:
    """Executions of a channel follow its numbers, and nothing is passed over that is still open."""
    channels: dict[tuple[int, int], list[Parcel]] = {}
    for parcel in simulation.post.parcels:
        channels.setdefault((parcel.letter.source, parcel.letter.target), []).append(parcel)
    for parcels in channels.values():
        assert [parcel.letter.nonce for parcel in parcels] == list(range(len(parcels)))
        done = [parcel for parcel in parcels if parcel.status == MessageStatus.EXECUTED]
        times = [parcel.done_s for parcel in done]
        assert times == sorted(times)
        last = max((parcel.letter.nonce for parcel in done), default=0)
        assert all(not parcel.is_open for parcel in parcels[:last])


def check_proofs(simulation: Simulation) -> None:
    """Nothing was executed before what proves it."""
    post, tick_s = simulation.post, simulation.chains.tick_s
    for parcel in post.parcels:
        if parcel.status != MessageStatus.EXECUTED:
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
    executed = [parcel for parcel in simulation.post.parcels if parcel.status == MessageStatus.EXECUTED]
    assert sum(inbox.executed for inbox in simulation.post.inboxes.values()) == len(executed)
    assert sum(len(feed.events) for feed in simulation.feeds.feeds) == len(executed)
    assert simulation.pool.refused[Refusal.BAD_PROOF] == simulation.pool.refused[Refusal.NO_QUORUM] == 0
    assert simulation.pool.refused[Refusal.NOT_FINAL] == 0


def check_all(simulation: Simulation) -> None:
    check_money(simulation)
    check_order(simulation)
    check_proofs(simulation)
    check_counts(simulation)
