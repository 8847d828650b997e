"""Where users are at home: a rollup chosen by the value it holds, another one when it closes (MODEL 14)."""

from typing import Any

from metalab.econ.kernel.chance.distributions import exponential
from metalab.econ.kernel.chance.philox import split_key, uniform_at
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.kernel.clock import get_key
from metalab.econ.kernel.world import World
from metalab.econ.rollups.rollup import LEAST_USD, RollupRow, RollupsState
from metalab.econ.users.adoption import AdoptionState
from metalab.econ.users.switching import NICHES, SwitchingMetrics, SwitchingState, note_move, note_residents
from metalab.econ.users.user import NO_HOME, Presence, UserRow
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.scratch import I64, make_scratch

HOME, FIRST_HOME, LEAVE, SWITCH, CLOSING = 0, 1, 2, 3, 4
"""Permanent indices of the draws, and of the keys of choices."""


@rule
def choose_rollup(rollups: Rows[RollupRow], network: RollupsState, key: Any) -> int:
    """A live rollup with chance in proportion to the value it holds; -1 when none lives.

    A race: each rollup arrives at its value as rate, by a draw of its own, and the first is chosen. Another rollup, or
    another value of one, changes the choices of those only who would go there or came from there.
    """
    best = NO_HOME
    first = 0.0
    for k in range(network.ordered):
        rollup = rollups[rollups[k].order]
        if rollup.live == 1:
            u = uniform_at(key, rollup.identity, 0)
            value = max(rollup.tvl, LEAST_USD)
            # -ln(1 - u) > u: most are too late whatever the logarithm is.
            if best >= 0 and u >= first * value:
                continue
            wait = exponential(u) / value
            if best < 0 or wait < first:
                best = rollup.index
                first = wait
    return best


@rule
def move_homes(users: Rows[UserRow], rollups: Rows[RollupRow], network: RollupsState, demand: AdoptionState, leave: float, key: Any) -> int:
    """In the morning: of the cohorts whose rollup has closed since the last call, the share `leave` gives up the network.

    The others choose another rollup. Returns how many active cohorts left. `key` is that of the run: who leaves and where
    the others go hangs on which rollup closes, not on when.
    """
    closed = network.count - network.live
    left = 0
    # Only when a rollup has closed: on most days no cohort needs to be looked at.
    if closed == demand.closed:
        return left
    demand.closed = closed
    for i in range(len(users)):
        user = users[i]
        if user.rollup >= 0 and rollups[user.rollup].live == 0:
            closing = split_key(key, rollups[user.rollup].identity, CLOSING)
            user.rollup = choose_rollup(rollups, network, split_key(closing, i, HOME))
            if user.presence == Presence.ACTIVE and uniform_at(closing, i, LEAVE) < leave:
                user.presence = Presence.LEFT
                left += 1
    return left


@rule
def switch_home(
    user: UserRow, rollups: Rows[RollupRow], network: RollupsState, niches: SwitchingState, today: SwitchingMetrics, key: Any
) -> None:
    """Move to a rollup chosen by the value it holds; it may be the same one."""
    user.moving = 0
    target = choose_rollup(rollups, network, key)
    if target >= 0:
        note_move(niches, rollups[user.rollup], rollups[target], today)
        user.rollup = target


@rule
def settle_homes(
    users: Rows[UserRow], rollups: Rows[RollupRow], network: RollupsState, niches: SwitchingState, today: SwitchingMetrics, key: Any
) -> None:
    """In the evening: add the day's messages to the rollups they came from; who has joined or wants to move chooses a home."""
    residents = make_scratch(NICHES, I64)
    for niche in range(NICHES):
        residents[niche] = 0
    for i in range(len(users)):
        user = users[i]
        # One look at most of them, instead of a branch for each of the reasons below.
        if user.presence != Presence.ACTIVE and user.fresh == 0 and user.moving == 0:
            continue
        if user.rollup >= 0:
            rollups[user.rollup].messages += user.fresh
        else:
            user.rollup = choose_rollup(rollups, network, split_key(key, i, FIRST_HOME))
        if user.moving == 1:
            switch_home(user, rollups, network, niches, today, split_key(key, i, SWITCH))
        if user.presence == Presence.ACTIVE and user.rollup >= 0:
            residents[rollups[user.rollup].niche] += 1
    note_residents(residents, today)


@rule
def process_home_rollups(w: World) -> None:
    """The day's messages reach the rollups they came from; cohorts without a home or on the move choose one."""
    s = w.state[0]
    settle_homes(w.users, w.rollups, s.rollups, s.switching, w.today[0].switching, get_key(s.clock, Stream.HOMES))
