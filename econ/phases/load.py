"""Messages become load, load is served by nodes."""

from econ.chance.distributions import normal
from econ.chance.philox import uniform_at
from econ.chance.streams import Stream
from econ.clock import draw_day, get_key
from econ.exchange import fill_buy
from econ.faults import draw_providers, get_outage_chance, suffer_faults
from econ.world import World
from protocol.codes import Status, Tier
from protocol.compiling import rule
from protocol.ledger.staking import collect_congestion
from protocol.scaling import compute_congestion_due, compute_spread, record_load, serve_day, step_base_fee
from protocol.units import to_count, to_era


@rule
def open_load(w: World) -> None:
    """An idle network on the eve of the first day."""
    load = w.state[0].load
    load.peak_active = w.params[0].scaling.active_min
    load.base_fee = w.params[0].scaling.fee_floor
    load.rollups = -1


@rule
def process_faults(w: World) -> None:
    """What breaks today."""
    s = w.state[0]
    p = w.params[0].faults
    draw_day(w.flat.faults, s.clock, Stream.FAULTS)
    draw_providers(s.faults, p, get_key(s.clock, Stream.PROVIDERS))
    chance = get_outage_chance(p)
    for i in range(len(w.nodes)):
        suffer_faults(w.nodes[i], w.fault_draws[i], s.faults, p, chance)


@rule
def update_spread(w: World) -> None:
    """How load spreads over the rollups, when their number has changed."""
    load = w.state[0].load
    exponent = w.params[0].scaling.zipf
    live = w.state[0].network.live
    if live != load.rollups or exponent != load.exponent:
        load.rollups = live
        load.exponent = exponent
        load.spread = compute_spread(live, exponent)


@rule
def assign_hours(w: World, standing_by: int) -> None:
    """Who is active: the sets go round the flex nodes that stand by, one set further every day."""
    load = w.state[0].load
    seat = (w.state[0].clock.day * max(load.quiet_active, 1)) % max(standing_by, 1)
    for i in range(len(w.nodes)):
        node = w.nodes[i]
        node.active_hours = 0.0
        if node.tier == Tier.FLEX and node.status == Status.BONDED and node.uptime > 0.0:
            if seat < load.quiet_active:
                node.active_hours += 23.0
            if seat < load.peak_active:
                node.active_hours += 1.0
            seat = seat + 1 if seat + 1 < standing_by else 0


@rule
def charge_congestion(w: World) -> None:
    """The congestion fee of the day, bought on the market; what the market cannot fill is not charged."""
    s = w.state[0]
    due = compute_congestion_due(s.load)
    if due > 0:
        due = fill_buy(s.desk, w.pots[0], w.params[0].exchange, due)
    if due > 0:
        collect_congestion(w.pots[0], due)
    w.today[0].load.congestion_fee_era = to_era(due)


@rule
def process_load(w: World) -> None:
    """Messages become load, load is served by the nodes that are up."""
    s = w.state[0]
    p = w.params[0].scaling
    process_faults(w)
    update_spread(w)
    core = 0.0
    standing_by = 0
    for i in range(len(w.nodes)):
        node = w.nodes[i]
        if node.status == Status.BONDED and node.tier == Tier.CORE:
            core += node.uptime
        if node.status == Status.BONDED and node.tier == Tier.FLEX and node.uptime > 0.0:
            standing_by += 1
    servers = to_count(core + 0.5)
    shift = normal(uniform_at(get_key(s.clock, Stream.LOAD), 0, 0))
    serve_day(s.load, p, w.today[0].fees.messages, shift, servers, standing_by)
    assign_hours(w, standing_by)
    charge_congestion(w)
    step_base_fee(s.load, p, servers, standing_by)
    record_load(s.load, p, w.today[0].load)
