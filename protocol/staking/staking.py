"""Staking: tiers, the life cycle of a node, top-ups, tier changes and the exit queue (MODEL 3, ECONOMY 6, 7, 9).

Life cycle: candidate -> bonded -> unbonding -> candidate again (an operator who left may come back); jailed for a time after
an offence, tombstoned for good. Entries and exits are limited per tier and day; exits beyond the limit wait in a queue,
first come first served. A change of tier is an exit of one tier and an entry of the other.
"""

from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import (
    ALREADY_DONE,
    BELOW_MINIMUM,
    CHURN_LIMIT,
    INSUFFICIENT_BALANCE,
    INVALID_AMOUNT,
    OK,
    PROTECTED,
    TIERS,
    TOO_EARLY,
    UNKNOWN_TARGET,
    WRONG_STATUS,
    NodeStatus,
)
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, field, metric, parameter
from metalab.protocol.staking.journal import JournalRow, JournalState, note
from metalab.protocol.staking.ledger import begin_unbonding, bond_stake, release_stake


class Staking(Record):
    """Rules of staking. Vectors are in the order of `Tier`: core, flex, guardian."""

    minimum: list[int] = parameter(
        (100_000, 50_000, 500_000),
        10_000,
        10**8,
        unit="ERA",
        source="S2; from a fifth of the smallest: at 1 ERA yields are a million per cent",
        owner="dao",
        doc="Smallest stake of core, flex and guardian nodes.",
    )
    unbonding_days: int = parameter(
        14,
        1,
        60,
        unit="day",
        source="data/defaults.csv staking.unbonding_days",
        owner="dao",
        binds="entry",
        doc="Days from the start of an exit to liquid tokens.",
    )
    stake_cap: int = parameter(
        8, 4, 16, unit="1", source="ECONOMY 6", owner="dao", doc="Stake that bears rewards, at most this many times the tier's minimum."
    )
    entries_per_day: int = parameter(
        2, 1, 100, unit="1/day", source="ECONOMY 7", owner="dao", doc="Most nodes that can enter a tier on a day."
    )
    exits_per_day: int = parameter(
        2, 1, 100, unit="1/day", source="ECONOMY 7", owner="dao", doc="Most nodes that can leave a tier on a day; others queue."
    )


class StakingMetrics(Record):
    """Stakes, node counts and yields at the end of a day."""

    staked_core_era: float = metric("ERA", "Stake bonded by core nodes.", chart=True)
    staked_flex_era: float = metric("ERA", "Stake bonded by flex nodes.", chart=True)
    staked_guardian_era: float = metric("ERA", "Stake bonded by guardian nodes.", chart=True)
    nodes_core: float = metric("1", "Bonded core nodes, jailed ones included.", better="high", chart=True)
    nodes_flex_bonded: float = metric("1", "Bonded flex nodes, jailed ones included.", better="high", chart=True)
    nodes_guardian: float = metric("1", "Bonded guardian nodes, jailed ones included.", better="high", chart=True)
    nodes_exited: float = metric("1", "Nodes that began to leave on the day (protocol-run nodes never do).", chart=True)
    journal_dropped: float = metric("1", "Movements of node tokens so far that found the journal full.", better="low", chart=True)
    apr_core: float = metric("1/year", "Gross yield of core stake over 30 days.", chart=True)
    apr_flex: float = metric("1/year", "Gross yield of flex stake over 30 days.", chart=True)
    apr_guardian: float = metric("1/year", "Gross yield of guardian stake over 30 days.", chart=True)
    apr_core_net: float = metric("1/year", "Yield of core stake after operating cost and slashing.", better="high", chart=True)
    apr_flex_net: float = metric("1/year", "Yield of flex stake after operating cost and slashing.", better="high", chart=True)
    apr_guardian_net: float = metric("1/year", "Yield of guardian stake after operating cost and slashing.", better="high", chart=True)


