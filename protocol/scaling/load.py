"""Load and the active flex set over a day: how many of the bonded flex nodes serve, how long transactions wait (MODEL 5, ECONOMY 12).

A day is 23 hours at a common rate and a peak hour. An hour is simulated in ticks of three seconds (`ticks`), read from a
surface fitted to such simulations (`surface`), or found by a closed form without bursts: Erlang C below capacity, a fluid at or
above it and while a backlog drains.
"""

from metalab.protocol.fees.fees import Fees
from metalab.protocol.kernel.calendar_units import SECONDS_AN_HOUR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, field, metric
from metalab.protocol.kernel.units import clip, power, safe_exp, to_count
from metalab.protocol.scaling.queueing import compute_erlang_c
from metalab.protocol.scaling.scaling import Crew, Scaling, bound_active, settle_active
from metalab.protocol.scaling.surface import Hour, Reading, ScalingPoint, read_surface
from metalab.protocol.scaling.ticks import TAILS, Tank, TickTally, compute_tally_delay, interpolate_quantile, pass_edge
from metalab.protocol.scaling.traffic import ChainLoads, LoadWeather

REFERENCE_MESSAGES = 15_000.0
"""A day, that go with the mean load (ECONOMY 12): a constant, since moving it is the same as moving that load."""


class Block(Record):
    """A part of the day with a common rate."""

    rate: float = field("1/s", "transactions that arrive")
    seconds: float = field("s", "its length")
    active: float = field("1", "flex nodes that serve, mean")
    capacity: float = field("1/s", "transactions all nodes that serve can serve, mean")
    waiting: float = field("share", "chance that a transaction waits (Erlang C); 1 at or above capacity (closed form only)")
    opening: float = field("1", "backlog at its start")
    closing: float = field("1", "backlog at its end")
    dropped: float = field("1", "transactions that found the queue full")
    delay: float = field("s", "mean delay of its transactions")
    tail: list[float] = field("share", "transactions that wait longer than each of the kept delays", length=TAILS)


class ScalingState(Record):
    """Load and what serves it."""

    quiet: Block
    peak: Block
    chains: ChainLoads
    sky: LoadWeather
    burstiness: float = field("1", "standard deviation of the load within an hour, relative to its mean")
    tank: Tank
    crew: Crew
    tally: TickTally
    hour: Hour
    reading: Reading
    quiet_active: int = field("1", "flex nodes on which the controller settles outside the peak hour")
    peak_active: int = field("1", "flex nodes at the end of the peak hour")
    base_fee: float = field("uERA", "congestion fee of a transaction at the reference price")


class ScalingMetrics(Record):
    """Load on a day."""

    nodes_flex_active_mean: float = metric("1", "Active flex nodes, mean of the day.", chart=True)
    nodes_flex_active_peak: float = metric("1", "Active flex nodes of the peak hour.", chart=True)
    queue_delay_p95_s: float = metric("s", "95th percentile of the queueing delay over the day's transactions.", better="low", chart=True)
    load_dropped_share: float = metric("share", "Transactions dropped because the queue was full.", better="low", chart=True)
    flex_idle_share: float = metric("share", "Part of the capacity of the active nodes that nothing used.", better="low", chart=True)
    congestion_fee_era: float = metric("ERA", "Congestion base fees, apart from protocol revenue.", chart=True)


@rule
def plan_day(load: ScalingState, p: Scaling, messages: float, shift: float, core: int, standing_by: int) -> None:
    """The load that goes with the day's messages, and the sets on which the controller settles.

    `shift` is a standard normal deviate: on which side of the usual peak the day is. Rollups' peaks move independently by
    `burst`, so that the whole moves by burst x sqrt(sum of squared shares).
    """
    mean = p.mean_tps * messages / REFERENCE_MESSAGES
    sigma = p.burst * power(load.chains.spread, 0.5)
    # 23 hours at a common rate and the peak hour keep the mean of 24 (MODEL 5).
    load.quiet.rate = mean * max(24.0 - p.peak_ratio, 0.0) / 23.0
    load.quiet.seconds = 23.0 * SECONDS_AN_HOUR
    # Lognormal with mean 1: the shift moves single days, not the mean.
    load.peak.rate = mean * p.peak_ratio * safe_exp(sigma * shift - 0.5 * sigma * sigma)
    load.peak.seconds = SECONDS_AN_HOUR
    # From the set that yesterday's peak left: within the band of hysteresis it decides where today's comes to rest.
    load.quiet_active = settle_active(load.peak_active, load.quiet.rate, p, core, standing_by)
    load.peak_active = settle_active(load.quiet_active, load.peak.rate, p, core, standing_by)


