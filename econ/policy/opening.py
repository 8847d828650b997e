"""The morning: yesterday's flows are forgotten, planned changes and shocks take hold."""

from metalab.econ.kernel.world import World
from metalab.econ.market.exchange import open_desk
from metalab.econ.policy.changes import apply_changes
from metalab.econ.policy.conditions import watch_conditions
from metalab.econ.policy.shocks import begin_shock, end_shocks, get_seller, is_striking, jump_price, jump_tvl, sell_now
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.policy.changes import UNUSED
from metalab.protocol.policy.shocks import ShockKind
from metalab.protocol.users.incentives import follow_budget


@rule
def strike(w: World) -> None:
    """Today's shocks."""
    state = w.state[0]
    for i in range(len(w.shocks)):
        row = w.shocks[i]
        # Rows are taken in order.
        if row.day == UNUSED:
            return
        if not is_striking(row, w.conditions, state.clock.day):
            continue
        seller = get_seller(row.kind)
        if row.kind == ShockKind.PRICE:
            jump_price(state.market, row.strength)
        elif row.kind == ShockKind.TVL:
            jump_tvl(w.rollups, state.rollups, row.strength)
        elif row.kind == ShockKind.MESSAGES:
            begin_shock(row, w.flat.params_reals)
        elif seller >= 0:
            sell_now(w.holders[seller], state.exchange, w.pots[0], row.strength)


@rule
def open_day(w: World) -> None:
    """Forget yesterday's flows, change what is to change today."""
    watch_conditions(w.conditions, w.flat.today, w.state[0].clock.day)
    for k in range(len(w.flat.today)):
        w.flat.today[k] = 0.0
    pots = w.pots[0]
    for k in range(len(pots.moved)):
        pots.moved[k] = 0
    open_desk(w.state[0].exchange, pots)
    # Shocks of yesterday are undone before today's changes are written, new ones begin after: neither overwrites the other.
    end_shocks(w.shocks, w.flat.params_reals, w.state[0].clock.day)
    apply_changes(w.changes, w.conditions, w.flat.params_words, w.flat.params_reals, w.state[0].clock.day)
    follow_budget(w.state[0].incentives, w.params[0].incentives)
    strike(w)