class NodeRow(Record):
    """A node operator, candidate or bonded."""

    index: int = field("row", "own place in the table")
    identity: int = field("1", "number of its operator, which no other has in a run: what its chance is drawn by")
    balance: int = field("uERA", "liquid", token=True)
    stake: int = field("uERA", "bonded", token=True)
    unbonding: int = field("uERA", "on its way out", token=True)
    usd: float = field("USD", "money")
    tier: int = field("code", "Tier")
    target: int = field("code", "tier it wants to move to + 1; 0: none")
    status: int = field("code", "Status")
    ticket: int = field("1", "number in its tier's exit queue; 0: not queued")
    release_day: int = field("day", "when unbonding stake becomes liquid")
    jail_until: int = field("day", "first day a jailed node is free again")
    protocol_run: int = field("flag", "never exits, refilled from R&D (ECONOMY 9)")
    provider: int = field("code", "hosting provider")
    uptime: float = field("share", "share of the day it was up")
    outage: float = field("h", "hours of the running outage still to come this morning")
    fault: int = field("code", "offence committed today + 1; 0: none")
    active_hours: float = field("h", "hours it was in the active set today (flex)")
    capital: float = field("USD", "what its owner came with to put into stake; 0: nobody has this row")
    spent_usd: float = field("USD", "of that, spent on stake and bills, less what was sold")
    reservation: float = field("1/year", "net yield it wants at least")
    cost_factor: float = field("1", "own cost relative to the tier's usual cost")
    frailty: float = field("1", "own outages relative to the usual number")
    hazard: float = field("1/year", "own safety faults that its operator's care leaves")
    delegated: float = field("share", "part of the stake that outsiders delegated")
    returning: float = field("share", "of what unbonds that goes back to delegators, while it goes on with less")
    enter_days: int = field("day", "days in a row on which entering looked good")
    exit_days: int = field("day", "days in a row on which leaving looked good")
    offence_day: list[int] = field("day", "per offence: day + 1 of one not yet punished; 0: none", length=4)
    exposed: list[int] = field("uERA", "per offence: stake when it was last committed", length=4)
    punished_day: list[int] = field("day", "per offence: day + 1 of the last one punished; 0: never", length=4)
    priors: list[int] = field("1", "per offence: how often punished", length=4)
    year_stake: int = field("uERA", "largest stake in this year of the run")
    year_loss: int = field("uERA", "slashed in this year of the run")
    defected: int = field("flag", "broke the rules on purpose in this year of the run")
    weight: int = field("uERA", "scratch of a division: what its part is in proportion to")
    rest: int = field("1", "scratch of a division: remainder")
    bucket: int = field("1", "scratch of a division: rank of the remainder")
    due: int = field("uERA", "scratch of a division: its part")
    member: int = field("row", "scratch of a division: row k of this field is the k-th that has a part")


class StakingState(Record):
    """Staking as a whole, at yesterday's close unless said. Vectors in the order of `Tier`."""

    bonded: list[int] = field("uERA", "bonded stake per tier, jailed nodes included", length=3)
    nodes: list[int] = field("1", "bonded nodes per tier, jailed ones included", length=3)
    earning: list[int] = field("uERA", "stake that bears rewards per tier", length=3)
    entries: list[int] = field("1", "entries of the day", length=3)
    exits: list[int] = field("1", "exits of the day, places given to the queue included", length=3)
    queue_tail: list[int] = field("1", "tickets handed out", length=3)
    queue_head: list[int] = field("1", "tickets called", length=3)
    left: int = field("1", "nodes that began to leave today")
    pot_mean: list[float] = field("ERA/day", "30-day mean of what a tier is paid", length=3)
    hours_mean: float = field("h/day", "30-day mean of active hours of a bonded flex node")
    paid: list[int] = field("uERA", "rewards paid today", length=3)
    cost_usd: list[float] = field("USD", "operating cost of today", length=3)
    log: JournalState


@rule
def sum_bonded(state: StakingState) -> int:
    """Stake of all tiers, in uERA."""
    bonded = 0
    for tier in range(TIERS):
        bonded += state.bonded[tier]
    return bonded


@rule
def is_bonded(node: NodeRow) -> bool:
    """Whether it counts as a node of its tier: bonded, or jailed for a time."""
    return node.status == NodeStatus.BONDED or node.status == NodeStatus.JAILED


