"""Ticks of three seconds: transactions arrive, wait, are served or dropped, and the controller answers (MODEL 5).

The queue is kept as a count per tick, exactly: arrived = served + dropped + the change of the queue. Arrivals and the luck of
service are arguments. A count per tick does not see what builds up and drains within three seconds; that part of the delay is
added from the stationary queue (`queueing.compute_unseen_queue`).
"""

import math

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field
from metalab.protocol.kernel.units import clip, safe_exp, to_count
from metalab.protocol.scaling.queueing import compute_erlang_c, compute_unseen_queue
from metalab.protocol.scaling.scaling import TICK, Crew, Scaling, arrive, direct_crew

TAILS = 12
"""Delays at which the distribution is kept."""
FIRST = 0.01
"""The second of these delays in seconds; the first is 0."""
FACTOR = 3.0
"""Every further one is so many times the one before: the last is about 590 s."""


class Tank(Record):
    """The queue, and what it is like to arrive at it."""

    waiting: int = field("1", "transactions that wait")
    spare: float = field("1", "part of a transaction served already")
    dropped: int = field("1", "transactions of the tick that found the queue full")
    rate: float = field("1/s", "rate for which the next fields hold")
    servers: int = field("1", "servers for which the next fields hold")
    unseen_s: float = field("s", "mean delay by what builds up within a tick")
    decay: list[float] = field("share", "transactions that wait longer than each of the delays while no queue stands", length=TAILS)
    pending: int = field("1", "transactions not yet added to the distribution by `decay`")


class TickTally(Record):
    """What a stretch of ticks came to."""

    ticks: int = field("1", "ticks")
    arrived: int = field("1", "transactions offered")
    served: int = field("1", "transactions served")
    dropped: int = field("1", "transactions that found the queue full")
    delay: float = field("s", "sum of the delays of the transactions accepted")
    possible: float = field("1", "transactions that all active nodes could have served")
    active: int = field("1", "sum of the active flex nodes over the ticks")
    most: int = field("1", "largest active flex set")
    moves: int = field("1", "ticks in which the controller asked for another set")
    tail: list[float] = field("1", "transactions accepted that waited longer than each of the delays", length=TAILS)


@rule
def pass_edge(edge: float) -> float:
    """The next longer delay in seconds at which distributions are kept: 0, .01, .03, .09, ..."""
    return FIRST if edge <= 0.0 else edge * FACTOR


@rule
def flush_pending(tank: Tank, tally: TickTally) -> None:
    """Add the transactions of ticks without a standing queue to the distribution."""
    if tank.pending > 0:
        for k in range(TAILS):
            tally.tail[k] += tank.pending * tank.decay[k]
        tank.pending = 0


@rule
def set_tank(tank: Tank, tally: TickTally, p: Scaling, rate: float, servers: int) -> None:
    """Compute the delay within a tick again, when the rate or the set has changed."""
    # What is pending had the delays of the old rate and set.
    flush_pending(tank, tally)
    tank.rate = rate
    tank.servers = servers
    capacity = servers * p.node_tps
    chance = compute_erlang_c(servers, rate / p.node_tps)
    flow = min(rate, capacity)
    unseen = compute_unseen_queue(servers, rate, p.node_tps, TICK, p.service_cv)
    # Little's law: mean delay = mean queue / what flows through.
    tank.unseen_s = unseen / flow if flow > 0.0 else 0.0
    # An exponential tail that begins at the chance of waiting and has the unseen delay as its mean.
    slope = chance / tank.unseen_s if tank.unseen_s > 0.0 else 0.0
    edge = 0.0
    for k in range(TAILS):
        tank.decay[k] = chance * safe_exp(-slope * edge) if tank.unseen_s > 0.0 else 0.0
        edge = pass_edge(edge)


@rule
def note_standing(tank: Tank, tally: TickTally, accepted: int, first: float, last: float) -> None:
    """Add transactions that arrived while a queue stood, with delays spread evenly from `first` to `last` seconds."""
    low = min(first, last) + tank.unseen_s
    # A queue that stands still has no width; 1e-9 s keeps the quotient a step.
    width = max(max(first, last) + tank.unseen_s - low, 1e-9)
    edge = 0.0
    for k in range(TAILS):
        tally.tail[k] += accepted * clip((low + width - edge) / width, 0.0, 1.0)
        edge = pass_edge(edge)


