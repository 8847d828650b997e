"""Slashing: evidence, penalty, jail or tombstone, distribution (MODEL 4, ECONOMY 10).

An offence is put on record with the stake it was committed with (`accuse`) and punished when the evidence is ripe
(`punish`). All that ripens on one day is counted first (`Docket`), so that the penalty does not depend on the order of rows.
"""

from enum import IntEnum
from typing import NamedTuple

from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import ALREADY_DONE, OK, TOO_EARLY, UNKNOWN_TARGET, WRONG_STATUS, NodeStatus
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, choice, field, metric, parameter
from metalab.protocol.kernel.units import clip, mul_div, power, take_bps, to_count
from metalab.protocol.policy.ledger import divert_penalty
from metalab.protocol.security.slashing_ledger import slash_to_burn, slash_to_insurance, slash_to_reporter
from metalab.protocol.staking.journal import JournalRow, note
from metalab.protocol.staking.staking import NodeRow, Staking, StakingState, is_accused, jail, tombstone


class Offence(IntEnum):
    """What a node can be punished for; the order of vectors here and in `NodeRow`."""

    DOWNTIME = 0
    INVALID_ATTESTATION = 1
    EQUIVOCATION = 2
    DATA_WITHHOLDING = 3


OFFENCES = 4
"""Members of `Offence`."""


class SlashingSchedule(IntEnum):
    """How large a penalty is."""

    PROGRESSIVE = 0
    POLKADOT = 1
    ETHEREUM = 2
    COSMOS = 3


# The three published schedules (MODEL 4), as published: none of these numbers is up to this protocol.
POLKADOT_FACTOR = 3.0
"""3 in min((3 k / n)^2, 1): a third of the nodes together lose everything."""
POLKADOT_FREE_SHARE = 10
"""One in so many nodes (and one more) may be offline without a penalty."""
POLKADOT_OFFLINE = 0.07
"""Largest penalty for being offline, share of the stake."""
ETHEREUM_INITIAL = 1.0 / 4096.0
"""Penalty of every slashing since Electra, share of the stake."""
ETHEREUM_MULTIPLIER = 3.0
"""Multiple of the slashed share of all stake that is added."""
COSMOS_SAFETY = 0.05
"""Penalty of a safety offence, share of the stake."""
COSMOS_DOWNTIME = 0.0001
"""Penalty of downtime, share of the stake."""
PARTS = 1_000_000_000
"""A penalty is applied in whole parts per billion of the stake."""


class Slashing(Record):
    """Rules of slashing. Vectors of four are in the order of `Offence`."""

    schedule: int = choice(SlashingSchedule.PROGRESSIVE, source="MODEL 4", owner="dao", doc="How large a penalty is.")
    initial: list[float] = parameter(
        (0.0001, 0.01, 0.05, 0.02),
        0.0,
        1.0,
        unit="share",
        source="assumed (downtime and equivocation as Cosmos, MODEL 4)",
        owner="dao",
        doc="Progressive schedule: penalty of a first, lone offence s0.",
    )
    escalation: float = parameter(
        1.0,
        0.0,
        9.0,
        unit="1",
        source="assumed (doubling)",
        owner="dao",
        doc="Progressive schedule: growth g of the penalty with every prior.",
    )
    correlation: list[float] = parameter(
        (0.0, 3.0, 3.0, 3.0),
        0.0,
        10.0,
        unit="1",
        source="MODEL 4 (downtime 0: assumed)",
        owner="dao",
        doc="Progressive schedule: multiple of the share of the tier's stake slashed in the window beyond the largest operator.",
    )
    window_days: int = parameter(
        36, 1, 365, unit="day", source="data/staking_reference.csv Ethereum slashed validators lock", owner="team", doc="Slashing window."
    )
    evidence_days: int = parameter(1, 0, 14, unit="day", source="assumed", owner="dao", doc="Days from an offence to its penalty.")
    jail_days: list[int] = parameter(
        (1, 7, 7, 7),
        0,
        365,
        unit="day",
        source="assumed",
        owner="dao",
        binds="entry",
        doc="Days in jail after an offence that does not tombstone.",
    )
    tombstones: list[int] = parameter(
        (0, 0, 1, 0), 0, 1, unit="flag", source="assumed (equivocation, as Cosmos)", owner="dao", doc="1: the offence excludes for good."
    )
    distribution: list[int] = parameter(
        (500, 4500, 5000),
        0,
        10_000,
        unit="bps",
        source="assumed",
        owner="dao",
        total=10_000,
        doc="A penalty to reporter, insurance fund, burn.",
    )


