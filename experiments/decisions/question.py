"""What is asked of paired futures: which proposals, in which worlds, decided when and how."""

from dataclasses import replace
from typing import NamedTuple

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.inputs.proposal import Proposal
from metalab.experiments.studies.parts import Variant

BASELINE = "baseline"
"""Name of the future without a proposal."""
USUAL_AT = 180


class WhatIfQuestion(NamedTuple):
    """What is asked: proposals, decided on day `at` by decree or vote, in one or several worlds."""

    proposals: tuple[Proposal, ...]
    worlds: tuple[Scenario, ...]
    at: int = USUAL_AT
    mode: str = "decree"

    def list_variants(self) -> tuple[Variant, ...]:
        """The baseline once and every proposal, world by world."""
        return tuple(variant for world in self.worlds for variant in self.list_futures(world))

    def list_futures(self, world: Scenario) -> list[Variant]:
        """The baseline and the proposals in one world."""
        prefix = f"{world.name}/" if len(self.worlds) > 1 else ""
        baseline = Variant(prefix + BASELINE, world)
        return [baseline, *(self._make_future(prefix + proposal.name, baseline, proposal) for proposal in self.proposals)]

    def _make_future(self, name: str, baseline: Variant, proposal: Proposal) -> Variant:
        world = baseline.scenario
        if proposal.is_empty:
            return Variant(name, world, baseline.name)
        proposal = proposal.fit(world, self.at)
        if self.mode == "vote":
            return Variant(name, replace(world, proposals=(proposal.plan_vote(self.at, world.flows), *world.proposals)), baseline.name)
        changes, grants = world.changes + proposal.plan(self.at), world.grants + proposal.plan_grants(self.at)
        flows = world.flows + proposal.plan_flows(self.at, world.flows)
        return Variant(name, replace(world, changes=changes, grants=grants, flows=flows), baseline.name)