@rule
def note_delay(tank: Tank, tally: TickTally, p: Scaling, accepted: int, before: int) -> None:
    """Book the delays of a tick's accepted transactions; `before` waited when it began."""
    capacity = tank.servers * p.node_tps
    if capacity <= 0.0:
        note_standing(tank, tally, accepted, p.queue_s, p.queue_s)
        tally.delay += accepted * p.queue_s
    elif before == 0 and tank.waiting == 0:
        tank.pending += accepted
        tally.delay += accepted * tank.unseen_s
    else:
        note_standing(tank, tally, accepted, before / capacity, tank.waiting / capacity)
        tally.delay += accepted * (0.5 * (before + tank.waiting) / capacity + tank.unseen_s)


@rule
def serve_tick(tank: Tank, tally: TickTally, p: Scaling, arrived: int, luck: float) -> None:
    """One tick of the queue. `luck` is a standard normal deviate: nodes finish more or less than they do on average.

    The queue is bounded by `queue_s` of capacity; who finds it full is dropped. Who waits already is not.
    """
    mean = tank.servers * p.node_tps * TICK
    # Completions of busy servers: a variance of cv^2 times their mean.
    able = mean + p.service_cv * luck * math.sqrt(mean) + tank.spare
    whole = to_count(able)
    tank.spare = max(able - whole, 0.0)
    before = tank.waiting
    served = min(before + arrived, whole)
    left = before + arrived - served
    tank.dropped = min(max(left - to_count(tank.servers * p.node_tps * p.queue_s), 0), arrived)
    tank.waiting = left - tank.dropped
    # Nobody waits: an unused part of a transaction cannot be saved for later.
    if tank.waiting == 0:
        tank.spare = 0.0
    tally.ticks += 1
    tally.arrived += arrived
    tally.served += served
    tally.dropped += tank.dropped
    tally.possible += mean
    note_delay(tank, tally, p, arrived - tank.dropped, before)


@rule
def pass_tick(
    tank: Tank, crew: Crew, tally: TickTally, p: Scaling, core: int, standing_by: int, rate: float, arrived: int, luck: float
) -> None:
    """One tick: ordered nodes begin, the queue is served, the controller decides. `rate` (1/s) is what it does not know."""
    arrive(crew)
    servers = core + crew.active
    if rate != tank.rate or servers != tank.servers:
        set_tank(tank, tally, p, rate, servers)
    serve_tick(tank, tally, p, arrived, luck)
    tally.active += crew.active
    tally.most = max(tally.most, crew.active)
    before = crew.active + crew.coming
    direct_crew(crew, p, core, standing_by, arrived / TICK, tank.waiting)
    if crew.active + crew.coming != before:
        tally.moves += 1


@rule
def open_tank(tank: Tank, waiting: int) -> None:
    """A queue of so many transactions; what it is like to arrive is found at the first tick."""
    tank.waiting = waiting
    tank.spare = 0.0
    tank.dropped = 0
    # No rate and no set is negative: the first tick recomputes what depends on them.
    tank.rate = -1.0
    tank.servers = -1
    tank.pending = 0


@rule
def clear_tally(tally: TickTally) -> None:
    """Nothing yet."""
    tally.ticks = 0
    tally.arrived = 0
    tally.served = 0
    tally.dropped = 0
    tally.delay = 0.0
    tally.possible = 0.0
    tally.active = 0
    tally.most = 0
    tally.moves = 0
    for k in range(TAILS):
        tally.tail[k] = 0.0


@rule
def compute_tally_delay(tally: TickTally) -> float:
    """Mean delay in seconds of the transactions accepted; 0 without any."""
    accepted = tally.arrived - tally.dropped
    return tally.delay / accepted if accepted > 0 else 0.0


@rule
def interpolate_quantile(tail: list[float], allowed: float, longest: float) -> float:
    """The delay that a part `allowed` of what `tail` counts exceeds; between the kept delays the tail falls exponentially.

    Beyond the last kept delay it falls evenly to nothing at `longest` seconds.
    """
    low = 0.0
    high = 0.0
    if tail[0] <= allowed:
        return 0.0
    for k in range(1, TAILS):
        high = pass_edge(low)
        if tail[k] <= allowed:
            if tail[k] > 0.0 and tail[k - 1] > tail[k]:
                return low + (high - low) * math.log(tail[k - 1] / allowed) / math.log(tail[k - 1] / tail[k])
            # A tail that ends between the two delays has no logarithm: evenly.
            return low + (high - low) * (tail[k - 1] - allowed) / tail[k - 1]
        low = high
    return low + max(longest - low, 0.0) * (tail[TAILS - 1] - allowed) / tail[TAILS - 1]
