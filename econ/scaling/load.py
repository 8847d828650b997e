"""Messages become load, load is served by nodes."""

from metalab.econ.kernel.chance.distributions import normal
from metalab.econ.kernel.chance.philox import uniform_at
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.kernel.clock import draw_day, get_key
from metalab.econ.kernel.world import World
from metalab.econ.market.exchange import fill_buy
from metalab.econ.scaling.fastclock.hours import open_hour, simulate_hour
from metalab.protocol.kernel.codes import NodeStatus, Tier
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.memory import as_reals
from metalab.protocol.kernel.units import clip, to_count, to_era
from metalab.protocol.scaling.load import (
    book_tally,
    compute_congestion_due,
    plan_day,
    record_load,
    serve_closed,
    serve_surface,
    step_base_fee,
)
from metalab.protocol.scaling.scaling import Method
from metalab.protocol.scaling.traffic import compute_burstiness, set_chains, set_weather
from metalab.protocol.staking.ledger import collect_congestion


@rule
def open_load(w: World) -> None:
    """An idle network on the eve of the first day."""
    load = w.state[0].scaling
    load.peak_active = w.params[0].scaling.active_min
    load.base_fee = w.params[0].scaling.fee_floor
    # No number of rollups: the first day computes how load spreads.
    load.chains.count = -1


@rule
def update_chains(w: World) -> None:
    """How load spreads over the rollups, when their number has changed, and how bursty the sum of them is."""
    load = w.state[0].scaling
    traffic = w.params[0].traffic
    exponent = w.params[0].scaling.zipf
    live = w.state[0].rollups.live
    if live != load.chains.count or exponent != load.chains.exponent:
        set_chains(load.chains, live, exponent)
    set_weather(load.sky, traffic, load.chains)
    load.burstiness = compute_burstiness(load.sky, traffic, load.chains)


@rule
def serve_quiet(w: World, core: int, standing_by: int) -> None:
    """The day but for its peak hour."""
    load = w.state[0].scaling
    p = w.params[0].scaling
    if p.method == Method.CLOSED_FORM:
        serve_closed(load.quiet, p, core, load.quiet_active, load.peak.closing)
    else:
        serve_surface(load.quiet, load, w.surface, p, core, standing_by, load.quiet_active, load.peak.closing)


@rule
def serve_peak(w: World, core: int, standing_by: int) -> None:
    """The peak hour: every `simulate_every` days in ticks, else by the surface; or by the closed form."""
    s = w.state[0]
    load = s.scaling
    p = w.params[0].scaling
    if p.method == Method.CLOSED_FORM:
        serve_closed(load.peak, p, core, load.peak_active, load.quiet.closing)
    elif p.method == Method.SIMULATED and s.clock.day % p.simulate_every == 0:
        draw_day(as_reals(w.tick_draws), s.clock, Stream.TICKS)
        load.peak.opening = load.quiet.closing
        waiting = to_count(load.quiet.closing)
        open_hour(load, load.quiet_active, load.quiet.rate, waiting)
        simulate_hour(load, w.params[0].traffic, p, w.tick_draws, core, standing_by, load.peak.rate)
        book_tally(load.peak, load, p, core)
    else:
        serve_surface(load.peak, load, w.surface, p, core, standing_by, load.peak_active, load.quiet.closing)


@rule
def assign_hours(w: World, standing_by: int) -> None:
    """Who is active: the sets go round the flex nodes that stand by, one set further every day."""
    load = w.state[0].scaling
    seat = (w.state[0].clock.day * max(load.quiet_active, 1)) % max(standing_by, 1)
    for i in range(len(w.nodes)):
        node = w.nodes[i]
        node.active_hours = 0.0
        if node.tier == Tier.FLEX and node.status == NodeStatus.BONDED and node.uptime > 0.0:
            # 23 hours outside the peak and the peak hour (MODEL 5); a fraction of a node serves for part of them.
            node.active_hours = 23.0 * clip(load.quiet.active - seat, 0.0, 1.0) + clip(load.peak.active - seat, 0.0, 1.0)
            seat = seat + 1 if seat + 1 < standing_by else 0


@rule
def charge_congestion(w: World) -> None:
    """The congestion fee of the day, bought on the market; what the market cannot fill is not charged."""
    s = w.state[0]
    due = compute_congestion_due(s.scaling, w.params[0].fees, s.market.price_mean)
    if due > 0:
        due = fill_buy(s.exchange, w.pots[0], w.params[0].exchange, due)
    if due > 0:
        collect_congestion(w.pots[0], due)
    w.today[0].scaling.congestion_fee_era = to_era(due)


@rule
def process_load(w: World) -> None:
    """Messages become load, load is served by the nodes that are up."""
    s = w.state[0]
    p = w.params[0].scaling
    update_chains(w)
    core = 0.0
    standing_by = 0
    for i in range(len(w.nodes)):
        node = w.nodes[i]
        if node.status == NodeStatus.BONDED and node.tier == Tier.CORE:
            core += node.uptime
        if node.status == NodeStatus.BONDED and node.tier == Tier.FLEX and node.uptime > 0.0:
            standing_by += 1
    # Core nodes that are up for part of the day make up whole servers, to the nearest.
    servers = to_count(core + 0.5)
    # One deviate for the whole network: on which side of the usual peak the day is.
    shift = normal(uniform_at(get_key(s.clock, Stream.LOAD), 0, 0))
    plan_day(s.scaling, p, w.today[0].fees.messages, shift, servers, standing_by)
    # A day ends with its peak hour: the hours before it inherit yesterday's backlog.
    serve_quiet(w, servers, standing_by)
    serve_peak(w, servers, standing_by)
    assign_hours(w, standing_by)
    # Before the step: today's fee is the one that was set yesterday.
    charge_congestion(w)
    step_base_fee(s.scaling, p, servers, standing_by)
    record_load(s.scaling, p, w.today[0].scaling)
