"""From paired futures to a decision: differences, how surely they have a sign, who gains, and where the futures part."""

from collections.abc import Sequence
from typing import Any

from metalab.econ.kernel.records import METRICS
from metalab.experiments.decisions.divergence import find_divergence
from metalab.experiments.decisions.plans import describe_plans, list_conditions
from metalab.experiments.decisions.question import WhatIfQuestion
from metalab.experiments.decisions.undoing import summarise_undoing
from metalab.experiments.inputs.proposal import Proposal
from metalab.experiments.inputs.scenario_data import list_new_values
from metalab.experiments.runs.price_parts import read_rule
from metalab.experiments.runs.summary import METRIC_NAMES
from metalab.experiments.studies.intervals import compute_half_width, compute_mean, compute_quantile, find_share_interval
from metalab.experiments.studies.parts import RunRecord, Variant
from metalab.experiments.studies.plan import StudyPlan
from metalab.experiments.validation.notices import find_notices

WORST = 0.05
BETTER = {leaf.path.split(".")[-1]: leaf.info.better for leaf in METRICS}
METHOD = (
    "futures paired by seed and replication; baseline, proposal and difference are means over the pairs; interval: paired "
    "Student t, 95 %; worst_5_percent: the difference that 5 % of the pairs fall short of, on the bad side of the metric; "
    "probability_better: share of pairs that end better (equal counts half), with Wilson's 95 % interval"
)
Outcomes = dict[str, float]
Data = dict[str, Any]


def decide(question: WhatIfQuestion, plan: StudyPlan, records: Sequence[RunRecord]) -> Data:
    """The content of decision.json, the warnings apart."""
    by_variant: dict[str, dict[int, Outcomes]] = {}
    for record in records:
        by_variant.setdefault(record.variant, {})[record.run] = record.outcomes
    worlds = {}
    for world in question.worlds:
        baseline, *futures = question.list_futures(world)
        pairs = zip(question.proposals, futures, strict=True)
        worlds[world.name] = [_judge(proposal, plan, baseline, future, by_variant, question) for proposal, future in pairs]
    first = question.worlds[0].name
    return {
        "scenario": first,
        "at": question.at,
        "mode": question.mode,
        "days": plan.days,
        "seed": plan.seed,
        "runs": len({record.run for record in records}),
        "method": METHOD,
        "proposals": worlds[first],
    } | ({"worlds": {name: {"proposals": judged} for name, judged in worlds.items()}} if len(worlds) > 1 else {})


def _judge(
    proposal: Proposal,
    plan: StudyPlan,
    baseline: Variant,
    future: Variant,
    by_variant: dict[str, dict[int, Outcomes]],
    question: WhatIfQuestion,
) -> Data:
    """One proposal in one world."""
    base, other = by_variant[baseline.name], by_variant[future.name]
    runs = [run for run in sorted(base) if base[run] and other.get(run)]
    pairs = [(base[run], other[run]) for run in runs]
    first = runs[0] if runs else 0
    world = baseline.scenario
    return {
        "name": proposal.name,
        "title": proposal.title,
        "rationale": proposal.rationale,
        "proposer": proposal.proposer,
        "pairs": len(pairs),
        "failed": len(base) - len(pairs),
        **compare_outcomes(pairs),
        "passes": describe_vote([pair[1] for pair in pairs]) if question.mode == "vote" and not proposal.is_empty else None,
        "plans": describe_plans(proposal, list_conditions(question.proposals), pairs),
        "undone": summarise_undoing(runs, [pair[1] for pair in pairs]) if question.mode == "decree" else None,
        "price_rule": read_rule(baseline.scenario.parameters),
        "notices": find_notices(list_new_values(world, proposal.fit(world, question.at).plan(question.at))),
        "diverges": find_divergence(baseline, future, plan.seed, first, plan.days, plan.agents),
    }


def compare_outcomes(pairs: Sequence[tuple[Outcomes, Outcomes]]) -> Data:
    """Every metric, class of stakeholders and flow of the ledger, with and without."""
    return {
        "metrics": {name: _compare_metric(pairs, name) for name in METRIC_NAMES} if pairs else {},
        "classes": _compare_groups(pairs, ("income_era", "income_usd", "holdings_era", "holdings_usd")),
        "flows": {name: group["flow_era"] for name, group in _compare_groups(pairs, ("flow_era",)).items()},
    }


def _compare_metric(pairs: Sequence[tuple[Outcomes, Outcomes]], name: str) -> Data:
    """The mean over the days after the decision, and beside it the last day."""
    return compare(pairs, f"{name}.after", BETTER[name]) | {"last": compare(pairs, f"{name}.last", BETTER[name])}


def _compare_groups(pairs: Sequence[tuple[Outcomes, Outcomes]], words: tuple[str, ...]) -> dict[str, Data]:
    """Outcomes named `group.word`, more being better."""
    groups: dict[str, Data] = {}
    for key in pairs[0][0] if pairs else ():
        group, _, word = key.partition(".")
        if word in words:
            groups.setdefault(group, {})[word] = compare(pairs, key, "high" if word != "flow_era" else "none")
    return groups


def compare(pairs: Sequence[tuple[Outcomes, Outcomes]], key: str, better: str) -> Data:
    """One outcome with and without the proposal. `better` says which direction is good; with "none" up is shown."""
    without, having = [pair[0][key] for pair in pairs], [pair[1][key] for pair in pairs]
    differences = [b - a for a, b in zip(without, having, strict=True)]
    sign = -1.0 if better == "low" else 1.0
    good = [sign * difference for difference in differences]
    hits = sum(1.0 if value > 0 else 0.5 if value == 0 else 0.0 for value in good)
    mean, half = compute_mean(differences), compute_half_width(differences)
    return {
        "baseline": compute_mean(without),
        "proposal": compute_mean(having),
        "better": better,
        "difference": {
            "mean": mean,
            "interval": [mean - half, mean + half],
            "worst_5_percent": sign * compute_quantile(good, WORST) + 0.0,
        },
        "probability_better": hits / len(pairs),
        "probability_better_interval": find_share_interval(hits, len(pairs)),
        "pairs": len(pairs),
        "changed": sum(value != 0 for value in differences),
    }


def describe_vote(outcomes: Sequence[Outcomes]) -> Data:
    """How often the proposal was carried, and how people voted."""
    passed = [outcome["vote.passed"] for outcome in outcomes]
    return {
        "probability": compute_mean(passed),
        "probability_interval": find_share_interval(sum(passed), len(passed)),
        "turnout": compute_mean([outcome["vote.turnout"] for outcome in outcomes]),
        "yes_share": compute_mean([outcome["vote.yes_share"] for outcome in outcomes]),
        "runs": len(passed),
    }