class Docket(Record):
    """What counts for the penalties of one tier today."""

    nodes: int = field("1", "nodes of the tier")
    total: int = field("uERA", "stake of the tier and of its offenders, at the time of their offences")
    offline: int = field("1", "downtime offences ripe today")
    offenders: int = field("1", "nodes with a safety offence ripe today or punished in the window")
    slashed: int = field("uERA", "their stake at the time")
    largest: int = field("uERA", "the largest of these")


class SlashingState(Record):
    """Slashing as a whole."""

    core: Docket
    flex: Docket
    guardian: Docket
    slashed: list[int] = field("uERA", "slashed today per tier", length=3)
    forfeited: list[int] = field("uERA", "of that, what operators lost who broke the rules on purpose", length=3)
    punished: list[int] = field("1", "offences punished so far, by `Offence`", length=4)
    operator_years: int = field("1", "finished operator-years (protocol-run nodes apart)")
    losers: int = field("1", "of these, with more than a tenth of the stake slashed")
    diverted_bps: int = field("bps", "of today's penalties that flows of policy take before they are distributed")


class SlashingContext(NamedTuple):
    """What a penalty is imposed by and what it reaches: rules, state, pots and the journal of a day."""

    p: Slashing
    state: SlashingState
    staking: Staking
    staking_state: StakingState
    pots: Pots
    journal: Rows[JournalRow]
    day: int


class SlashingMetrics(Record):
    """Slashing on a day."""

    slashed_era: float = metric("ERA", "Stake slashed.", better="low", chart=True)
    fault_hazard: float = metric("1/year", "Expected safety faults of a bonded node, shared mistakes included.", better="low", chart=True)
    insurance_era: float = metric("ERA", "Insurance fund.", chart=True)
    nodes_jailed: float = metric("1", "Jailed nodes.", better="low", chart=True)
    operator_years: float = metric("1", "Finished operator-years so far (protocol-run nodes apart).", chart=True)
    operators_hurt: float = metric("1", "Of these, with more than a tenth of the stake slashed.", better="low", chart=True)


@rule
def sum_slashed(state: SlashingState) -> int:
    """Stake of all tiers that was slashed today, in uERA."""
    slashed = 0
    for tier in range(len(state.slashed)):
        slashed += state.slashed[tier]
    return slashed


@rule
def sum_risk(state: SlashingState) -> int:
    """What honest operators lost today by slashing, in uERA: the risk of holding stake, which a forger's penalty is not."""
    slashed = 0
    for tier in range(len(state.slashed)):
        slashed += state.slashed[tier] - state.forfeited[tier]
    return slashed


@rule
def compute_progressive(p: Slashing, offence: int, priors: int, slashed: int, largest: int, total: int) -> float:
    """min(1, s0 (1 + g)^priors + min(3 x excess share, 1)).

    The excess is the stake slashed in the window beyond its largest single operator, as a share of the tier's stake: one
    fault alone has no correlation whatever the size of the tier (ECONOMY 10).
    """
    excess = max(slashed - largest, 0) / max(total, 1)
    alone = p.initial[offence] * power(1.0 + p.escalation, float(priors))
    return min(alone + min(p.correlation[offence] * excess, 1.0), 1.0)


