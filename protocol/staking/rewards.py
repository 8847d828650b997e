"""Rewards: each tier's pot is divided pro rata to stake x uptime, to the uERA (MODEL 3, ECONOMY 8, 9).

Optional: a yield floor funded by the treasury and a cap whose excess goes to it. The share of a tier without nodes is kept
for 30 days and then goes to the treasury; it is never paid to whoever comes first.
"""

from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.calendar_units import HOURS_A_DAY, WHOLE_DAYS_A_YEAR
from metalab.protocol.kernel.codes import TIERS, NodeStatus, Tier
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, field, parameter, switch
from metalab.protocol.kernel.units import mul_div, take_bps, to_count
from metalab.protocol.staking.journal import JournalRow, note
from metalab.protocol.staking.ledger import REWARD_CAUSES, forfeit_pot, fund_floor, return_excess, reward_node
from metalab.protocol.staking.staking import NodeRow, Staking, StakingState, get_earning_stake

BUCKETS = 64
"""Classes into which remainders are sorted: few enough to clear for every pot, enough that the last class is short."""
EMPTY_DAYS = 30
"""Days after which the share of a tier without nodes goes to the treasury (ECONOMY 9); those of the protocol keep it from happening."""


class Rewards(Record):
    """Rules of rewards."""

    availability: int = parameter(
        4000,
        0,
        10_000,
        unit="bps",
        source="ECONOMY 8",
        owner="dao",
        doc="Part of the flex pot paid for availability; the rest for active hours.",
    )
    floor_on: int = switch(False, source="MODEL 3, ECONOMY 9", owner="dao", doc="The treasury lifts each tier's yield to the floor.")
    floor: float = parameter(0.08, 0.0, 0.5, unit="1/year", source="S1", owner="dao", doc="Yield floor.")
    cap_on: int = switch(False, source="MODEL 3, ECONOMY 9", owner="dao", doc="Rewards above the yield cap go to the treasury.")
    cap: float = parameter(0.15, 0.0, 2.0, unit="1/year", source="S1", owner="dao", doc="Yield cap.")


class RewardsState(Record):
    """What rewards remember. Vectors in the order of `Tier`."""

    held: list[int] = field("uERA", "share kept while the tier was empty", length=3)
    held_days: list[int] = field("day", "since when", length=3)
    offered: list[int] = field("uERA", "today's pot of a tier", length=3)
    funded: int = field("uERA", "today's net payment of the treasury into pots")
    earning: list[int] = field("uERA", "scratch: stake that bears rewards", length=3)
    weight: list[int] = field("uERA", "scratch: sum of weights", length=3)
    counts: list[int] = field("1", "scratch of a division", length=BUCKETS)


@rule
def weigh_uptime(nodes: Rows[NodeRow], state: RewardsState, p: Staking) -> None:
    """Set each node's weight to stake x uptime, and per tier the sum of weights and of stakes that bear rewards."""
    for tier in range(TIERS):
        state.earning[tier] = 0
        state.weight[tier] = 0
    for i in range(len(nodes)):
        node = nodes[i]
        node.weight = 0
        if node.status == NodeStatus.BONDED:
            stake = get_earning_stake(node, p)
            node.weight = to_count(stake * node.uptime)
            state.earning[node.tier] += stake
            state.weight[node.tier] += node.weight


@rule
def compute_hours(nodes: Rows[NodeRow], tier: int) -> int:
    """Sum over a tier of weight x active hours / 24."""
    total = 0
    for i in range(len(nodes)):
        if nodes[i].tier == tier and nodes[i].weight > 0:
            total += to_count(nodes[i].weight * (nodes[i].active_hours / HOURS_A_DAY))
    return total


@rule
def weigh_hours(nodes: Rows[NodeRow], tier: int) -> None:
    """Scale the weights of a tier by the share of the day in the active set."""
    for i in range(len(nodes)):
        node = nodes[i]
        if node.tier == tier and node.weight > 0:
            # The rounding of `compute_hours`: these weights sum to its total exactly.
            node.weight = to_count(node.weight * (node.active_hours / HOURS_A_DAY))


@rule
def _get_bucket(rest: int, total: int) -> int:
    return min(to_count(rest / total * BUCKETS), BUCKETS - 1)


@rule
def list_members(nodes: Rows[NodeRow], tier: int) -> int:
    """Note the rows of a tier's nodes that have a weight, in their order, in `member`; returns how many there are."""
    count = 0
    for i in range(len(nodes)):
        if nodes[i].tier == tier and nodes[i].weight > 0:
            nodes[count].member = i
            count += 1
    return count


@rule
def divide_pot(nodes: Rows[NodeRow], tier: int, pot: int, total: int, counts: list[int]) -> None:
    """Add to each node's `due` its part of a tier's `pot`, in proportion to `weight`; nothing is lost.

    Every part is rounded down; what remains goes, one uERA each, to the largest remainders, lowest index first. `total` > 0
    is the sum of the weights, `counts` scratch: remainders are sorted into buckets, so that the cost is linear.
    """
    for k in range(BUCKETS):
        counts[k] = 0
    left = pot
    members = list_members(nodes, tier)
    for k in range(members):
        node = nodes[nodes[k].member]
        part = mul_div(pot, node.weight, total)
        # Both products may leave 64 bits; their difference does not, and compiled integers wrap around.
        node.rest = pot * node.weight - part * total
        node.bucket = _get_bucket(node.rest, total)
        counts[node.bucket] += 1
        node.due += part
        left -= part
    bucket = BUCKETS - 1
    # Down from the largest remainders to the class in which what is left runs out.
    while left > counts[bucket] and bucket > 0:
        left -= counts[bucket]
        bucket -= 1
    _serve_remainders(nodes, members, bucket, left)


