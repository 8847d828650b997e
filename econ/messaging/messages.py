"""Delay of messages by the chains they come from, and what everybody sees of the day's messages and users."""

from metalab.econ.kernel.chance.philox import derive_key, uniform_at
from metalab.econ.kernel.chance.streams import GENESIS, Stream
from metalab.econ.kernel.clock import ClockState
from metalab.econ.kernel.records import Daily, Params, State
from metalab.econ.rollups.rollup import RollupRow
from metalab.econ.users.activity import measure_growth
from metalab.econ.users.adoption import LAUNCH_ADDRESSES, PEOPLE_PER_ADDRESS
from metalab.econ.users.user import Presence, UserRow
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import to_count, to_era
from metalab.protocol.messaging.messaging import Messaging, compute_best_delay, compute_delay, sample_wait
from metalab.protocol.scaling.load import compute_mean_delay


@rule
def compute_wait(clock: ClockState, p: Messaging, rollup: RollupRow) -> float:
    """Wait of a rollup's chain in seconds: a permanent draw of the rollup."""
    key = derive_key(clock.seed, clock.replication, Stream.MESSAGING, GENESIS)
    return sample_wait(uniform_at(key, rollup.identity, 0), p)


@rule
def compute_opening_delay(users: Rows[UserRow], rollups: Rows[RollupRow], s: State, p: Messaging) -> float:
    """Mean delay in seconds over the cohorts that open active, by their homes."""
    total = 0.0
    count = 0
    for i in range(len(users)):
        if users[i].presence == Presence.ACTIVE and users[i].rollup >= 0:
            total += compute_wait(s.clock, p, rollups[users[i].rollup])
            count += 1
    return compute_delay(total / max(count, 1), s.delivery, p)


@rule
def measure_delay(rollups: Rows[RollupRow], s: State, p: Messaging) -> float:
    """Mean delay of today's messages in seconds, by the waits of the rollups they came from; that of launch without any."""
    total = 0.0
    count = 0
    for r in range(s.rollups.count):
        if rollups[r].messages > 0:
            total += rollups[r].messages * compute_wait(s.clock, p, rollups[r])
            count += rollups[r].messages
    if count == 0:
        return s.adoption.delay_s
    return compute_delay(total / count, s.delivery, p)


@rule
def measure_detour(rollups: Rows[RollupRow], s: State, p: Messaging) -> float:
    """Seconds by which today's messages would have been faster, in the mean, if each had taken the faster way; 0 without any."""
    total = 0.0
    count = 0
    for r in range(s.rollups.count):
        if rollups[r].messages > 0:
            wait = compute_wait(s.clock, p, rollups[r])
            total += rollups[r].messages * (compute_delay(wait, s.delivery, p) - compute_best_delay(wait, s.delivery, p))
            count += rollups[r].messages
    return total / count if count > 0 else 0.0


@rule
def measure_messages(rollups: Rows[RollupRow], s: State, p: Params, today: Daily) -> None:
    """Delay (queues included), success and growth of today's messages."""
    messages = today.fees.messages
    s.activity.messages = to_count(messages)
    if messages > 0.0:
        s.activity.delay_s = measure_delay(rollups, s, p.messaging) + compute_mean_delay(s.scaling)
        s.activity.success = 1.0 - today.messaging.messages_failed / messages
        today.messaging.message_success = s.activity.success
        today.messaging.message_delay_s = s.activity.delay_s
    measure_growth(s.activity, messages - today.activity.messages_farmed)


@rule
def measure_users(s: State, cohorts: int, today: Daily) -> None:
    """How many use the network: cohorts, the people and the addresses behind them."""
    active = today.activity.users_active
    s.activity.users_active = to_count(active)
    s.activity.active_share = active / max(cohorts, 1)
    addresses = LAUNCH_ADDRESSES / s.adoption.opened if s.adoption.opened > 0.0 else 0.0
    today.activity.addresses = addresses * s.adoption.ever
    today.activity.people_active = addresses * active * PEOPLE_PER_ADDRESS


@rule
def measure_incentives(pots: Pots, today: Daily) -> None:
    """What users were paid, by the ledger's causes of the day."""
    today.incentives.points_redeemed_era = to_era(pots.moved[Cause.POINTS])
    today.incentives.activity_rewards_era = to_era(pots.moved[Cause.REWARD_USER])
    today.activity.airdrop_claimed_era = to_era(pots.moved[Cause.CLAIM_AIRDROP])
