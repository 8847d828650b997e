"""What became of what was planned: on how many days a condition held, and which grants could not be paid or lapsed."""

from collections.abc import Sequence
from typing import Any

from metalab.econ.kernel.memory import get_tables
from metalab.econ.kernel.scenario import PlannedCondition
from metalab.econ.policy.conditions import find_condition
from metalab.experiments.inputs.planning.conditions import show_condition
from metalab.experiments.inputs.proposal import Proposal
from metalab.experiments.runs.runner import Result
from metalab.experiments.studies.intervals import compute_mean, find_share_interval
from metalab.protocol.policy.grants import GrantStatus

Outcomes = dict[str, float]


def list_conditions(proposals: Sequence[Proposal]) -> tuple[PlannedCondition, ...]:
    """The different conditions of all changes and grants."""
    written = [change.condition for proposal in proposals for change in proposal.changes]
    written += [grant.condition for proposal in proposals for grant in proposal.grants]
    return tuple(dict.fromkeys(condition for condition in written if condition is not None))


def measure_plans(result: Result, conditions: Sequence[PlannedCondition]) -> Outcomes:
    """Grants unpaid and lapsed, and for each condition the days on which something acted under it."""
    tables = get_tables(result.world)
    status = tables["grants"]["status"]
    outcomes = {f"grants.{name.name.lower()}": float((status == name).sum()) for name in (GrantStatus.REFUSED, GrantStatus.LAPSED)}
    for k, condition in enumerate(conditions):
        outcomes[f"condition.{k}"] = count_days(tables, find_condition(result.world, condition))
    return outcomes


def count_days(tables: dict[str, Any], row: int) -> float:
    """Days on which changes under a condition acted; where only grants wait for it, days on which it held. 0 where it is not."""
    if row < 0:
        return 0.0
    changes = tables["changes"]
    acting = changes["on_days"][(changes["day"] >= 0) & (changes["condition"] == row)]
    return float(acting.max() if acting.size else tables["conditions"]["on_days"][row])


def describe_plans(
    proposal: Proposal, conditions: Sequence[PlannedCondition], pairs: Sequence[tuple[Outcomes, Outcomes]]
) -> dict[str, Any]:
    """How often each condition of a proposal held, and in how many runs its grants were not paid."""
    having = [pair[1] for pair in pairs]
    mine = [condition for condition in list_conditions([proposal]) if condition in conditions]
    return {
        "conditions": [
            _describe_condition(condition, [run[f"condition.{conditions.index(condition)}"] for run in having]) for condition in mine
        ],
        "grants": {name: _describe_grants(pairs, f"grants.{name}") for name in ("refused", "lapsed")},
    }


def _describe_condition(condition: PlannedCondition, days: Sequence[float]) -> dict[str, Any]:
    held = sum(1.0 for count in days if count > 0)
    interval = find_share_interval(held, len(days)) if days else None
    return {
        "when": show_condition(condition),
        "runs": len(days),
        "held": int(held),
        "held_interval": interval,
        "days": compute_mean(list(days)) if days else 0.0,
    }


def _describe_grants(pairs: Sequence[tuple[Outcomes, Outcomes]], key: str) -> dict[str, Any]:
    """Runs in which more of the grants came to nothing than without the proposal."""
    return {"runs": sum(having[key] > without[key] for without, having in pairs), "of": len(pairs)}


def tell_plans(proposal: dict[str, Any]) -> list[str]:
    """The same in sentences, from a decision; nothing where nothing was conditional and all was paid."""
    plans = proposal.get("plans")
    if plans is None:
        return []
    told = [
        f"if {' and '.join(line['when'])}: in {line['held']} of {line['runs']} runs, on {line['days']:.0f} days on average"
        for line in plans["conditions"]
    ]
    for name, words in (("refused", "could not be paid"), ("lapsed", "lapsed without their condition")):
        line = plans["grants"][name]
        if line["runs"]:
            told.append(f"grants {words} in {line['runs']} of {line['of']} runs")
    return told
