"""A world on the morning of its first day."""

from metalab.econ.day import open_world
from metalab.econ.governance.external_proposals import load_proposals
from metalab.econ.kernel.memory import allocate, as_rows
from metalab.econ.kernel.scenario import Scenario
from metalab.econ.kernel.world import World
from metalab.econ.policy.changes import load_changes
from metalab.econ.policy.flows import load_flows
from metalab.econ.policy.grants import load_grants
from metalab.econ.policy.shocks import load_shocks
from metalab.econ.supply.unlock_plan import load_unlocks
from metalab.protocol.kernel.compiling import plain


def create_world(scenario: Scenario, seed: int, replication: int = 0) -> World:
    """A world made from a scenario: a pure function of the scenario, the seed and the replication."""
    world = allocate(scenario.parameters)
    load_unlocks(world, scenario.unlocks)
    open_world(world, seed, replication, scenario.start_offset)
    load_plans(world, scenario)
    return world


def create_plain_world(scenario: Scenario, seed: int, replication: int = 0) -> World:
    """The same world made by Python alone: nothing is compiled."""
    world = allocate(scenario.parameters)
    load_unlocks(world, scenario.unlocks)
    plain(open_world)(as_rows(world), seed, replication, scenario.start_offset)
    load_plans(world, scenario)
    return world


def load_plans(world: World, scenario: Scenario) -> None:
    """Write what a scenario has planned into the tables of a world."""
    load_changes(world, scenario.changes)
    load_grants(world, scenario.grants)
    load_flows(world, scenario.flows)
    load_shocks(world, scenario.shocks)
    load_proposals(world, scenario.proposals)