@rule
def get_earning_stake(node: NodeRow, p: Staking) -> int:
    """The stake that bears rewards, in uERA: none while jailed or below the tier's minimum, never more than the cap."""
    if node.status != NodeStatus.BONDED or node.stake < p.minimum[node.tier]:
        return 0
    return min(node.stake, p.stake_cap * p.minimum[node.tier])


@rule
def open_churn(state: StakingState, p: Staking) -> None:
    """Open a day's entries and exits: no entry yet, and the first of each exit queue are called."""
    for tier in range(TIERS):
        called = min(state.queue_tail[tier] - state.queue_head[tier], p.exits_per_day)
        state.queue_head[tier] += called
        state.exits[tier] = called
        state.entries[tier] = 0


@rule
def can_enter(state: StakingState, p: Staking, tier: int) -> bool:
    """Whether a tier still takes a node today."""
    return state.entries[tier] < p.entries_per_day


@rule
def can_leave(state: StakingState, p: Staking, tier: int) -> bool:
    """Whether a node without a ticket can still leave a tier today: a free place and nobody waiting."""
    return state.exits[tier] < p.exits_per_day and state.queue_tail[tier] == state.queue_head[tier]


@rule
def bond(node: NodeRow, pots: Pots, state: StakingState, p: Staking, amount: int, day: int, journal: Rows[JournalRow]) -> int:
    """Move `amount` uERA of a node's liquid balance into stake: an entry or a top-up. Returns OK or a refusal code."""
    if amount <= 0:
        return INVALID_AMOUNT
    if amount > node.balance:
        return INSUFFICIENT_BALANCE
    if node.status != NodeStatus.CANDIDATE and not is_bonded(node):
        return WRONG_STATUS
    if node.stake + amount < p.minimum[node.tier]:
        return BELOW_MINIMUM
    if node.status == NodeStatus.CANDIDATE:
        if not can_enter(state, p, node.tier):
            return CHURN_LIMIT
        state.entries[node.tier] += 1
        node.status = NodeStatus.BONDED
    bond_stake(node, pots, amount)
    note(journal, state.log, day, Cause.BOND, node.index, amount)
    return OK


@rule
def check_exit(node: NodeRow, state: StakingState, p: Staking) -> int:
    """OK if a node may begin to leave now, else the refusal code."""
    if node.protocol_run == 1:
        return PROTECTED
    if not is_bonded(node):
        return WRONG_STATUS
    is_called = 0 < node.ticket <= state.queue_head[node.tier]
    if not is_called and not can_leave(state, p, node.tier):
        return CHURN_LIMIT
    return OK


@rule
def start_release(node: NodeRow, pots: Pots, state: StakingState, p: Staking, day: int, journal: Rows[JournalRow]) -> None:
    """All of a node's stake starts to unbond."""
    node.release_day = day + p.unbonding_days
    # Before the stake moves: the journal reads the amount from it.
    note(journal, state.log, day, Cause.UNBOND, node.index, node.stake)
    begin_unbonding(node, pots, node.stake)


@rule
def unbond(node: NodeRow, pots: Pots, state: StakingState, p: Staking, day: int, journal: Rows[JournalRow]) -> int:
    """Start a node's exit. Returns OK or a refusal code; with CHURN_LIMIT it may queue (`queue_exit`)."""
    code = check_exit(node, state, p)
    if code != OK:
        return code
    # A ticket that was called has its place among the day's exits already.
    if node.ticket == 0:
        state.exits[node.tier] += 1
    state.left += 1
    node.ticket = 0
    node.target = 0
    node.status = NodeStatus.UNBONDING
    start_release(node, pots, state, p, day, journal)
    return OK


@rule
def queue_exit(node: NodeRow, state: StakingState) -> int:
    """Take a place in the exit queue. Returns OK or a refusal code."""
    if node.protocol_run == 1:
        return PROTECTED
    if not is_bonded(node):
        return WRONG_STATUS
    if node.ticket > 0:
        return ALREADY_DONE
    state.queue_tail[node.tier] += 1
    node.ticket = state.queue_tail[node.tier]
    return OK


