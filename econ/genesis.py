"""A world on the morning of its first day."""

from econ.changes import load_changes
from econ.phases.delivery import open_delivery
from econ.phases.developers import open_developers
from econ.phases.governance import open_governance
from econ.phases.holders import open_holders
from econ.phases.incentives import open_incentives
from econ.phases.liquidity import open_liquidity
from econ.phases.load import open_load
from econ.phases.market import open_market, open_valuation
from econ.phases.nodes import open_nodes
from econ.phases.revenue import open_revenue
from econ.phases.rewards import open_rewards
from econ.phases.rollups import open_rollups
from econ.phases.slashing import open_slashing
from econ.phases.supply import open_supply, settle_genesis
from econ.phases.traders import open_traders
from econ.phases.users import open_users
from econ.phases.voters import open_voters
from econ.referenda import load_proposals
from econ.setup import Scenario
from econ.shocks import load_shocks
from econ.world import World, allocate, as_rows
from protocol.compiling import plain, rule


@rule
def open_world(w: World, seed: int, replication: int, offset: int) -> None:
    """Fill the tables of an empty world."""
    clock = w.state[0].clock
    clock.seed = seed
    clock.replication = replication
    clock.offset = offset
    for i in range(len(w.changes)):
        w.changes[i].day = -1
    for i in range(len(w.shocks)):
        w.shocks[i].day = -1
    open_supply(w)
    open_market(w)
    open_holders(w)
    open_developers(w)
    open_rollups(w)
    open_liquidity(w)
    open_nodes(w)
    open_delivery(w)
    open_users(w)
    open_load(w)
    open_voters(w)
    open_traders(w)
    open_governance(w)
    open_revenue(w)
    open_rewards(w)
    open_incentives(w)
    open_slashing(w)
    settle_genesis(w)
    open_valuation(w)


def create_world(scenario: Scenario, seed: int, replication: int = 0) -> World:
    """A world made from a scenario: a pure function of the scenario, the seed and the replication."""
    world = allocate(scenario.parameters)
    open_world(world, seed, replication, scenario.start_offset)
    load_plans(world, scenario)
    return world


def create_plain_world(scenario: Scenario, seed: int, replication: int = 0) -> World:
    """The same world made by Python alone: nothing is compiled."""
    world = allocate(scenario.parameters)
    plain(open_world)(as_rows(world), seed, replication, scenario.start_offset)
    load_plans(world, scenario)
    return world


def load_plans(world: World, scenario: Scenario) -> None:
    """Write what a scenario has planned into the tables of a world."""
    load_changes(world, scenario.changes)
    load_shocks(world, scenario.shocks)
    load_proposals(world, scenario.proposals)
