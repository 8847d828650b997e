"""Node operators enter, earn and leave."""

from typing import Any

from metalab.econ.kernel.chance.distributions import lognormal, pareto, pick
from metalab.econ.kernel.chance.philox import derive_key, uniform_at
from metalab.econ.kernel.chance.streams import GENESIS, Stream
from metalab.econ.kernel.clock import draw_day
from metalab.econ.kernel.population import Population
from metalab.econ.kernel.world import World
from metalab.econ.staking.faults import PROVIDERS, Faults
from metalab.econ.staking.node import NodeContext, Operators, node_day
from metalab.econ.staking.yields import (
    average_hours,
    average_tier,
    close_operator_years,
    measure_nodes,
    measure_yield,
    report_nodes,
    report_slashing,
)
from metalab.protocol.kernel.codes import TIERS, Bucket, NodeStatus, Tier
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.memory import as_reals
from metalab.protocol.kernel.units import safe_exp, to_usd
from metalab.protocol.staking.ledger import bond_stake
from metalab.protocol.staking.staking import NodeRow, Staking
from metalab.protocol.supply.ledger import hand_over


@rule
def open_operator(node: NodeRow, p: Operators, faults: Faults, staking: Staking, key: Any) -> None:
    """Capital, demands and equipment of an operator. Draws: capital, reservation, cost, provider, frailty."""
    i = node.index
    minimum = to_usd(staking.minimum[node.tier], p.capital_price)
    node.capital = minimum * min(pareto(uniform_at(key, i, 0), p.capital_alpha), p.capital_cap)
    node.reservation = lognormal(uniform_at(key, i, 1), p.reservation, p.reservation_sigma)
    node.cost_factor = lognormal(uniform_at(key, i, 2), 1.0, p.cost_sigma)
    weights = 0.0
    for k in range(PROVIDERS):
        weights += faults.provider_share[k]
    node.provider = max(pick(uniform_at(key, i, 3), faults.provider_share, weights), 0)
    # The mean over operators is 1, so that nodes are down `downtime` of the time.
    node.frailty = lognormal(uniform_at(key, i, 4), safe_exp(-0.5 * faults.frailty * faults.frailty), faults.frailty)
    node.uptime = 1.0


@rule
def place_operator(node: NodeRow, size: Population, i: int) -> int:
    """Set the tier of row i; returns its place among the candidates of the tier."""
    node.index = i
    node.tier = Tier.CORE
    if i < size.core:
        return i
    node.tier = Tier.FLEX
    if i < size.core + size.flex:
        return i - size.core
    node.tier = Tier.GUARDIAN
    return i - size.core - size.flex


@rule
def get_genesis_count(size: Population, tier: int) -> int:
    """Nodes of a tier that start bonded."""
    return get_of_tier(size.genesis_core, size.genesis_flex, size.genesis_guardian, tier)


@rule
def get_floor_count(size: Population, tier: int) -> int:
    """Nodes of a tier that the protocol runs."""
    return get_of_tier(size.floor_core, size.floor_flex, size.floor_guardian, tier)


@rule
def get_of_tier(core: int, flex: int, guardian: int, tier: int) -> int:
    """The one of three numbers that is a tier's: the sizes of populations have a name each, not a place."""
    if tier == Tier.CORE:
        return core
    return flex if tier == Tier.FLEX else guardian


@rule
def bond_genesis(w: World, node: NodeRow, place: int) -> None:
    """The first operators of each tier start bonded at the minimum, out of R&D; the very first are run by the protocol."""
    size = w.params[0].population
    stake = w.params[0].staking.minimum[node.tier]
    rnd = w.holders[Bucket.RND]
    if place >= get_genesis_count(size, node.tier) or rnd.balance < stake:
        return
    hand_over(rnd, node, w.pots[0], stake)
    bond_stake(node, w.pots[0], stake)
    node.status = NodeStatus.BONDED
    node.protocol_run = 1 if place < get_floor_count(size, node.tier) else 0


@rule
def open_nodes(w: World) -> None:
    """The candidates of all tiers, and a genesis set bonded out of R&D."""
    p = w.params[0]
    clock = w.state[0].clock
    key = derive_key(clock.seed, clock.replication, Stream.GENESIS_NODES, GENESIS)
    for i in range(len(w.nodes)):
        node = w.nodes[i]
        place = place_operator(node, p.population, i)
        open_operator(node, p.operators, p.faults, p.staking, key)
        bond_genesis(w, node, place)
    measure_nodes(w.nodes, w.state[0].staking, p.staking, w.today[0].slashing)


@rule
def draw_nodes(w: World) -> None:
    """Today's chance of all nodes."""
    draw_day(as_reals(w.node_draws), w.state[0].clock, Stream.NODES)


@rule
def node_at(nodes: Any, draws: Any, state: Any, pots: Any, params: Any, journal: Any, i: int) -> None:
    """The day of node i."""
    s = state[0]
    p = params[0]
    around = NodeContext(p.operators, p.staking, s.staking, s.market, s.exchange, pots[0], p.exchange, journal, s.clock.day)
    node_day(nodes[i], draws[i], around)


@rule
def process_nodes(w: World) -> None:
    """Nodes enter and leave."""
    draw_nodes(w)
    for i in range(len(w.nodes)):
        node_at(w.nodes, w.node_draws, w.state, w.pots, w.params, w.journal, i)


@rule
def record_nodes(w: World) -> None:
    """In the evening: counts, stakes, yields and what operators learn from the day."""
    s = w.state[0]
    today = w.today[0]
    measure_nodes(w.nodes, s.staking, w.params[0].staking, today.slashing)
    p = w.params[0].operators
    average_hours(w.nodes, s.staking, p.memory_days)
    for tier in range(TIERS):
        average_tier(s.staking, s.rewards, s.slashing, tier, p.memory_days, p.loss_days)
        measure_yield(s.operators, s.staking, s.slashing.slashed[tier], tier, today.market.price_usd, s.clock.day)
    close_operator_years(w.nodes, s.slashing, s.clock.day)
    report_nodes(s.staking, s.operators, today.staking)
    report_slashing(s.slashing, w.pots[0], today.slashing)