@rule
def withdraw(node: NodeRow, pots: Pots, state: StakingState, p: Staking, amount: int, day: int, journal: Rows[JournalRow]) -> int:
    """Unbond a part of the stake and stay; all that is unbonding waits for the latest release. Returns OK or a refusal code."""
    if amount <= 0:
        return INVALID_AMOUNT
    if node.status != NodeStatus.BONDED:
        return WRONG_STATUS
    if node.stake - amount < p.minimum[node.tier]:
        return BELOW_MINIMUM
    node.release_day = day + p.unbonding_days
    begin_unbonding(node, pots, amount)
    note(journal, state.log, day, Cause.UNBOND, node.index, amount)
    return OK


@rule
def release(node: NodeRow, pots: Pots, state: StakingState, day: int, journal: Rows[JournalRow]) -> int:
    """Make stake liquid whose time has come; who was leaving is a candidate again. Returns OK or a refusal code."""
    # Slashed to nothing on its way out, a node has still to become a candidate again.
    if node.unbonding <= 0 and node.status != NodeStatus.UNBONDING:
        return WRONG_STATUS
    if day < node.release_day:
        return TOO_EARLY
    note(journal, state.log, day, Cause.RELEASE, node.index, node.unbonding)
    release_stake(node, pots, node.unbonding)
    if node.status == NodeStatus.UNBONDING:
        node.status = NodeStatus.CANDIDATE
    return OK


@rule
def is_accused(node: NodeRow) -> bool:
    """Whether an offence of it is on record and not yet punished."""
    return node.offence_day[0] + node.offence_day[1] + node.offence_day[2] + node.offence_day[3] > 0


@rule
def check_move(node: NodeRow, state: StakingState, p: Staking, tier: int) -> int:
    """OK if a bonded node may go to another tier today but for its stake, else the refusal code."""
    if node.protocol_run == 1:
        return PROTECTED
    if tier < 0 or tier >= TIERS or tier == node.tier:
        return UNKNOWN_TARGET
    # A penalty grows with the stake of its tier that is slashed with it: nobody leaves the tier before it is punished.
    if node.status != NodeStatus.BONDED or node.ticket > 0 or is_accused(node):
        return WRONG_STATUS
    if not can_enter(state, p, tier) or not can_leave(state, p, node.tier):
        return CHURN_LIMIT
    return OK


@rule
def migrate(node: NodeRow, state: StakingState, p: Staking, tier: int) -> int:
    """Move a bonded node with its stake to another tier. Returns OK or a refusal code."""
    code = check_move(node, state, p, tier)
    if code != OK:
        return code
    if node.stake < p.minimum[tier]:
        return BELOW_MINIMUM
    # A migration is an exit of one tier and an entry of the other (ECONOMY 7).
    state.exits[node.tier] += 1
    state.entries[tier] += 1
    node.tier = tier
    node.target = 0
    return OK


@rule
def tombstone(node: NodeRow, pots: Pots, state: StakingState, p: Staking, day: int, journal: Rows[JournalRow]) -> int:
    """Exclude a node for good; its remaining stake unbonds at once, outside the queue. Returns OK or a refusal code."""
    if node.protocol_run == 1:
        return PROTECTED
    if node.status == NodeStatus.TOMBSTONED:
        return ALREADY_DONE
    node.status = NodeStatus.TOMBSTONED
    node.ticket = 0
    node.target = 0
    if node.stake > 0:
        start_release(node, pots, state, p, day, journal)
    return OK


@rule
def jail(node: NodeRow, until: int) -> int:
    """Suspend a bonded node until a day; a longer term stands. Returns OK or a refusal code."""
    if not is_bonded(node):
        return WRONG_STATUS
    node.status = NodeStatus.JAILED
    node.jail_until = max(node.jail_until, until)
    return OK


@rule
def leave_jail(node: NodeRow, day: int) -> int:
    """End a suspension whose time has come. Returns OK or a refusal code."""
    if node.status != NodeStatus.JAILED:
        return WRONG_STATUS
    if day < node.jail_until:
        return TOO_EARLY
    node.status = NodeStatus.BONDED
    return OK