@rule
def compute_polkadot(offence: int, offenders: int, offline: int, nodes: int) -> float:
    """Equivocation (and other safety offences) min((3k/n)^2, 1); offline min(3 (k - (floor(n/10) + 1)) / n, 1) x 7 %."""
    if nodes <= 0:
        return 0.0
    if offence == Offence.DOWNTIME:
        beyond = offline - (nodes // POLKADOT_FREE_SHARE + 1)
        return clip(POLKADOT_FACTOR * beyond / nodes, 0.0, 1.0) * POLKADOT_OFFLINE
    share = POLKADOT_FACTOR * offenders / nodes
    return min(share * share, 1.0)


@rule
def compute_ethereum(offence: int, slashed: int, total: int) -> float:
    """Electra: 1/4096 + min(3 S, T) / T for safety offences; downtime costs the rewards missed, nothing more."""
    if offence == Offence.DOWNTIME or total <= 0:
        return 0.0
    return min(ETHEREUM_INITIAL + min(ETHEREUM_MULTIPLIER * slashed / total, 1.0), 1.0)


@rule
def compute_cosmos(offence: int) -> float:
    """5 % for safety offences, 0.01 % for downtime."""
    return COSMOS_DOWNTIME if offence == Offence.DOWNTIME else COSMOS_SAFETY


@rule
def compute_penalty(p: Slashing, docket: Docket, offence: int, priors: int) -> float:
    """The share of the stake at the time of the offence that is slashed, by the schedule in force."""
    if p.schedule == SlashingSchedule.PROGRESSIVE:
        return compute_progressive(p, offence, priors, docket.slashed, docket.largest, docket.total)
    if p.schedule == SlashingSchedule.POLKADOT:
        return compute_polkadot(offence, docket.offenders, docket.offline, docket.nodes)
    if p.schedule == SlashingSchedule.ETHEREUM:
        return compute_ethereum(offence, docket.slashed, docket.total)
    if p.schedule == SlashingSchedule.COSMOS:
        return compute_cosmos(offence)
    return 0.0


@rule
def accuse(node: NodeRow, offence: int, day: int) -> int:
    """Put an offence of today on record with the stake it was committed with. Returns OK or a refusal code.

    An offence of the same kind that is not yet punished goes on: it is not a second one.
    """
    if offence < 0 or offence >= OFFENCES:
        return UNKNOWN_TARGET
    if node.status == NodeStatus.TOMBSTONED or node.stake + node.unbonding <= 0:
        return WRONG_STATUS
    # Without time for evidence an offence is punished the same day: what goes on that day is still the same one.
    if node.offence_day[offence] > 0 or node.punished_day[offence] > day:
        return ALREADY_DONE
    # day + 1, so that 0 means none also on day 0.
    node.offence_day[offence] = day + 1
    # Unbonding stake answers too: what counts is the stake at the time of the offence (MODEL 4).
    node.exposed[offence] = node.stake + node.unbonding
    return OK


@rule
def is_ripe(node: NodeRow, p: Slashing, offence: int, day: int) -> bool:
    """Whether an offence on record is to be punished today."""
    return node.offence_day[offence] > 0 and day >= node.offence_day[offence] - 1 + p.evidence_days


@rule
def is_recent(node: NodeRow, p: Slashing, offence: int, day: int) -> bool:
    """Whether an offence counts for correlation: ripe today, or punished and committed within the window."""
    if is_ripe(node, p, offence, day):
        return True
    return node.punished_day[offence] > 0 and day - (node.punished_day[offence] - 1) < p.window_days


@rule
def find_ripe(nodes: Rows[NodeRow], p: Slashing, day: int) -> bool:
    """Whether anybody is to be punished today."""
    for i in range(len(nodes)):
        node = nodes[i]
        # Most nodes have nothing on record: one sum tells before any rule is asked.
        if is_accused(node):
            for offence in range(OFFENCES):
                if is_ripe(node, p, offence, day):
                    return True
    return False


@rule
def clear_docket(docket: Docket) -> None:
    """Start counting."""
    docket.nodes = 0
    docket.total = 0
    docket.offline = 0
    docket.offenders = 0
    docket.slashed = 0
    docket.largest = 0


@rule
def count_case(docket: Docket, node: NodeRow, p: Slashing, day: int) -> None:
    """Count one node of the tier."""
    exposed = 0
    # Downtime (0) is no safety offence: it does not count towards correlation (assumed).
    for offence in range(1, OFFENCES):
        if is_recent(node, p, offence, day):
            exposed = max(exposed, node.exposed[offence])
    is_member = node.status != NodeStatus.CANDIDATE and node.status != NodeStatus.TOMBSTONED
    if is_member or exposed > 0:
        docket.nodes += 1
    # An offender may have withdrawn since: its stake at the time counts.
    docket.total += max(node.stake, exposed)
    if is_ripe(node, p, Offence.DOWNTIME, day):
        docket.offline += 1
    if exposed > 0:
        docket.offenders += 1
        docket.slashed += exposed
        docket.largest = max(docket.largest, exposed)


@rule
def note_penalty(court: SlashingContext, cause: int, node: NodeRow, amount: int) -> None:
    """Write a part of a penalty into the journal, where there is one."""
    if amount > 0:
        note(court.journal, court.staking_state.log, court.day, cause, node.index, amount)


@rule
def distribute_penalty(node: NodeRow, reporter: NodeRow, court: SlashingContext, amount: int) -> None:
    """Take `amount` of stake, then of unbonding stake, to reporter, insurance and burn; no bounty for an offender's own report."""
    # Reporter and fund are rounded down; the burn takes the remainder.
    diverted = divert_penalty(node, court.pots, amount, court.state.diverted_bps)
    left = amount - diverted
    bounty = take_bps(left, court.p.distribution[0]) if reporter.index != node.index else 0
    insured = take_bps(left, court.p.distribution[1])
    rest = left - bounty - insured
    stake = min(bounty, node.stake)
    slash_to_reporter(node, reporter, court.pots, stake, bounty - stake)
    stake = min(insured, node.stake)
    slash_to_insurance(node, court.pots, stake, insured - stake)
    stake = min(rest, node.stake)
    slash_to_burn(node, court.pots, stake, rest - stake)
    note_penalty(court, Cause.FLOW_OF_PENALTIES, node, diverted)
    note_penalty(court, Cause.SLASH_REPORTER, node, bounty)
    note_penalty(court, Cause.SLASH_INSURANCE, node, insured)
    note_penalty(court, Cause.SLASH_BURN, node, rest)


@rule
def close_case(node: NodeRow, offence: int) -> None:
    """An offence has been punished: it is a prior from now on and cannot be punished again."""
    node.punished_day[offence] = node.offence_day[offence]
    node.offence_day[offence] = 0
    node.priors[offence] += 1


@rule
def exclude(node: NodeRow, court: SlashingContext, offence: int) -> None:
    """Tombstone or jail an offender; a protocol-run node is jailed where others are tombstoned."""
    if court.p.tombstones[offence] == 1 and node.protocol_run == 0:
        tombstone(node, court.pots, court.staking_state, court.staking, court.day, court.journal)
    elif court.p.jail_days[offence] > 0:
        jail(node, court.day + court.p.jail_days[offence])


@rule
def punish(node: NodeRow, reporter: NodeRow, docket: Docket, court: SlashingContext, offence: int) -> int:
    """Execute a ripe offence: slash, then tombstone or jail. Returns OK or a refusal code.

    Never more than the stake at the time of the offence, nor than what is left of it.
    """
    if offence < 0 or offence >= OFFENCES:
        return UNKNOWN_TARGET
    if node.offence_day[offence] == 0:
        return ALREADY_DONE
    if not is_ripe(node, court.p, offence, court.day):
        return TOO_EARLY
    # To the nearest part per billion: a float just below a round share must not lose one.
    share = to_count(compute_penalty(court.p, docket, offence, node.priors[offence]) * PARTS + 0.5)
    amount = min(mul_div(node.exposed[offence], share, PARTS), node.stake + node.unbonding)
    distribute_penalty(node, reporter, court, amount)
    node.year_loss += amount
    court.state.slashed[node.tier] += amount
    if node.defected == 1:
        court.state.forfeited[node.tier] += amount
    court.state.punished[offence] += 1
    close_case(node, offence)
    # Last: a tombstone moves what stake is left into unbonding.
    exclude(node, court, offence)
    return OK