@rule
def open_block(block: Block, p: Scaling, core: int, active: float, opening: float) -> None:
    """What serves a block, and what it inherits."""
    block.active = active
    block.capacity = (core + active) * p.node_tps
    block.opening = opening


@rule
def serve_closed(block: Block, p: Scaling, core: int, active: int, opening: float) -> None:
    """A block by the closed form: its queue, its backlog and what is dropped."""
    open_block(block, p, core, float(active), opening)
    block.waiting = compute_erlang_c(core + active, block.rate / p.node_tps)
    backlog = max(opening + (block.rate - block.capacity) * block.seconds, 0.0)
    block.closing = min(backlog, block.capacity * p.queue_s)
    block.dropped = backlog - block.closing
    block.delay = compute_block_delay(block, p)
    edge = 0.0
    for k in range(TAILS):
        block.tail[k] = compute_tail(block, p, edge)
        edge = pass_edge(edge)


@rule
def compute_tail(block: Block, p: Scaling, delay: float) -> float:
    """Closed form: share of a block's arrivals that wait longer than `delay` seconds."""
    if block.capacity <= 0.0:
        return 1.0 if delay < p.queue_s else 0.0
    level = delay * block.capacity
    net = block.rate - block.capacity
    if net >= 0.0:
        if delay >= p.queue_s or (net == 0.0 and block.opening <= level):
            return 0.0
        before = (level - block.opening) / (net * block.seconds) if net > 0.0 else 0.0
        return 1.0 - clip(before, 0.0, 1.0)
    drained = clip(block.opening / -net / block.seconds, 0.0, 1.0)
    above = clip((block.opening - level) / -net / block.seconds, 0.0, 1.0)
    # After the backlog waits are those of M/M/c: exponential at capacity less rate, for the share that waits.
    return above + (1.0 - drained) * block.waiting * safe_exp(net * delay)


@rule
def compute_block_delay(block: Block, p: Scaling) -> float:
    """Closed form: mean delay in seconds of a block's arrivals, the integral of `compute_tail` over all delays."""
    if block.capacity <= 0.0:
        return p.queue_s
    room = block.capacity * p.queue_s
    opening = min(block.opening, room)
    net = block.rate - block.capacity
    if net >= 0.0:
        grown = net * block.seconds
        filled = min(grown, room - opening)
        growing = filled / grown if grown > 0.0 else 1.0
        # While the queue grows, its mean; once it is full, all of it.
        return (growing * (opening + 0.5 * filled) + (1.0 - growing) * room) / block.capacity
    drained = clip(opening / -net / block.seconds, 0.0, 1.0)
    backlog = opening + 0.5 * net * drained * block.seconds
    # While the backlog drains, its mean; then the mean wait of M/M/c, C / (capacity - rate).
    return drained * backlog / block.capacity + (1.0 - drained) * block.waiting / -net


@rule
def is_beyond_surface(block: Block, capacity: float) -> bool:
    """Whether a block is none of the hours the surface was fitted to: nobody serves, or overload that began before it or lasts longer."""
    return capacity <= 0.0 or (block.rate >= capacity and (block.opening > 0.0 or block.seconds > SECONDS_AN_HOUR))


@rule
def serve_surface(
    block: Block, load: ScalingState, points: Rows[ScalingPoint], p: Scaling, core: int, standing_by: int, active: int, opening: float
) -> None:
    """A block by the surface; a backlog that it inherits drains as a fluid first."""
    block.opening = opening
    capacity = (core + active) * p.node_tps
    if is_beyond_surface(block, capacity):
        serve_closed(block, p, core, active, opening)
        return
    most = bound_active(p.active_max, p, standing_by)
    reserve = (most - active) / (core + active)
    hour = load.hour
    read_surface(hour, points, load.reading, p.controller, block.rate / capacity, core + active, load.burstiness, reserve)
    least = bound_active(0, p, standing_by)
    open_block(block, p, core, clip((core + active) * hour.active - core, float(least), float(most)), opening)
    drained = clip(opening / (capacity - block.rate) / block.seconds, 0.0, 1.0) if opening > 0.0 else 0.0
    backlog = opening - 0.5 * drained * block.seconds * (capacity - block.rate) if opening > 0.0 else 0.0
    block.waiting = 0.0
    block.dropped = hour.dropped * block.rate * block.seconds
    block.closing = min(hour.closing_s, p.queue_s) * capacity
    block.delay = min(drained * backlog / capacity + (1.0 - drained) * hour.delay_s, p.queue_s)
    edge = 0.0
    for k in range(TAILS):
        above = compute_tail(block, p, edge) if opening > 0.0 else 0.0
        block.tail[k] = above + (1.0 - drained) * hour.tail[k]
        edge = pass_edge(edge)


