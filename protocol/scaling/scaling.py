"""Controllers of the active flex set: what a network does every three seconds about its load and its queue (MODEL 5).

A controller sees the load offered lately and the transactions that wait, and says how many flex nodes it wants. It gets no more
than stand by: no stake, no capacity. Nodes it orders serve after a delay; nodes it releases stop at once.
"""

from enum import IntEnum

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, choice, field, parameter
from metalab.protocol.kernel.units import clip, to_count

TICK = 3.0
"""Seconds between two decisions (S2)."""
SLOTS = 101
"""Ticks ahead for which orders are remembered: the longest activation delay."""


class Controller(IntEnum):
    """How the active flex set follows the load. Numbers are permanent."""

    HYSTERESIS = 0
    PROPORTIONAL = 1
    FIXED = 2
    PI = 3


class Method(IntEnum):
    """How the queue of a day is found. Numbers are permanent."""

    SIMULATED = 0
    SURFACE = 1
    CLOSED_FORM = 2


class Scaling(Record):
    """Rules of scaling and facts about load."""

    method: int = choice(
        Method.SIMULATED,
        source="MODEL 5",
        owner="team",
        doc="Queue of a day: simulated peak hours and a fitted surface between them, the surface alone, or a closed form without bursts.",
    )
    simulate_every: int = parameter(
        7, 1, 28, unit="day", source="MODEL 5", owner="team", doc="Every so many days the peak hour is simulated in ticks of 3 s."
    )
    controller: int = choice(Controller.HYSTERESIS, source="MODEL 5", owner="dao", doc="How the active flex set follows the load.")
    active_min: int = parameter(10, 0, 1000, unit="1", source="S2", owner="dao", doc="Smallest active flex set.")
    active_max: int = parameter(100, 1, 1000, unit="1", source="S2", owner="dao", doc="Largest active flex set.")
    high: float = parameter(
        0.8, 0.3, 1.0, unit="share", source="assumed", owner="dao", doc="Hysteresis: utilisation above which nodes are added."
    )
    low: float = parameter(
        0.5, 0.05, 0.9, unit="share", source="assumed", owner="dao", doc="Hysteresis: utilisation below which nodes are released."
    )
    target: float = parameter(
        0.7, 0.2, 0.95, unit="share", source="assumed", owner="team", doc="Proportional and PI: utilisation aimed at."
    )
    tolerance: float = parameter(0.1, 0.0, 0.5, unit="share", source="MODEL 5", owner="team", doc="Proportional: tolerated deviation.")
    fixed_nodes: int = parameter(
        25, 0, 1000, unit="1", source="assumed (the genesis flex set)", owner="team", doc="Fixed: active flex nodes."
    )
    stabilise_s: float = parameter(
        300.0,
        0.0,
        3600.0,
        unit="s",
        source="data/load_traffic_reference.csv (Kubernetes: 300 s)",
        owner="team",
        binds="peak hour",
        doc="Proportional: time for which fewer nodes must have been enough before any is released.",
    )
    gain: float = parameter(
        0.5,
        0.0,
        2.0,
        unit="1",
        source="assumed",
        owner="team",
        binds="peak hour",
        doc="PI: part of a change of the nodes needed that is answered at once.",
    )
    integral: float = parameter(
        0.2,
        0.0,
        1.0,
        unit="1",
        source="assumed",
        owner="team",
        binds="peak hour",
        doc="PI: part of the nodes missing that is ordered at each tick.",
    )
    window_s: float = parameter(
        15.0,
        3.0,
        300.0,
        unit="s",
        source="data/load_traffic_reference.csv (Kubernetes: 15 s)",
        owner="team",
        binds="peak hour",
        doc="Time over which a controller averages the load it sees.",
    )
    drain_s: float = parameter(
        30.0,
        3.0,
        600.0,
        unit="s",
        source="assumed",
        owner="team",
        binds="peak hour",
        doc="Time in which a controller wants a queue to be gone.",
    )
    activation_s: float = parameter(
        3.0,
        3.0,
        300.0,
        unit="s",
        source="S2",
        owner="nature",
        binds="peak hour",
        doc="From the order to the first transaction a standing-by node serves.",
    )
    node_tps: float = parameter(
        4.0, 2.0, 10.0, unit="1/s", source="ECONOMY 12", owner="nature", doc="Transactions a node serves per second."
    )
    service_cv: float = parameter(
        1.0,
        0.0,
        4.0,
        unit="1",
        source="assumed",
        owner="nature",
        binds="peak hour",
        doc="Coefficient of variation of a transaction's service time.",
    )
    mean_tps: float = parameter(
        46.0,
        0.0,
        500.0,
        unit="1/s",
        source="ECONOMY 12; range to 11 times: beyond, all nodes are full",
        owner="nature",
        doc="Mean load at 15,000 messages a day.",
    )
    peak_ratio: float = parameter(
        3.0, 2.0, 10.0, unit="1", source="ECONOMY 12", owner="nature", doc="Load of the peak hour relative to the mean."
    )
    zipf: float = parameter(
        1.0,
        0.0,
        2.5,
        unit="1",
        source="ECONOMY 12 (exponent assumed)",
        owner="nature",
        doc="Zipf exponent of load and of messages over rollups, by rank of size.",
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
        10.0, 0.0, 1e6, unit="uERA", source="assumed", owner="dao", doc="Smallest congestion fee of a transaction at P_ref."
    )
    fee_ceiling: float = parameter(
        1e4, 0.0, 1e8, unit="uERA", source="assumed", owner="dao", doc="Largest congestion fee of a transaction at P_ref."
    )


