"""Where users are at home: a rollup chosen by the value it holds, another one when it closes (MODEL 14)."""

from typing import Any

from econ.adoption import Demand
from econ.agents.user import NO_HOME, Presence, UserRow
from econ.chance.philox import uniform_at
from econ.rollups import Network, RollupRow
from protocol.compiling import rule
from protocol.declare import Rows


@rule
def choose_rollup(rollups: Rows[RollupRow], network: Network, u: float) -> int:
    """A live rollup with chance in proportion to the value it holds; -1 when none lives."""
    total = 0.0
    for k in range(network.ordered):
        rollup = rollups[rollups[k].order]
        total += rollup.tvl * rollup.live
    left = u * total
    last = NO_HOME
    for k in range(network.ordered):
        rollup = rollups[rollups[k].order]
        if rollup.live == 1:
            last = rollup.index
            left -= rollup.tvl
            if left < 0.0:
                return last
    return last


@rule
def move_homes(users: Rows[UserRow], rollups: Rows[RollupRow], network: Network, demand: Demand, key: Any) -> None:
    """In the morning: cohorts whose rollup has closed since the last call choose another one; `key` is the day's."""
    closed = network.count - network.live
    if closed == demand.closed:
        return
    demand.closed = closed
    for i in range(len(users)):
        if users[i].rollup >= 0 and rollups[users[i].rollup].live == 0:
            users[i].rollup = choose_rollup(rollups, network, uniform_at(key, i, 0))


@rule
def settle_homes(users: Rows[UserRow], rollups: Rows[RollupRow], network: Network, key: Any) -> None:
    """In the evening: add the day's messages to the rollups they came from; who has joined chooses a home."""
    for i in range(len(users)):
        if users[i].fresh > 0:
            rollups[users[i].rollup].messages += users[i].fresh
        elif users[i].rollup < 0 and users[i].presence == Presence.ACTIVE:
            users[i].rollup = choose_rollup(rollups, network, uniform_at(key, i, 1))
