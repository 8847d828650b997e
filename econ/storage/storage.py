"""Data follows load: posted to the hot tier, moved to the cold one a week later, paid for. The busiest layer bounds the network."""

from metalab.econ.kernel.chance.distributions import lognormal
from metalab.econ.kernel.chance.identity import fill_by_identity
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.kernel.clock import get_key
from metalab.econ.kernel.world import World
from metalab.protocol.kernel.codes import NodeStatus, Tier
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.memory import as_reals
from metalab.protocol.kernel.units import to_count
from metalab.protocol.scaling.layers import compute_data_tps, compute_excess, measure_layers
from metalab.protocol.scaling.load import compute_dropped_share
from metalab.protocol.storage.retention import archive, is_stored, migrate, pay_storage, post
from metalab.protocol.storage.storage import measure_storage, quote_storage


@rule
def count_verifiers(w: World) -> float:
    """Guardians that are up, in days of one guardian."""
    total = 0.0
    for i in range(len(w.nodes)):
        if w.nodes[i].tier == Tier.GUARDIAN and w.nodes[i].status == NodeStatus.BONDED:
            total += w.nodes[i].uptime
    return total


@rule
def process_layers(w: World) -> None:
    """How busy execution, data and verification are; what data or verification have no room for is dropped."""
    load = w.state[0].scaling
    p = w.params[0]
    today = w.today[0]
    today.layers.data_capacity_mb_s = p.layers.data_mb_s
    today.layers.execution_tps = load.peak.capacity
    today.layers.data_tps = compute_data_tps(p.layers, p.storage.transaction_bytes * p.storage.batch_ratio)
    today.layers.verification_tps = p.layers.guardian_tps * count_verifiers(w)
    measure_layers(load.peak.rate, today.layers)
    room = min(today.layers.data_tps, today.layers.verification_tps)
    quiet_excess = compute_excess(load.quiet.rate * load.quiet.seconds - load.quiet.dropped, room, load.quiet.seconds)
    peak_excess = compute_excess(load.peak.rate * load.peak.seconds - load.peak.dropped, room, load.peak.seconds)
    load.quiet.dropped += quiet_excess
    load.peak.dropped += peak_excess
    today.layers.layer_dropped = quiet_excess + peak_excess
    today.scaling.load_dropped_share = compute_dropped_share(load)


@rule
def move_data(w: World, i: int) -> float:
    """Move a rollup's data that has come of age to the cold tier. Returns the MB it takes there."""
    p = w.params[0].storage
    store = w.stores[i]
    archived = 0.0
    # One day as a rule; several when a vote has shortened the time in the hot tier.
    for day in range(w.state[0].storage.next_day, w.state[0].clock.day - p.hot_days + 1):
        if is_stored(store, day):
            draws = w.store_draws[i]
            delay = lognormal(draws.delay, p.delay_hours, p.delay_sigma)
            archived += archive(store, migrate(store, i, day, delay, draws, p, w.today[0].storage), p)
    return archived


@rule
def store_data(w: World, transactions: float) -> None:
    """Every rollup posts its part of the day's data, moves what is old enough, and is charged."""
    s = w.state[0]
    p = w.params[0].storage
    fill_by_identity(as_reals(w.store_draws), get_key(s.clock, Stream.STORAGE), w.rollups, s.rollups.count)
    for i in range(s.rollups.count):
        archived = move_data(w, i)
        count = to_count(transactions * w.rollups[i].traffic * p.transaction_bytes)
        post(w.stores[i], i, s.clock.day, count)
        pay_storage(w.stores[i], count, archived, s.storage, p, w.today[0].storage)
        w.rollups[i].storage_usd = w.stores[i].cost_usd * p.paid_by_developers
    # Never back: with a longer hot tier no day's data is moved twice.
    s.storage.next_day = max(s.storage.next_day, s.clock.day - p.hot_days + 1)


@rule
def process_storage(w: World) -> None:
    """The data layer's day."""
    s = w.state[0]
    p = w.params[0].storage
    today = w.today[0].storage
    process_layers(w)
    if p.active == 0:
        for i in range(s.rollups.count):
            w.rollups[i].storage_usd = 0.0
        return
    load = s.scaling
    arrived = load.quiet.rate * load.quiet.seconds + load.peak.rate * load.peak.seconds
    quote_storage(s.storage, p)
    store_data(w, max(arrived - load.quiet.dropped - load.peak.dropped, 0.0))
    measure_storage(s.storage, p, today)
