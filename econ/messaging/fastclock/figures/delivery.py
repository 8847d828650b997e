"""Figures of messages, fees, attacks, subscriptions and proofs."""

from metalab.econ.messaging.fastclock.figures.proofs import measure_sizes
from metalab.econ.messaging.fastclock.figures.statistics import mean, quantile, share
from metalab.econ.messaging.fastclock.services.executions import DAO
from metalab.econ.messaging.fastclock.simulation import Simulation
from metalab.econ.messaging.fastclock.transport.parcels import MessageStatus, Parcel
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.messaging.proofs.light_client import Refusal
from metalab.protocol.messaging.proofs.verification import Path


def list_users_parcels(simulation: Simulation) -> list[Parcel]:
    """Messages of users; decisions of votes travel as messages too, and are counted with the votes."""
    return [parcel for parcel in simulation.post.parcels if parcel.letter.sender != DAO]


def measure_delivery(simulation: Simulation) -> dict[str, float]:
    """The figures declared in `metrics.Delivery`."""
    parcels = list_users_parcels(simulation)
    executed = [parcel for parcel in parcels if parcel.status == MessageStatus.EXECUTED]
    expired = sum(parcel.status == MessageStatus.EXPIRED for parcel in parcels)
    delays = [parcel.done_s - parcel.sent_s for parcel in executed]
    return {
        "messages_sent": len(parcels),
        "messages_executed": len(executed),
        "messages_expired": expired,
        "messages_open": len(parcels) - len(executed) - expired,
        "delivery_success": share(len(executed), len(executed) + expired),
        "delivery_delay_mean_s": mean(delays),
        "delivery_delay_p50_s": quantile(delays, 0.5),
        "delivery_delay_p95_s": quantile(delays, 0.95),
        **measure_paths(executed),
        **measure_relaying(simulation),
        **measure_fees(simulation),
        **measure_attacks(simulation),
        **measure_events(simulation),
        **measure_circulation(simulation, executed),
        **measure_sharing(simulation),
    }


def measure_paths(executed: list[Parcel]) -> dict[str, float]:
    """Share, delay and gas by path, and the value that chose it."""
    figures: dict[str, float] = {}
    for path in Path:
        part = [parcel for parcel in executed if parcel.path == path]
        name = path.name.lower()
        figures[f"{name}_share"] = share(len(part), len(executed))
        figures[f"{name}_delay_s"] = mean(parcel.done_s - parcel.sent_s for parcel in part)
        figures[f"{name}_gas"] = mean(parcel.gas for parcel in part)
        if path != Path.OPTIMISTIC:
            figures[f"{name}_value_usd"] = mean(parcel.value_usd for parcel in part)
    return figures


def measure_relaying(simulation: Simulation) -> dict[str, float]:
    """Batches, queues and faults of relayers."""
    pool, lengths = simulation.pool, simulation.queue_lengths
    return {
        "batch_mean": share(pool.submitted, pool.batches),
        "queue_mean": mean(lengths),
        "queue_max": max(lengths, default=0),
        "relay_failures": pool.failures,
        "relayer_crashes": pool.crashes,
        "duplicates_refused": pool.refused[Refusal.REPLAYED],
    }


def measure_fees(simulation: Simulation) -> dict[str, float]:
    """Where fees are, in ERA."""
    flows = [outbox.fees for outbox in simulation.post.outboxes.values()]
    return {
        "fees_charged_era": sum(flow.taken for flow in flows) / MICRO,
        "fees_paid_era": sum(flow.spent for flow in flows) / MICRO,
        "fees_refunded_era": sum(flow.returned for flow in flows) / MICRO,
        "fees_escrow_era": sum(flow.held for flow in flows) / MICRO,
    }


def measure_attacks(simulation: Simulation) -> dict[str, float]:
    """Attempts and refusals by kind."""
    attackers = simulation.attackers
    figures: dict[str, float] = {}
    for name, kinds in attackers.GROUPS.items():
        figures[f"{name}_attempted"] = sum(attackers.attempts[kind] for kind in kinds)
        figures[f"{name}_rejected"] = sum(attackers.rejected[kind] for kind in kinds)
    return figures | {"attacks_succeeded": attackers.count_successes()}


def measure_events(simulation: Simulation) -> dict[str, float]:
    """What subscribers saw of what they should have."""
    feeds = simulation.feeds
    return {
        "events_due": sum(len(feeds.feeds[subscriber.subscription.rollup].events) for subscriber in feeds.subscribers),
        "events_served": sum(len(subscriber.seen) for subscriber in feeds.subscribers),
        "events_delay_s": mean(feeds.delays),
        "events_repeated": sum(subscriber.subscription.duplicates for subscriber in feeds.subscribers),
        "events_handovers": feeds.handovers,
    }


def measure_circulation(simulation: Simulation, executed: list[Parcel]) -> dict[str, float]:
    """The same messages over a bridge: the source's own wait, then a claim by hand instead of a relay."""
    chains, transfers = simulation.chains.all, simulation.settings.transfers
    # Messages come at any time within a tick: on average half a tick before its root.
    half_tick = simulation.chains.tick_s / 2.0
    bridged = mean(half_tick + chains[p.letter.source].wait_s + transfers.hand_s + chains[p.letter.target].block_s for p in executed)
    native = mean(parcel.done_s - parcel.sent_s for parcel in executed)
    # Turns of capital, each a time of holding and a transfer (claims.csv S1-27).
    gain = share(transfers.hold_s + bridged, transfers.hold_s + native) if executed else 0.0
    return {"bridged_delay_s": bridged, "velocity_gain": gain}


def measure_sharing(simulation: Simulation) -> dict[str, float]:
    """What a batch of 20 saves in bytes and gas."""
    sizes = {line.batch: line for line in measure_sizes(simulation)}
    line = sizes.get(20)
    return {"proof_ratio_20": line.ratio if line else 0.0, "proof_saving_20": line.saving if line else 0.0}