@rule
def _find_largest(nodes: Rows[NodeRow], members: int, bucket: int) -> int:
    """The first member with the largest remainder in a bucket that has some."""
    best = -1
    most = -1
    for k in range(members):
        node = nodes[nodes[k].member]
        # Strictly larger: among equals the lowest index first (MODEL 0).
        if node.bucket == bucket and node.rest > most:
            best = k
            most = node.rest
    return best


@rule
def _serve_remainders(nodes: Rows[NodeRow], members: int, bucket: int, left: int) -> None:
    """One uERA to every remainder above a bucket and to the `left` largest within it."""
    for k in range(members):
        if nodes[nodes[k].member].bucket > bucket:
            nodes[nodes[k].member].due += 1
    while left > 0:
        best = _find_largest(nodes, members, bucket)
        rest = nodes[nodes[best].member].rest
        # Equal stakes leave equal remainders, and there are many: all of them in one pass.
        for k in range(best, members):
            node = nodes[nodes[k].member]
            if left > 0 and node.bucket == bucket and node.rest == rest:
                node.due += 1
                node.bucket = -1
                left -= 1


@rule
def apply_band(pots: Pots, state: RewardsState, p: Rewards, tier: int, earning: int, pot: int) -> int:
    """Lift today's pot of a tier to the floor and cut it to the cap where these are on; returns the pot."""
    lowest = to_count(p.floor / WHOLE_DAYS_A_YEAR * earning)
    if p.floor_on == 1 and pot < lowest:
        lift = min(lowest - pot, pots.treasury)
        fund_floor(pots, tier, lift)
        state.funded += lift
        pot += lift
    highest = to_count(p.cap / WHOLE_DAYS_A_YEAR * earning)
    if p.cap_on == 1 and pot > highest:
        return_excess(pots, tier, pot - highest)
        state.funded -= pot - highest
        pot = highest
    return pot


@rule
def keep_pot(pots: Pots, state: RewardsState, tier: int, is_empty: bool) -> None:
    """Keep the pot of an empty tier; what was kept for `EMPTY_DAYS` goes to the treasury, with every day's share after it."""
    if is_empty:
        state.held[tier] = pots.node_rewards[tier]
    if state.held[tier] == 0:
        if not is_empty:
            state.held_days[tier] = 0
        return
    state.held_days[tier] += 1
    if state.held_days[tier] > EMPTY_DAYS:
        forfeit_pot(pots, tier, state.held[tier])
        state.funded -= state.held[tier]
        state.held[tier] = 0


@rule
def divide_tier(nodes: Rows[NodeRow], state: RewardsState, p: Rewards, tier: int, pot: int) -> None:
    """Compute what each node of a tier is due; the flex pot is divided by availability and by active hours."""
    hours = compute_hours(nodes, tier) if tier == Tier.FLEX else 0
    # Without any active hour there is nothing else to pay for than availability.
    by_uptime = take_bps(pot, p.availability) if hours > 0 else pot
    divide_pot(nodes, tier, by_uptime, state.weight[tier], state.counts)
    if hours > 0:
        weigh_hours(nodes, tier)
        divide_pot(nodes, tier, pot - by_uptime, hours, state.counts)


@rule
def pay_tier(nodes: Rows[NodeRow], pots: Pots, staking_state: StakingState, tier: int, day: int, journal: Rows[JournalRow]) -> None:
    """Pay what is due."""
    for i in range(len(nodes)):
        node = nodes[i]
        if node.due > 0:
            reward_node(node, pots, tier, node.due)
            note(journal, staking_state.log, day, REWARD_CAUSES[tier], node.index, node.due)
            staking_state.paid[tier] += node.due
            node.due = 0


@rule
def reward_tier(
    nodes: Rows[NodeRow],
    pots: Pots,
    state: RewardsState,
    staking_state: StakingState,
    p: Rewards,
    tier: int,
    day: int,
    journal: Rows[JournalRow],
) -> None:
    """One tier's rewards of the day; weights are in place."""
    # What was kept while the tier was empty is no part of today's pot: never a jackpot (ECONOMY 9).
    pot = apply_band(pots, state, p, tier, state.earning[tier], pots.node_rewards[tier] - state.held[tier])
    state.offered[tier] = pot
    is_empty = state.weight[tier] == 0
    if pot > 0 and not is_empty:
        divide_tier(nodes, state, p, tier, pot)
        pay_tier(nodes, pots, staking_state, tier, day, journal)
    keep_pot(pots, state, tier, is_empty)


@rule
def pay_rewards(
    nodes: Rows[NodeRow],
    pots: Pots,
    state: RewardsState,
    staking_state: StakingState,
    p: Rewards,
    staking: Staking,
    day: int,
    journal: Rows[JournalRow],
) -> None:
    """The day's rewards of all tiers."""
    state.funded = 0
    weigh_uptime(nodes, state, staking)
    for tier in range(TIERS):
        staking_state.paid[tier] = 0
        reward_tier(nodes, pots, state, staking_state, p, tier, day, journal)
