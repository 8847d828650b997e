"""Proposals from outside the run: how a scenario's proposals get into the world, and what became of them."""

from typing import Any, NamedTuple

from metalab.econ.kernel.scenario import PlannedChange, PlannedFlow, PlannedGrant, PlannedProposal
from metalab.econ.policy.conditions import register_condition
from metalab.protocol.governance.proposals import ProposalPhase, ProposalRow, get_top_share, get_yes_share
from metalab.protocol.kernel.codes import OK
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Table
from metalab.protocol.policy.content import (
    add_change,
    add_flow,
    add_grant,
    clear_content,
    qualify_last_change,
    qualify_last_flow,
    qualify_last_grant,
)
from metalab.protocol.policy.flows import FlowTerms
from metalab.protocol.policy.grants import check_payer


class Verdict(NamedTuple):
    """What became of a proposal."""

    phase: ProposalPhase
    refusal: int
    turnout: float
    yes_share: float
    top_share: float
    closed_day: int

    @property
    def is_passed(self) -> bool:
        """Whether the vote was won."""
        return self.phase in (ProposalPhase.SUCCEEDED, ProposalPhase.EXECUTED, ProposalPhase.EXPIRED)


def write_change(world: Any, content: Any, change: PlannedChange) -> int:
    """Add a planned change to a proposal's content. Returns OK or the code of why it does not fit."""
    code = int(plain(add_change)(content, change.slot, float(change.value), change.day, change.ramp_days))
    if code == OK:
        condition = register_condition(world, change.condition)
        plain(qualify_last_change)(content, change.wait, change.span, change.until, change.mode, condition)
    return code


def write_grant(world: Any, content: Any, grant: PlannedGrant) -> int:
    """Add a planned grant to a proposal's content. Returns OK or the code of why it does not fit."""
    code = int(plain(add_grant)(content, grant.target, 1 if grant.usd > 0.0 else grant.amount))
    code = code or int(plain(check_payer)(grant.payer, grant.target))
    if code == OK:
        condition = register_condition(world, grant.condition)
        plain(qualify_last_grant)(content, grant.usd, grant.payer, grant.day, grant.wait, condition)
    return code


def write_flow(world: Any, content: Any, flow: PlannedFlow) -> int:
    """Add a planned flow to a proposal's content. Returns OK or the code of why it does not fit."""
    condition = register_condition(world, flow.condition)
    code = int(plain(add_flow)(content, FlowTerms(*flow.get_terms()), flow.day, flow.days, condition, flow.ends))
    if code == OK:
        plain(qualify_last_flow)(content, flow.wait, flow.until)
    return code


def write_proposal(world: Any, proposal: Any, planned: PlannedProposal) -> int:
    """Put a planned proposal into an empty row. Returns OK or the refusal code of what does not fit."""
    content = proposal.content
    plain(clear_content)(content)
    codes = [write_change(world, content, change) for change in planned.changes]
    codes += [write_grant(world, content, grant) for grant in planned.grants]
    codes += [write_flow(world, content, flow) for flow in planned.flows]
    content.quorum, content.threshold = planned.quorum, planned.threshold
    proposal.phase, proposal.filed_day = int(ProposalPhase.PLANNED), planned.day
    return next((code for code in codes if code != OK), OK)


def load_proposals(world: Any, proposals: tuple[PlannedProposal, ...]) -> None:
    """Write a scenario's proposals into the first rows of a world's table. Raises ValueError when one does not fit."""
    if len(proposals) > len(world.proposals):
        raise ValueError(f"proposals: {len(proposals)} of them, room for {len(world.proposals)}")
    if not proposals:
        return
    rows = Table(ProposalRow, world.proposals)
    for k, planned in enumerate(proposals):
        code = write_proposal(world, rows[k], planned)
        if code != OK:
            raise ValueError(f"proposal {k} on day {planned.day}: refused with code {code}")
    world.state["governance"]["count"] = len(proposals)


def read_verdict(world: Any, row: int) -> Verdict:
    """The outcome of the proposal in a row; those of a scenario are rows 0, 1, ... in its order."""
    proposal = Table(ProposalRow, world.proposals)[row]
    shares = plain(get_yes_share)(proposal), plain(get_top_share)(proposal)
    return Verdict(ProposalPhase(proposal.phase), proposal.refusal, proposal.turnout, *shares, proposal.last_day)
