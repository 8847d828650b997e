"""The evening: the state at the end of the day is recorded."""

from metalab.econ.kernel.world import World
from metalab.econ.staking.nodes import record_nodes
from metalab.econ.supply.holder import record_presold
from metalab.econ.supply.supply import record_supply, sum_accounts
from metalab.econ.supply.unlocks import take_stock
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.units import to_era


@rule
def close_day(w: World) -> None:
    """Record the state at the end of the day."""
    today = w.today[0]
    state = w.state[0]
    today.clock.day = float(state.clock.day)
    take_stock(w)
    record_supply(state.supply, w.pots[0], sum_accounts(w.flat.memory, w.flat.accounts), today.supply)
    record_presold(w.holders, today.supply)
    today.fees.fee_per_message_usd = to_era(state.fees.message_fee) * today.market.price_usd
    record_nodes(w)
    # Last of all: what was recorded above belongs to the day that ends.
    state.clock.day += 1
