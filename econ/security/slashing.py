"""Faults, evidence and penalties."""

from metalab.econ.kernel.world import World
from metalab.econ.policy.flows import route_penalties
from metalab.econ.staking.nodes import look_ahead
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import TIERS, Bucket, NodeStatus, Tier
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.policy.flows import PENALTIES, sum_shares
from metalab.protocol.security.slashing import (
    OFFENCES,
    Docket,
    SlashingContext,
    SlashingState,
    accuse,
    clear_docket,
    count_case,
    find_ripe,
    is_ripe,
    punish,
)
from metalab.protocol.staking.journal import note
from metalab.protocol.staking.staking import is_bonded, leave_jail, open_churn
from metalab.protocol.supply.ledger import refill_stake


@rule
def open_slashing(w: World) -> None:
    """How careful operators are on the first day follows from the penalties in force."""
    look_ahead(w)


@rule
def file_evidence(w: World) -> None:
    """Today's faults go on record."""
    day = w.state[0].clock.day
    for i in range(len(w.nodes)):
        node = w.nodes[i]
        if node.fault > 0:
            accuse(node, node.fault - 1, day)
            node.fault = 0


@rule
def find_docket(state: SlashingState, tier: int) -> Docket:
    """The cases of a tier."""
    docket = state.guardian
    if tier == Tier.CORE:
        docket = state.core
    elif tier == Tier.FLEX:
        docket = state.flex
    return docket


@rule
def count_cases(w: World) -> None:
    """Count per tier what makes penalties larger."""
    s = w.state[0].slashing
    clear_docket(s.core)
    clear_docket(s.flex)
    clear_docket(s.guardian)
    day = w.state[0].clock.day
    for i in range(len(w.nodes)):
        node = w.nodes[i]
        count_case(find_docket(s, node.tier), node, w.params[0].slashing, day)


@rule
def find_reporter(w: World, i: int) -> int:
    """The next bonded node after the offender, going round; the offender itself if there is none."""
    for k in range(1, len(w.nodes)):
        j = (i + k) % len(w.nodes)
        if w.nodes[j].status == NodeStatus.BONDED:
            return j
    return i


@rule
def punish_node(w: World, i: int) -> None:
    """Execute what is ripe against node i."""
    s = w.state[0]
    p = w.params[0]
    node = w.nodes[i]
    day = s.clock.day
    court = SlashingContext(p.slashing, s.slashing, p.staking, s.staking, w.pots[0], w.journal, day)
    for offence in range(OFFENCES):
        if is_ripe(node, p.slashing, offence, day):
            reporter = w.nodes[find_reporter(w, i)]
            punish(node, reporter, find_docket(s.slashing, node.tier), court, offence)


@rule
def refill_protocol_run(w: World, i: int) -> None:
    """R&D restores a protocol-run node below its minimum, as far as it can."""
    node = w.nodes[i]
    missing = w.params[0].staking.minimum[node.tier] - node.stake
    amount = min(missing, w.holders[Bucket.RND].balance)
    if node.protocol_run == 1 and is_bonded(node) and amount > 0:
        refill_stake(w.holders[Bucket.RND], node, w.pots[0], amount)
        note(w.journal, w.state[0].staking.log, w.state[0].clock.day, Cause.REFILL, node.index, amount)


@rule
def process_slashing(w: World) -> None:
    """Evidence is filed, ripe offences are punished, jail terms end; then the day's entries and exits open."""
    s = w.state[0]
    for tier in range(TIERS):
        s.slashing.slashed[tier] = 0
        s.slashing.forfeited[tier] = 0
        s.staking.cost_usd[tier] = 0.0
    s.staking.left = 0
    s.slashing.diverted_bps = sum_shares(w.flows, w.conditions, PENALTIES, s.clock.day)
    file_evidence(w)
    # On most days nothing is ripe: the cases of all nodes need not be counted.
    if find_ripe(w.nodes, w.params[0].slashing, s.clock.day):
        count_cases(w)
        for i in range(len(w.nodes)):
            punish_node(w, i)
    for i in range(len(w.nodes)):
        node = w.nodes[i]
        if node.status == NodeStatus.JAILED:
            leave_jail(node, s.clock.day)
        if node.protocol_run == 1 and node.stake < w.params[0].staking.minimum[node.tier]:
            refill_protocol_run(w, i)
    route_penalties(w)
    open_churn(s.staking, w.params[0].staking)
