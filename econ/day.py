"""One day, in the order it happens (MODEL 17)."""

from typing import Any

from econ.phases.closing import close_day
from econ.phases.connectors import process_assistant, process_connectors
from econ.phases.delivery import process_delivery
from econ.phases.developers import process_developers
from econ.phases.governance import process_governance
from econ.phases.holders import process_holders
from econ.phases.incentives import process_incentives
from econ.phases.incidents import process_exits, process_incidents, process_outages
from econ.phases.liquidity import process_liquidity
from econ.phases.load import process_load
from econ.phases.market import process_market
from econ.phases.nodes import process_nodes
from econ.phases.opening import open_day
from econ.phases.revenue import process_revenue
from econ.phases.rewards import process_rewards
from econ.phases.rollups import process_rollups
from econ.phases.security import process_security
from econ.phases.slashing import process_slashing
from econ.phases.storage import process_storage
from econ.phases.supply import process_unlocks
from econ.phases.traders import process_traders
from econ.phases.users import process_users
from econ.phases.voters import process_voters
from econ.world import World
from protocol.compiling import rule


@rule
def step_day(w: World) -> None:
    """One day."""
    open_day(w)
    process_unlocks(w)
    process_incidents(w)
    process_developers(w)
    process_rollups(w)
    process_users(w)
    process_connectors(w)
    process_liquidity(w)
    process_load(w)
    process_delivery(w)
    process_storage(w)
    process_revenue(w)
    process_outages(w)
    process_rewards(w)
    process_incentives(w)
    process_assistant(w)
    process_exits(w)
    process_slashing(w)
    process_nodes(w)
    process_voters(w)
    process_governance(w)
    process_traders(w)
    process_holders(w)
    process_market(w)
    process_security(w)
    close_day(w)


DAY = (
    open_day,
    process_unlocks,
    process_incidents,
    process_developers,
    process_rollups,
    process_users,
    process_connectors,
    process_liquidity,
    process_load,
    process_delivery,
    process_storage,
    process_revenue,
    process_outages,
    process_rewards,
    process_incentives,
    process_assistant,
    process_exits,
    process_slashing,
    process_nodes,
    process_voters,
    process_governance,
    process_traders,
    process_holders,
    process_market,
    process_security,
    close_day,
)
"""The same list for the Mesa face; a test holds the two together."""


@rule
def run_days(w: World, days: int, out: Any) -> None:
    """Run `days` days; row t of `out` (float64, days x metrics) becomes the t-th day's metrics."""
    for t in range(days):
        step_day(w)
        for k in range(len(w.flat.today)):
            out[t, k] = w.flat.today[k]
