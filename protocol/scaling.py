"""Load and the active flex set: how many of the bonded flex nodes serve, how long transactions wait (MODEL 5, ECONOMY 12).

Daily resolution, a stand-in for controllers that act every few seconds: a day is 23 hours at a common rate and a peak hour.
Each controller is given the state it would settle in at the rate of a block. Below capacity the wait is that of the M/M/c
queue (Erlang C); at or above it, and while a backlog drains, that of a fluid.
"""

from enum import IntEnum

from protocol.compiling import rule
from protocol.declare import Record, choice, field, metric, parameter
from protocol.units import clip, power, safe_exp, to_count

HOUR = 3600.0
QUANTILE_STEPS = 40


class Controller(IntEnum):
    """How the active flex set follows the load."""

    HYSTERESIS = 0
    PROPORTIONAL = 1
    FIXED = 2


class Scaling(Record):
    """Rules of scaling and facts about load."""

    controller: int = choice(Controller.HYSTERESIS, source="MODEL 5", owner="dao", doc="How the active flex set follows the load.")
    active_min: int = parameter(10, 0, 1000, unit="1", source="S2", owner="dao", doc="Smallest active flex set.")
    active_max: int = parameter(100, 1, 1000, unit="1", source="S2", owner="dao", doc="Largest active flex set.")
    high: float = parameter(
        0.8, 0.3, 1.0, unit="share", source="assumed", owner="dao", doc="Hysteresis: utilisation above which nodes are added."
    )
    low: float = parameter(
        0.5, 0.05, 0.9, unit="share", source="assumed", owner="dao", doc="Hysteresis: utilisation below which nodes are released."
    )
    target: float = parameter(0.7, 0.2, 0.95, unit="share", source="assumed", owner="dao", doc="Proportional: utilisation aimed at.")
    tolerance: float = parameter(0.1, 0.0, 0.5, unit="share", source="MODEL 5", owner="dao", doc="Proportional: deviation that is let be.")
    fixed_nodes: int = parameter(
        25, 0, 1000, unit="1", source="assumed (the genesis flex set)", owner="dao", doc="Fixed: active flex nodes."
    )
    node_tps: float = parameter(
        4.0, 2.0, 10.0, unit="1/s", source="ECONOMY 12", owner="nature", doc="Transactions a node serves per second."
    )
    mean_tps: float = parameter(
        46.0, 0.0, 5000.0, unit="1/s", source="ECONOMY 12", owner="nature", doc="Mean load at the reference messages."
    )
    reference_messages: float = parameter(
        15_000.0, 100.0, 1e7, unit="1/day", source="ECONOMY 12", owner="nature", doc="Messages a day that go with the mean load."
    )
    peak_ratio: float = parameter(
        3.0, 2.0, 10.0, unit="1", source="ECONOMY 12", owner="nature", doc="Load of the peak hour relative to the mean."
    )
    zipf: float = parameter(
        1.0, 0.0, 2.5, unit="1", source="ECONOMY 12 (exponent assumed)", owner="nature", doc="Zipf exponent of load over rollups."
    )
    burst: float = parameter(
        0.5, 0.0, 2.0, unit="1", source="assumed", owner="nature", doc="Standard deviation of the log of one rollup's peak from day to day."
    )
    queue_s: float = parameter(
        600.0, 10.0, 7200.0, unit="s", source="assumed", owner="team", doc="Bound of the queue, in seconds of capacity."
    )
    fee_target: float = parameter(
        0.8,
        0.1,
        1.0,
        unit="share",
        source="assumed",
        owner="dao",
        doc="Peak load over all capacity that leaves the congestion fee as it is.",
    )
    fee_step: float = parameter(
        0.125, 0.0, 0.125, unit="share", source="MODEL 7", owner="dao", doc="Largest change of the congestion fee per step."
    )
    fee_floor: float = parameter(
        10.0, 0.0, 1e6, unit="uERA", source="assumed", owner="dao", doc="Smallest congestion fee of a transaction."
    )
    fee_ceiling: float = parameter(
        1e4, 0.0, 1e8, unit="uERA", source="assumed", owner="dao", doc="Largest congestion fee of a transaction."
    )


class Block(Record):
    """A part of the day with a common rate."""

    rate: float = field("1/s", "transactions that arrive")
    seconds: float = field("s", "its length")
    servers: int = field("1", "nodes that serve")
    capacity: float = field("1/s", "transactions they can serve")
    waiting: float = field("share", "chance that a transaction waits (Erlang C); 1 at or above capacity")
    opening: float = field("1", "backlog at its start")
    closing: float = field("1", "backlog at its end")
    dropped: float = field("1", "transactions that found the queue full")


class LoadState(Record):
    """Load and what serves it."""

    quiet: Block
    peak: Block
    rollups: int = field("1", "rollups of `spread`")
    exponent: float = field("1", "Zipf exponent of `spread`")
    spread: float = field("share", "sum of squared shares of load over rollups")
    quiet_active: int = field("1", "active flex nodes outside the peak hour")
    peak_active: int = field("1", "active flex nodes of the peak hour")
    base_fee: float = field("uERA", "congestion fee of a transaction")


