"""A world on the morning of its first day."""

from metalab.econ.fees.revenue import open_revenue
from metalab.econ.governance.external_proposals import load_proposals
from metalab.econ.governance.governance import open_governance
from metalab.econ.governance.voters import open_voters
from metalab.econ.kernel.memory import allocate, as_rows
from metalab.econ.kernel.scenario import Scenario
from metalab.econ.kernel.world import World
from metalab.econ.liquidity.liquidity import open_liquidity
from metalab.econ.market.pricing import open_market, open_valuation
from metalab.econ.market.traders import open_traders
from metalab.econ.messaging.delivery import open_delivery
from metalab.econ.policy.changes import load_changes
from metalab.econ.policy.grants import load_grants
from metalab.econ.policy.shocks import load_shocks
from metalab.econ.rollups.developers import open_developers
from metalab.econ.rollups.rollups import open_rollups
from metalab.econ.scaling.load import open_load
from metalab.econ.security.slashing import open_slashing
from metalab.econ.staking.nodes import open_nodes
from metalab.econ.staking.rewards import open_rewards
from metalab.econ.supply.holders import open_holders
from metalab.econ.supply.unlocks import open_supply, settle_genesis
from metalab.econ.users.incentives import open_incentives
from metalab.econ.users.users import open_users
from metalab.protocol.kernel.compiling import plain, rule


@rule
def open_world(w: World, seed: int, replication: int, offset: int) -> None:
    """Fill the tables of an empty world."""
    clock = w.state[0].clock
    clock.seed = seed
    clock.replication = replication
    clock.offset = offset
    for i in range(len(w.changes)):
        w.changes[i].day = -1
    for i in range(len(w.grants)):
        w.grants[i].day = -1
    for i in range(len(w.shocks)):
        w.shocks[i].day = -1
    # Each step needs those before it: escrows before balances, the price before values in USD, rollups before their pools
    # and homes, revenue before the pots of the tiers, everybody's tokens before what is left of the airdrop; the valuation last.
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
    load_grants(world, scenario.grants)
    load_shocks(world, scenario.shocks)
    load_proposals(world, scenario.proposals)