@rule
def book_tally(block: Block, load: ScalingState, p: Scaling, core: int) -> None:
    """A block that was simulated. Its rate becomes what arrived."""
    tally = load.tally
    block.rate = tally.arrived / block.seconds
    block.active = tally.active / tally.ticks if tally.ticks > 0 else 0.0
    block.capacity = (core + block.active) * p.node_tps
    block.waiting = 0.0
    block.closing = float(load.tank.waiting)
    block.dropped = float(tally.dropped)
    block.delay = compute_tally_delay(tally)
    accepted = tally.arrived - tally.dropped
    for k in range(TAILS):
        block.tail[k] = tally.tail[k] / accepted if accepted > 0 else 0.0
    # The next day begins with the set that the simulated hour ended with.
    load.peak_active = load.crew.active


@rule
def compute_delay_quantile(load: ScalingState, p: Scaling, quantile: float) -> float:
    """The delay in seconds that a share `quantile` of the day's transactions does not exceed."""
    quiet = load.quiet.rate * load.quiet.seconds
    peak = load.peak.rate * load.peak.seconds
    if quiet + peak <= 0.0:
        return 0.0
    for k in range(TAILS):
        load.hour.tail[k] = (quiet * load.quiet.tail[k] + peak * load.peak.tail[k]) / (quiet + peak)
    return interpolate_quantile(load.hour.tail, 1.0 - quantile, p.queue_s)


@rule
def compute_mean_delay(load: ScalingState) -> float:
    """Mean queueing delay in seconds over the day's transactions; 0 without any."""
    quiet = load.quiet.rate * load.quiet.seconds
    peak = load.peak.rate * load.peak.seconds
    if quiet + peak <= 0.0:
        return 0.0
    return (quiet * load.quiet.delay + peak * load.peak.delay) / (quiet + peak)


@rule
def compute_dropped_share(load: ScalingState) -> float:
    """Share of the day's transactions that found the queue full; 0 without any."""
    arrived = load.quiet.rate * load.quiet.seconds + load.peak.rate * load.peak.seconds
    return (load.quiet.dropped + load.peak.dropped) / arrived if arrived > 0.0 else 0.0


@rule
def step_base_fee(load: ScalingState, p: Scaling, core: int, standing_by: int) -> None:
    """One step of the congestion fee by the peak's load over all the capacity there could be (elastic, bounded step)."""
    capacity = (core + min(standing_by, p.active_max)) * p.node_tps
    # Without any capacity the load counts as twice the target: the largest step up.
    load_share = load.peak.rate / capacity if capacity > 0.0 else 2.0 * p.fee_target
    change = clip(p.fee_step * (load_share - p.fee_target) / p.fee_target, -p.fee_step, p.fee_step)
    load.base_fee = clip(load.base_fee * (1.0 + change), p.fee_floor, max(p.fee_ceiling, p.fee_floor))


@rule
def compute_congestion_fee(load: ScalingState, fees: Fees, price_mean: float) -> float:
    """Congestion fee of a transaction in uERA at the mean price.

    It follows the price as message fees do: by (reference price / mean price) to the power of the indexation (ECONOMY 13).
    """
    return load.base_fee * power(fees.reference_price_usd / price_mean, fees.indexation)


@rule
def compute_congestion_due(load: ScalingState, fees: Fees, price_mean: float) -> int:
    """Congestion fees of the peak hour's accepted transactions, in uERA at the mean price."""
    accepted = max(load.peak.rate * load.peak.seconds - load.peak.dropped, 0.0)
    return to_count(compute_congestion_fee(load, fees, price_mean) * accepted)


@rule
def record_load(load: ScalingState, p: Scaling, today: ScalingMetrics) -> None:
    """Metrics of the day."""
    arrived = load.quiet.rate * load.quiet.seconds + load.peak.rate * load.peak.seconds
    dropped = load.quiet.dropped + load.peak.dropped
    capacity = load.quiet.capacity * load.quiet.seconds + load.peak.capacity * load.peak.seconds
    served = load.quiet.opening + arrived - dropped - load.peak.closing
    today.nodes_flex_active_mean = (23.0 * load.quiet.active + load.peak.active) / 24.0
    today.nodes_flex_active_peak = load.peak.active
    today.queue_delay_p95_s = compute_delay_quantile(load, p, 0.95)
    today.load_dropped_share = compute_dropped_share(load)
    today.flex_idle_share = clip(1.0 - served / capacity, 0.0, 1.0) if capacity > 0.0 else 0.0
