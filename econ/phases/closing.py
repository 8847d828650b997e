"""The evening: the state at the end of the day is recorded."""

from econ.agents.holder import record_presold
from econ.supply import record_supply
from econ.world import World
from protocol.codes import Status, Tier
from protocol.compiling import rule
from protocol.units import to_era


@rule
def close_day(w: World) -> None:
    """Record the state at the end of the day."""
    today = w.today[0]
    state = w.state[0]
    today.calendar.day = float(state.clock.day)
    record_supply(state.supply, w.pots[0], today.supply)
    record_presold(w.holders, today.supply)
    today.fees.fee_per_message_usd = to_era(state.quote.message_fee) * today.market.price_usd
    for i in range(len(w.nodes)):
        node = w.nodes[i]
        if node.status == Status.BONDED and node.tier == Tier.CORE:
            today.staking.staked_core_era += to_era(node.stake)
        if node.status == Status.BONDED and node.tier == Tier.FLEX:
            today.staking.staked_flex_era += to_era(node.stake)
        if node.status == Status.BONDED and node.tier == Tier.GUARDIAN:
            today.staking.staked_guardian_era += to_era(node.stake)
    state.clock.day += 1
