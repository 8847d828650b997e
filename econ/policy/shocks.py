"""Shocks on the morning of a day: how each happens, and how a scenario's shocks get into the world."""

from typing import Any, Final

from metalab.econ.kernel.records import PARAMETERS
from metalab.econ.kernel.scenario import Shock
from metalab.econ.market.exchange import ExchangeState, order_sell
from metalab.econ.market.market import MarketState
from metalab.econ.policy.conditions import register_condition
from metalab.econ.rollups.rollup import RollupRow, RollupsState
from metalab.protocol.kernel.accounts import Pots, Wallet
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import ONE_ERA, safe_exp, to_count
from metalab.protocol.policy.changes import UNUSED
from metalab.protocol.policy.conditions import NO_CONDITION, ConditionRow, holds
from metalab.protocol.policy.shocks import ShockKind, ShockRow

DEMAND = "adoption.messages_per_day"
"""The parameter that a shock of messages multiplies for a day."""


INVESTORS: Final = int(Bucket.INVESTORS)
"""Buckets as plain integers for rules: investors."""
FOUNDATION: Final = int(Bucket.FOUNDATION)
"""The foundation's bucket."""
TEAM: Final = int(Bucket.TEAM)
"""The team's bucket."""
RND: Final = int(Bucket.RND)
"""The bucket of R&D."""


@rule
def jump_price(market: MarketState, size: float) -> None:
    """The price of the day opens higher by the factor exp(size), and so is its return; their means follow only from tonight on."""
    market.price *= safe_exp(size)
    market.log_return += size


@rule
def jump_tvl(rollups: Rows[RollupRow], network: RollupsState, size: float) -> None:
    """The value secured by every live rollup changes by the factor exp(size)."""
    for i in range(network.count):
        if rollups[i].live == 1:
            rollups[i].tvl *= safe_exp(size)
    network.tvl *= safe_exp(size)


@rule
def get_seller(kind: int) -> int:
    """The bucket whose holder sells, -1 for the kinds that sell nothing."""
    if kind == ShockKind.INVESTORS_SALE:
        return INVESTORS
    if kind == ShockKind.FOUNDATION_SALE:
        return FOUNDATION
    if kind == ShockKind.TEAM_SALE:
        return TEAM
    if kind == ShockKind.RND_SALE:
        return RND
    return -1


@rule
def sell_now(holder: Wallet, desk: ExchangeState, pots: Pots, size: float) -> None:
    """A holder sells `size` ERA, or what it has, into the market of the day."""
    order_sell(holder, desk, pots, min(to_count(size * ONE_ERA), holder.balance))


@rule
def end_shocks(shocks: Rows[ShockRow], reals: Any, day: int) -> None:
    """What held for yesterday alone is over; the last shock is undone first, as two may have met."""
    for i in range(len(shocks) - 1, -1, -1):
        row = shocks[i]
        # One that still waits for its condition has not begun.
        if row.kind == ShockKind.MESSAGES and row.condition == NO_CONDITION and row.day != UNUSED and row.day == day - 1:
            reals[row.slot] = row.kept


@rule
def begin_shock(row: ShockRow, reals: Any) -> None:
    """Demand for messages is multiplied until tomorrow morning."""
    row.kept = reals[row.slot]
    reals[row.slot] = row.kept * max(row.strength, 0.0)


@rule
def is_striking(row: ShockRow, conditions: Rows[ConditionRow], day: int) -> bool:
    """Whether a shock happens today: on its day, or, where it waits for a condition, on the first morning on which that holds."""
    if row.condition == NO_CONDITION or row.day == UNUSED:
        return row.day == day
    if day < row.day or (row.until > 0 and day >= row.until) or not holds(conditions, row.condition):
        return False
    # From now on it is a shock of this day.
    row.day = day
    row.condition = NO_CONDITION
    return True


def find_demand() -> int:
    """The word of Params that holds the demand for messages."""
    return next(leaf.slot for leaf in PARAMETERS if leaf.path == DEMAND)


def load_shocks(world: Any, shocks: tuple[Shock, ...]) -> None:
    """Write a scenario's shocks into a world's table. Raises ValueError when they do not fit or a kind is unknown."""
    if len(shocks) > len(world.shocks):
        raise ValueError(f"shocks: {len(shocks)} of them, room for {len(world.shocks)}")
    for k, shock in enumerate(shocks):
        condition = register_condition(world, shock.condition)
        world.shocks[k] = (shock.day, int(ShockKind(shock.kind)), shock.size, find_demand(), 0.0, condition, shock.until)