class Crew(Record):
    """The active flex set and what its controller remembers."""

    active: int = field("1", "flex nodes that serve")
    coming: int = field("1", "flex nodes ordered that do not serve yet")
    slot: int = field("1", "place of this tick in `orders`")
    orders: list[int] = field("1", "nodes that begin to serve, by tick, round and round", length=SLOTS)
    load: float = field("1/s", "offered load seen lately")
    calm: float = field("s", "how long fewer nodes than there are would have been enough (proportional)")
    enough: int = field("1", "most nodes wanted in that time")
    level: float = field("1", "nodes wanted, with their fraction (PI)")
    needed: float = field("1", "nodes that would have met the target at the tick before (PI)")


@rule
def bound_active(active: int, p: Scaling, standing_by: int) -> int:
    """No stake, no capacity: within [active_min, active_max] and never more than stand by."""
    return min(max(min(active, p.active_max), p.active_min), standing_by)


@rule
def count_for(rate: float, utilisation: float, p: Scaling, core: int) -> int:
    """Flex nodes that bring utilisation to at most this."""
    needed = rate / (utilisation * p.node_tps)
    # Rounded up by hand: rules have no other door to integers than `to_count`, which rounds down.
    count = to_count(needed)
    return max(count + (1 if needed > count else 0) - core, 0)


@rule
def follow_hysteresis(active: int, rate: float, p: Scaling, core: int) -> int:
    """Add until utilisation is at most `high`, release until it is at least `low`, else stay."""
    enough = count_for(rate, p.high, p, core)
    # Where the bounds are so close that no count satisfies both, enough capacity comes first.
    most = max(count_for(rate, min(p.low, p.high), p, core), enough)
    return min(max(active, enough), most)


@rule
def follow_proportional(active: int, rate: float, p: Scaling, core: int) -> int:
    """Desired = ceil(active x load / target), nothing within the tolerance."""
    capacity = (core + active) * p.node_tps
    # Without capacity any ratio beyond the tolerance will do: the count follows from the rate alone.
    ratio = rate / (capacity * p.target) if capacity > 0.0 else 2.0 + p.tolerance
    if 1.0 - p.tolerance <= ratio <= 1.0 + p.tolerance:
        return active
    return count_for(rate, p.target, p, core)


@rule
def stabilise(crew: Crew, p: Scaling, present: int, desired: int) -> int:
    """More at once; fewer only when fewer have been enough for `stabilise_s`, and then the most wanted in that time."""
    if desired >= present:
        crew.calm = 0.0
        crew.enough = 0
        return desired
    crew.calm += TICK
    crew.enough = max(crew.enough, desired)
    if crew.calm < p.stabilise_s:
        return present
    settled = crew.enough
    crew.calm = 0.0
    crew.enough = 0
    return settled


