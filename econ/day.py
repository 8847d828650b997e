"""The first morning and one day, each as the list of what happens in it (MODEL 17)."""

import dis
from collections.abc import Callable
from typing import Any

from metalab.econ.connectors.connectors import process_assistant, process_connectors
from metalab.econ.fees.revenue import open_revenue, process_revenue
from metalab.econ.governance.governance import open_governance, process_governance
from metalab.econ.governance.voters import open_voters, process_voters
from metalab.econ.kernel.closing import close_day
from metalab.econ.kernel.world import World
from metalab.econ.liquidity.liquidity import open_liquidity, process_liquidity
from metalab.econ.market.pricing import open_market, open_valuation, process_market
from metalab.econ.market.traders import open_traders, process_traders
from metalab.econ.messaging.delivery import open_delivery, process_delivery
from metalab.econ.policy.flows import open_flows, process_flows
from metalab.econ.policy.grants import process_grants
from metalab.econ.policy.opening import open_day
from metalab.econ.rollups.developers import open_developers, process_developers
from metalab.econ.rollups.rollups import open_rollups, process_rollups
from metalab.econ.scaling.load import open_load, process_load
from metalab.econ.security.corruption import process_security
from metalab.econ.security.incidents import process_felt_delay, process_incidents, process_outages
from metalab.econ.security.slashing import open_slashing, process_slashing
from metalab.econ.staking.node_outages import process_node_outages
from metalab.econ.staking.nodes import open_nodes, process_nodes
from metalab.econ.staking.rewards import open_rewards, process_rewards
from metalab.econ.storage.storage import process_storage
from metalab.econ.supply.holders import open_holders, process_holders
from metalab.econ.supply.issuing import process_issuance
from metalab.econ.supply.unlocks import open_supply, process_unlocks, settle_genesis
from metalab.econ.users.home_rollups import process_home_rollups
from metalab.econ.users.incentives import open_incentives, process_incentives
from metalab.econ.users.users import open_users, process_users
from metalab.protocol.kernel.compiling import rule


@rule
def open_world(w: World, seed: int, replication: int, offset: int) -> None:
    """Fill the tables of an empty world."""
    clock = w.state[0].clock
    clock.seed = seed
    clock.replication = replication
    clock.offset = offset
    # An empty row has the day -1, which never comes: 0 would be due on the first day.
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
    open_flows(w)
    open_revenue(w)
    open_rewards(w)
    open_incentives(w)
    open_slashing(w)
    settle_genesis(w)
    open_valuation(w)


@rule
def step_day(w: World) -> None:
    """One day."""
    open_day(w)
    process_grants(w)
    process_unlocks(w)
    process_incidents(w)
    process_developers(w)
    process_rollups(w)
    process_users(w)
    process_connectors(w)
    process_liquidity(w)
    # Before load and delivery: who is down today serves nothing and attests nothing.
    process_node_outages(w)
    process_load(w)
    process_delivery(w)
    process_storage(w)
    process_home_rollups(w)
    process_revenue(w)
    process_outages(w)
    process_issuance(w)
    # Before rewards are paid and congestion fees join the flex pot.
    process_flows(w)
    process_rewards(w)
    process_incentives(w)
    # The delay of the day is known once `process_incentives` has measured it; the assistant and exits change it.
    process_assistant(w)
    process_felt_delay(w)
    process_slashing(w)
    # After slashing, which opens the day's entries and exits.
    process_nodes(w)
    process_voters(w)
    process_governance(w)
    # All orders of the day trade at its price, before the market quotes the next one (ECONOMY 27).
    process_traders(w)
    process_holders(w)
    process_market(w)
    process_security(w)
    close_day(w)


def list_phases(function: Callable[..., None]) -> tuple[Callable[[World], None], ...]:
    """The calls of a rule that does nothing but call one phase after the other, in their order.

    Raises TypeError where it does anything else, or calls a phase twice: the Mesa face could not follow it.
    """
    source = getattr(function, "py_func", function)
    phases = tuple(source.__globals__[name] for name in source.__code__.co_names)
    calls = sum(step.opname == "CALL" for step in dis.get_instructions(source))
    if calls != len(phases):
        raise TypeError(f"{source.__name__}: {calls} calls of {len(phases)} phases; call each phase once, and nothing else")
    return phases


DAY = list_phases(step_day)
"""The phases of a day, for those who run them one by one: the Mesa face, and the search for where two futures part."""


@rule
def run_days(w: World, days: int, out: Any) -> None:
    """Run `days` days; row t of `out` (float64, days x metrics) becomes the t-th day's metrics."""
    for t in range(days):
        step_day(w)
        for k in range(len(w.flat.today)):
            out[t, k] = w.flat.today[k]
