"""Node operators enter, earn and leave."""

from typing import Any

from metalab.econ.kernel.chance.identity import fill_by_identity
from metalab.econ.kernel.chance.philox import derive_key
from metalab.econ.kernel.chance.streams import GENESIS, Stream
from metalab.econ.kernel.clock import get_key
from metalab.econ.kernel.population import Population
from metalab.econ.kernel.world import World
from metalab.econ.staking.arrivals import look_at_tier, open_operator, welcome
from metalab.econ.staking.node import node_day
from metalab.econ.staking.valuation import NodeContext, assess_faults, learn_price, take_care
from metalab.econ.staking.yields import (
    average_hours,
    average_pot,
    close_operator_years,
    measure_nodes,
    measure_yield,
    report_nodes,
    report_slashing,
)
from metalab.protocol.kernel.codes import TIERS, Bucket, NodeStatus, Tier
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.memory import as_reals
from metalab.protocol.kernel.units import safe_log, to_usd
from metalab.protocol.staking.ledger import bond_stake
from metalab.protocol.staking.staking import NodeRow
from metalab.protocol.supply.ledger import hand_over


@rule
def place_operator(node: NodeRow, size: Population, i: int) -> int:
    """Set the tier of row i; returns its place among the candidates of the tier."""
    node.identity = i
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
    # What it has in stake it need not bring.
    node.spent_usd = to_usd(stake, w.state[0].market.price)
    node.status = NodeStatus.BONDED
    node.protocol_run = 1 if place < get_floor_count(size, node.tier) else 0


@rule
def count_candidates(size: Population) -> int:
    """Operators there are on day 0; rows beyond are free."""
    return size.core + size.flex + size.guardian


@rule
def get_traits_key(w: World) -> Any:
    """The chance of what an operator is for the whole run."""
    clock = w.state[0].clock
    return derive_key(clock.seed, clock.replication, Stream.GENESIS_NODES, GENESIS)


@rule
def open_nodes(w: World) -> None:
    """The candidates of all tiers, and a genesis set bonded out of R&D."""
    p = w.params[0]
    key = get_traits_key(w)
    for i in range(len(w.nodes)):
        node = w.nodes[i]
        node.index = i
        if i < count_candidates(p.population):
            place = place_operator(node, p.population, i)
            open_operator(node, p.operators, p.faults, p.operators.capital_usd[node.tier], key)
            bond_genesis(w, node, place)
    s = w.state[0]
    s.operators.log_price = safe_log(s.market.price)
    s.operators.used = min(count_candidates(p.population), len(w.nodes))
    measure_nodes(w.nodes, s.operators.used, s.staking, p.staking, w.today[0].slashing)


@rule
def draw_nodes(w: World) -> None:
    """Today's chance of all nodes, once those who arrive today have their places."""
    s = w.state[0]
    p = w.params[0]
    around = NodeContext(
        p.operators, p.faults, p.staking, s.staking, s.operators, s.market, s.exchange, w.pots[0], p.exchange, w.journal, s.clock.day
    )
    welcome(w.nodes, around, p.slashing, s.slashing, get_key(s.clock, Stream.ARRIVALS), get_traits_key(w))
    fill_by_identity(as_reals(w.node_draws), get_key(s.clock, Stream.NODES), w.nodes, s.operators.used)


@rule
def node_at(nodes: Any, draws: Any, state: Any, pots: Any, params: Any, journal: Any, i: int) -> None:
    """The day of node i."""
    s = state[0]
    p = params[0]
    around = NodeContext(
        p.operators, p.faults, p.staking, s.staking, s.operators, s.market, s.exchange, pots[0], p.exchange, journal, s.clock.day
    )
    node_day(nodes[i], draws[i], around)


@rule
def process_nodes(w: World) -> None:
    """Nodes enter and leave."""
    draw_nodes(w)
    for i in range(w.state[0].operators.used):
        node_at(w.nodes, w.node_draws, w.state, w.pots, w.params, w.journal, i)


@rule
def look_ahead(w: World) -> None:
    """What faults cost and tiers offer tomorrow, and how careful that makes every operator."""
    s = w.state[0]
    p = w.params[0]
    around = NodeContext(
        p.operators, p.faults, p.staking, s.staking, s.operators, s.market, s.exchange, w.pots[0], p.exchange, w.journal, s.clock.day
    )
    for tier in range(TIERS):
        assess_faults(around, p.slashing, tier)
        look_at_tier(around, tier)
    w.today[0].slashing.fault_hazard = take_care(w.nodes, around)


@rule
def record_nodes(w: World) -> None:
    """In the evening: counts, stakes, yields and what operators learn from the day."""
    s = w.state[0]
    today = w.today[0]
    measure_nodes(w.nodes, s.operators.used, s.staking, w.params[0].staking, today.slashing)
    p = w.params[0].operators
    average_hours(w.nodes, s.operators.used, s.staking, p.memory_days)
    for tier in range(TIERS):
        average_pot(s.staking, s.rewards, tier, p.memory_days)
        measure_yield(
            s.operators, s.staking, s.slashing.slashed[tier] - s.slashing.forfeited[tier], tier, today.market.price_usd, s.clock.day
        )
    learn_price(s.operators, s.market.price, p.experience_days, s.clock.day)
    look_ahead(w)
    close_operator_years(w.nodes, s.slashing, s.clock.day)
    report_nodes(s.staking, s.operators, today.staking)
    report_slashing(s.slashing, w.pots[0], today.slashing)
