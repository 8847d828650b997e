"""What a proposal would do: paired futures with and without it, the same chance in both."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from metalab.econ.governance.external_proposals import read_verdict
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import PlannedCondition, Scenario
from metalab.experiments.decisions.decision import decide
from metalab.experiments.decisions.plans import list_conditions, measure_plans
from metalab.experiments.decisions.question import BASELINE, USUAL_AT, WhatIfQuestion
from metalab.experiments.decisions.stakeholders import measure_flows, measure_interests
from metalab.experiments.decisions.undoing import measure_undoing
from metalab.experiments.errors import BadValueError, Place, UsageError
from metalab.experiments.inputs.planning.room import check_room
from metalab.experiments.inputs.proposal import describe_proposal, lint, read_proposal
from metalab.experiments.inputs.scenario_data import describe_scenario
from metalab.experiments.inputs.tables import read_whole
from metalab.experiments.notebooks.decisions import Decision
from metalab.experiments.runs.runner import Result
from metalab.experiments.runs.summary import METRIC_NAMES
from metalab.experiments.store.directory import RUNS, SUMMARY, Data, Store
from metalab.experiments.store.files import encode_json
from metalab.experiments.studies.intervals import compute_mean
from metalab.experiments.studies.parts import RunRecord, Variant
from metalab.experiments.studies.plan import StudyOptions, StudyPlan
from metalab.experiments.studies.study import compute_study_digest, conduct, encode_runs, summarise_runs

MODES = ("decree", "vote")
DECISION = "decision.json"
WORDS = ("after", "last")
"""Statistics of every metric: the mean over the days from the decision on, and the last day."""


@dataclass(frozen=True)
class Measure:
    """What is kept of a run: every metric after the decision and on the last day, classes, flows, the vote and what undid a decree.

    `own` says how many changes a world plans itself, by its name: what comes after them was decreed.
    """

    at: int
    conditions: tuple[PlannedCondition, ...] = ()
    own: Mapping[str, int] = field(default_factory=dict)

    def __call__(self, result: Result) -> dict[str, float]:
        """The outcomes of one future."""
        after = result.rows[self.at :]
        columns = {name: after[:, COLUMNS.index(name)].tolist() for name in METRIC_NAMES}
        outcomes = {f"{name}.after": compute_mean(values) for name, values in columns.items()}
        outcomes |= {f"{name}.last": values[-1] for name, values in columns.items()}
        outcomes |= measure_interests(result, self.at) | measure_flows(result, self.at)
        planned = result.scenario.changes
        decreed = planned[self.own.get(result.scenario.name, len(planned)) :]
        return outcomes | measure_vote(result) | measure_plans(result, self.conditions) | measure_undoing(result, decreed)


def measure_vote(result: Result) -> dict[str, float]:
    """How the vote on the scenario's first proposal went; nothing voted on counts as not passed."""
    if not result.scenario.proposals:
        return {"vote.passed": 0.0, "vote.turnout": 0.0, "vote.yes_share": 0.0}
    verdict = read_verdict(result.world, 0)
    return {"vote.passed": float(verdict.is_passed), "vote.turnout": verdict.turnout, "vote.yes_share": verdict.yes_share}


def ask(paths: Sequence[str | Path], worlds: Sequence[Scenario], at: int, mode: str, days: int) -> tuple[WhatIfQuestion, list[str]]:
    """Read and lint proposals; returns the question and the warnings. Raises a `ProblemError` for what cannot be."""
    if not paths:
        raise UsageError("name at least one proposal, for example examples/proposals/empty.toml")
    if mode not in MODES:
        raise BadValueError("--mode", mode, "one of " + ", ".join(MODES))
    read_whole("--at", at, 0, days - 1)
    proposals = tuple(read_proposal(path) for path in paths)
    names = [BASELINE, *(proposal.name for proposal in proposals)]
    for name in names:
        if names.count(name) > 1 or "/" in name:
            raise BadValueError("proposal", f"{name}.toml", f"files with different names, none of them {BASELINE}.toml")
    if len({world.name for world in worlds}) < len(worlds):
        raise BadValueError("--worlds", ",".join(world.name for world in worlds), "different worlds")
    warnings = {f"{p.name}: {text}": None for p in proposals for world in worlds for text in lint(p, world, at, days, mode == "vote")}
    question = WhatIfQuestion(proposals, tuple(worlds), at, mode)
    _check_room(question)
    return question, list(warnings)


def _check_room(question: WhatIfQuestion) -> None:
    """Raise a `ProblemError` where a world has no room for its own plans and a proposal's together."""
    for world in question.worlds:
        for proposal, future in zip(question.proposals, question.list_futures(world)[1:], strict=True):
            check_room(future.scenario, Place(proposal.source))


def compare_proposals(
    proposals: Sequence[str | Path],
    worlds: Sequence[Scenario],
    out: str | Path,
    options: StudyOptions,
    *,
    at: int = USUAL_AT,
    mode: str = "decree",
) -> Decision:
    """Compare proposals (TOML files) with doing nothing; returns the decision, which is also written to decision.json.

    Future k of every variant has the same seed and replication k: what differs is what the proposal reaches. `until` ends
    the study when the difference of a metric is known well enough for every proposal.
    """
    question, warnings = ask(proposals, worlds, at, mode, options.days)
    own = {world.name: len(world.changes) for world in worlds}
    measure = Measure(at, list_conditions(question.proposals), own)
    plan = options.make_plan(question.list_variants(), measure, WORDS, keep_flows=True)
    with Store(out, describe_question(question, plan), options.command) as store:
        if not store.is_complete:
            records = conduct(store, plan, options)
            write_decision(store, question, plan, records, warnings)
        return read_decision(store.path)


def describe_question(question: WhatIfQuestion, plan: StudyPlan) -> Data:
    """What makes it the same question."""
    first = describe_scenario(question.worlds[0])
    return (
        {"kind": "what-if"}
        | first
        | plan.describe()
        | {
            "at": question.at,
            "mode": question.mode,
            "worlds": {world.name: describe_scenario(world) for world in question.worlds},
            "asked": [describe_proposal(proposal, question.at) for proposal in question.proposals],
            "variants": {
                future.name: _describe_future(world, future) for world in question.worlds for future in question.list_futures(world)
            },
        }
    )


def _describe_future(world: Scenario, future: Variant) -> Data:
    """How a future differs from its world."""
    described = describe_scenario(future.scenario)
    return {"world": world.name} | {key: described[key] for key in ("schedule", "grants", "proposals")}


def read_decision(path: Path) -> Decision:
    """A directory's decision."""
    return Decision(json.loads((path / DECISION).read_text(encoding="utf-8")))


def write_decision(store: Store, question: WhatIfQuestion, plan: StudyPlan, records: list[RunRecord], warnings: list[str]) -> None:
    """Write runs.parquet, summary.json and decision.json and declare the study complete."""
    digest = compute_study_digest(records)
    decision: Data = decide(question, plan, records) | {"warnings": warnings, "digest": digest}
    store.write(RUNS, encode_runs(records, named=True))
    store.write(DECISION, encode_json(decision))
    store.write(SUMMARY, encode_json({"days": plan.days, "seed": plan.seed, "runs": plan.runs, "digest": digest} | _summarise(records)))
    store.finish(digest)


def _summarise(records: list[RunRecord]) -> dict[str, Any]:
    names = dict.fromkeys(record.variant for record in records)
    return {"variants": {name: summarise_runs([r for r in records if r.variant == name], WORDS) for name in names}}