class LoadMetrics(Record):
    """Load on a day."""

    nodes_flex_active_mean: float = metric("1", "Active flex nodes, mean of the day.", view="load")
    nodes_flex_active_peak: float = metric("1", "Active flex nodes of the peak hour.", view="load")
    queue_delay_p95_s: float = metric("s", "95th percentile of the queueing delay over the day's transactions.", better="low", view="load")
    load_dropped_share: float = metric("share", "Transactions dropped because the queue was full.", better="low", view="load")
    flex_idle_share: float = metric("share", "Part of the capacity of the active nodes that nothing used.", better="low", view="load")
    congestion_fee_era: float = metric("ERA", "Congestion base fees, apart from protocol revenue.", view="fees")


@rule
def compute_spread(rollups: int, exponent: float) -> float:
    """Sum of squared shares (Herfindahl index) of a Zipf law over `rollups` ranks; 0 without rollups."""
    total = 0.0
    squares = 0.0
    for rank in range(1, rollups + 1):
        weight = power(float(rank), -exponent)
        total += weight
        squares += weight * weight
    return squares / (total * total) if total > 0.0 else 0.0


@rule
def compute_erlang_c(servers: int, erlangs: float) -> float:
    """Chance of waiting in M/M/c with `erlangs` = arrival rate / service rate; 1 when they are not below `servers`."""
    if erlangs <= 0.0:
        return 0.0
    if erlangs >= servers:
        return 1.0
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = erlangs * blocked / (k + erlangs * blocked)
    return blocked / (1.0 - erlangs / servers * (1.0 - blocked))


@rule
def bound_active(active: int, p: Scaling, standing_by: int) -> int:
    """No stake, no capacity: within [active_min, active_max] and never more than stand by."""
    return min(max(min(active, p.active_max), p.active_min), standing_by)


@rule
def _count_for(rate: float, utilisation: float, p: Scaling, core: int) -> int:
    """Flex nodes that bring utilisation to at most this."""
    needed = rate / (utilisation * p.node_tps)
    count = to_count(needed)
    return max(count + (1 if needed > count else 0) - core, 0)


@rule
def follow_hysteresis(active: int, rate: float, p: Scaling, core: int) -> int:
    """Add until utilisation is at most `high`, release until it is at least `low`, else stay."""
    enough = _count_for(rate, p.high, p, core)
    most = max(_count_for(rate, min(p.low, p.high), p, core), enough)
    return min(max(active, enough), most)


@rule
def follow_proportional(active: int, rate: float, p: Scaling, core: int) -> int:
    """Desired = ceil(active x load / target), nothing within the tolerance."""
    capacity = (core + active) * p.node_tps
    ratio = rate / (capacity * p.target) if capacity > 0.0 else 2.0 + p.tolerance
    if 1.0 - p.tolerance <= ratio <= 1.0 + p.tolerance:
        return active
    return _count_for(rate, p.target, p, core)


@rule
def choose_active(active: int, rate: float, p: Scaling, core: int, standing_by: int) -> int:
    """The active flex set at a rate, by the controller in force, from the set before."""
    desired = p.fixed_nodes
    if p.controller == Controller.HYSTERESIS:
        desired = follow_hysteresis(active, rate, p, core)
    elif p.controller == Controller.PROPORTIONAL:
        desired = follow_proportional(active, rate, p, core)
    return bound_active(desired, p, standing_by)


@rule
def serve_block(block: Block, p: Scaling, rate: float, seconds: float, servers: int, opening: float) -> None:
    """Run a block: its queue, its backlog and what is dropped."""
    block.rate = rate
    block.seconds = seconds
    block.servers = servers
    block.capacity = servers * p.node_tps
    block.opening = opening
    block.waiting = compute_erlang_c(servers, rate / p.node_tps)
    room = block.capacity * p.queue_s
    backlog = max(opening + (rate - block.capacity) * seconds, 0.0)
    block.closing = min(backlog, room)
    block.dropped = backlog - block.closing


@rule
def compute_tail(block: Block, p: Scaling, delay: float) -> float:
    """Share of a block's arrivals that wait longer than `delay` seconds (of those accepted, in overload: of all)."""
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
    return above + (1.0 - drained) * block.waiting * safe_exp(net * delay)


@rule
def compute_delay_quantile(load: LoadState, p: Scaling, quantile: float) -> float:
    """The delay in seconds that a share `quantile` of the day's transactions does not exceed, by bisection."""
    weight_quiet = load.quiet.rate * load.quiet.seconds
    weight_peak = load.peak.rate * load.peak.seconds
    allowed = (1.0 - quantile) * (weight_quiet + weight_peak)
    low = 0.0
    high = p.queue_s
    if weight_quiet * compute_tail(load.quiet, p, low) + weight_peak * compute_tail(load.peak, p, low) <= allowed:
        return 0.0
    for _ in range(QUANTILE_STEPS):
        middle = 0.5 * (low + high)
        tail = weight_quiet * compute_tail(load.quiet, p, middle) + weight_peak * compute_tail(load.peak, p, middle)
        if tail > allowed:
            low = middle
        else:
            high = middle
    return high