@rule
def follow_pi(crew: Crew, rate: float, p: Scaling, core: int, standing_by: int) -> int:
    """Answer a part of what is missing to `target` and of what was added to the need, both within what can be had: no wind-up."""
    low = float(bound_active(0, p, standing_by))
    high = float(bound_active(p.active_max, p, standing_by))
    needed = clip(rate / (p.target * p.node_tps) - core, low, high)
    crew.level = clip(crew.level + p.gain * (needed - crew.needed) + p.integral * (needed - crew.level), low, high)
    crew.needed = needed
    return to_count(crew.level + 0.5)


@rule
def choose_crew(crew: Crew, demand: float, p: Scaling, core: int, standing_by: int) -> int:
    """The flex nodes that the controller in force wants at a demand, bounded by what stands by."""
    # Nodes on their way count as there, or every tick until they serve would order them again.
    present = crew.active + crew.coming
    desired = p.fixed_nodes
    if p.controller == Controller.HYSTERESIS:
        desired = follow_hysteresis(present, demand, p, core)
    elif p.controller == Controller.PROPORTIONAL:
        desired = stabilise(crew, p, present, follow_proportional(present, demand, p, core))
    elif p.controller == Controller.PI:
        desired = follow_pi(crew, demand, p, core, standing_by)
    return bound_active(desired, p, standing_by)


@rule
def settle_active(active: int, rate: float, p: Scaling, core: int, standing_by: int) -> int:
    """Where the controller in force comes to rest under a constant rate, from the set before."""
    desired = p.fixed_nodes
    if p.controller == Controller.HYSTERESIS:
        desired = follow_hysteresis(active, rate, p, core)
    elif p.controller == Controller.PROPORTIONAL:
        desired = follow_proportional(active, rate, p, core)
    elif p.controller == Controller.PI:
        desired = count_for(rate, p.target, p, core)
    return bound_active(desired, p, standing_by)


@rule
def open_crew(crew: Crew, active: int, load: float) -> None:
    """A set at rest that has seen a load."""
    crew.active = active
    crew.coming = 0
    crew.slot = 0
    for k in range(SLOTS):
        crew.orders[k] = 0
    crew.load = load
    crew.calm = 0.0
    crew.enough = 0
    crew.level = float(active)
    crew.needed = float(active)


@rule
def arrive(crew: Crew) -> None:
    """Nodes ordered long enough ago begin to serve."""
    crew.slot = (crew.slot + 1) % SLOTS
    due = crew.orders[crew.slot]
    crew.orders[crew.slot] = 0
    crew.coming -= due
    crew.active += due


@rule
def _cancel(crew: Crew, surplus: int) -> int:
    """Take back orders, the youngest first; returns the surplus that is left."""
    # Backwards round the ring from this tick: what is due last is met first.
    for k in range(SLOTS):
        place = (crew.slot - k) % SLOTS
        taken = min(crew.orders[place], surplus)
        crew.orders[place] -= taken
        crew.coming -= taken
        surplus -= taken
        if surplus == 0 or crew.coming == 0:
            break
    return surplus


@rule
def order_crew(crew: Crew, desired: int, p: Scaling) -> None:
    """Order what is missing; take back orders, then release, what is too many."""
    missing = desired - crew.active - crew.coming
    if missing > 0:
        # Rounded up to whole ticks; .999 and not 1, so that an exact multiple of a tick is not rounded up.
        delay = min(max(to_count(p.activation_s / TICK + 0.999), 1), SLOTS - 1)
        crew.orders[(crew.slot + delay) % SLOTS] += missing
        crew.coming += missing
    elif missing < 0:
        surplus = -missing
        if crew.coming > 0:
            surplus = _cancel(crew, surplus)
        crew.active -= surplus


@rule
def direct_crew(crew: Crew, p: Scaling, core: int, standing_by: int, offered: float, waiting: int) -> None:
    """One decision, at the end of a tick: from the load offered in it (1/s) and the transactions that wait."""
    # At most 1: a window shorter than a tick sees the last tick alone.
    weight = TICK / max(p.window_s, TICK)
    crew.load += weight * (offered - crew.load)
    demand = crew.load + waiting / p.drain_s
    order_crew(crew, choose_crew(crew, demand, p, core, standing_by), p)
