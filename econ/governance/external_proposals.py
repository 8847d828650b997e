"""Proposals from outside the run: how a scenario's proposals get into the world, and what became of them."""

from typing import Any, NamedTuple

from metalab.econ.kernel.scenario import PlannedProposal
from metalab.protocol.governance.proposals import ProposalPhase, ProposalRow, get_top_share, get_yes_share
from metalab.protocol.kernel.codes import OK
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Table
from metalab.protocol.policy.content import add_change, add_flow, add_grant, clear_content
from metalab.protocol.policy.flows import FlowTerms


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


def write_proposal(proposal: Any, planned: PlannedProposal) -> int:
    """Put a planned proposal into an empty row. Returns OK or the refusal code of what does not fit."""
    content = proposal.content
    plain(clear_content)(content)
    codes = [plain(add_change)(content, c.slot, float(c.value), c.day, c.ramp_days) for c in planned.changes]
    codes += [plain(add_grant)(content, grant.target, grant.amount) for grant in planned.grants]
    codes += [plain(add_flow)(content, FlowTerms(*f.get_terms()), f.day, f.days, f.condition, f.ends) for f in planned.flows]
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
        code = write_proposal(rows[k], planned)
        if code != OK:
            raise ValueError(f"proposal {k} on day {planned.day}: refused with code {code}")
    world.state["governance"]["count"] = len(proposals)


def read_verdict(world: Any, row: int) -> Verdict:
    """The outcome of the proposal in a row; those of a scenario are rows 0, 1, ... in its order."""
    proposal = Table(ProposalRow, world.proposals)[row]
    shares = plain(get_yes_share)(proposal), plain(get_top_share)(proposal)
    return Verdict(ProposalPhase(proposal.phase), proposal.refusal, proposal.turnout, *shares, proposal.last_day)