@rule
def compute_block_delay(block: Block, p: Scaling) -> float:
    """Mean delay in seconds of a block's arrivals: the integral of `compute_tail` over all delays."""
    if block.capacity <= 0.0:
        return p.queue_s
    room = block.capacity * p.queue_s
    opening = min(block.opening, room)
    net = block.rate - block.capacity
    if net >= 0.0:
        grown = net * block.seconds
        filled = min(grown, room - opening)
        growing = filled / grown if grown > 0.0 else 1.0
        return (growing * (opening + 0.5 * filled) + (1.0 - growing) * room) / block.capacity
    drained = clip(opening / -net / block.seconds, 0.0, 1.0)
    backlog = opening + 0.5 * net * drained * block.seconds
    return drained * backlog / block.capacity + (1.0 - drained) * block.waiting / -net


@rule
def compute_mean_delay(load: LoadState, p: Scaling) -> float:
    """Mean queueing delay in seconds over the day's transactions; 0 without any."""
    quiet = load.quiet.rate * load.quiet.seconds
    peak = load.peak.rate * load.peak.seconds
    if quiet + peak <= 0.0:
        return 0.0
    return (quiet * compute_block_delay(load.quiet, p) + peak * compute_block_delay(load.peak, p)) / (quiet + peak)


@rule
def compute_dropped_share(load: LoadState) -> float:
    """Share of the day's transactions that found the queue full; 0 without any."""
    arrived = load.quiet.rate * load.quiet.seconds + load.peak.rate * load.peak.seconds
    return (load.quiet.dropped + load.peak.dropped) / arrived if arrived > 0.0 else 0.0


@rule
def serve_day(load: LoadState, p: Scaling, messages: float, shift: float, core: int, standing_by: int) -> None:
    """One day: the load that goes with the day's messages, the active sets, the queues.

    `shift` is a standard normal deviate: on which side of the usual peak the day is. Rollups' peaks move independently by
    `burst`, so that the whole moves by burst x sqrt(sum of squared shares).
    """
    mean = p.mean_tps * messages / p.reference_messages
    sigma = p.burst * power(load.spread, 0.5)
    peak = mean * p.peak_ratio * safe_exp(sigma * shift - 0.5 * sigma * sigma)
    quiet = mean * max(24.0 - p.peak_ratio, 0.0) / 23.0
    load.quiet_active = choose_active(load.peak_active, quiet, p, core, standing_by)
    load.peak_active = choose_active(load.quiet_active, peak, p, core, standing_by)
    serve_block(load.quiet, p, quiet, 23.0 * HOUR, core + load.quiet_active, load.peak.closing)
    serve_block(load.peak, p, peak, HOUR, core + load.peak_active, load.quiet.closing)


@rule
def step_base_fee(load: LoadState, p: Scaling, core: int, standing_by: int) -> None:
    """One step of the congestion fee by the peak's load over all the capacity there could be (elastic, bounded step)."""
    capacity = (core + min(standing_by, p.active_max)) * p.node_tps
    load_share = load.peak.rate / capacity if capacity > 0.0 else 2.0 * p.fee_target
    change = clip(p.fee_step * (load_share - p.fee_target) / p.fee_target, -p.fee_step, p.fee_step)
    load.base_fee = clip(load.base_fee * (1.0 + change), p.fee_floor, max(p.fee_ceiling, p.fee_floor))


@rule
def compute_congestion_due(load: LoadState) -> int:
    """Congestion fees of the peak hour's accepted transactions, in uERA."""
    return to_count(load.base_fee * max(load.peak.rate * load.peak.seconds - load.peak.dropped, 0.0))


@rule
def record_load(load: LoadState, p: Scaling, today: LoadMetrics) -> None:
    """Metrics of the day."""
    arrived = load.quiet.rate * load.quiet.seconds + load.peak.rate * load.peak.seconds
    dropped = load.quiet.dropped + load.peak.dropped
    capacity = load.quiet.capacity * load.quiet.seconds + load.peak.capacity * load.peak.seconds
    served = load.quiet.opening + arrived - dropped - load.peak.closing
    today.nodes_flex_active_mean = (23.0 * load.quiet_active + load.peak_active) / 24.0
    today.nodes_flex_active_peak = float(load.peak_active)
    today.queue_delay_p95_s = compute_delay_quantile(load, p, 0.95)
    today.load_dropped_share = compute_dropped_share(load)
    today.flex_idle_share = clip(1.0 - served / capacity, 0.0, 1.0) if capacity > 0.0 else 0.0
