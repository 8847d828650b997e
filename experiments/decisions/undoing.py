"""What a run's own voters make of a decree: whether a later vote changed the same number again, when, and which vote it was."""

from collections.abc import Sequence
from typing import Any

from metalab.econ.kernel.memory import get_tables
from metalab.econ.kernel.scenario import PlannedChange
from metalab.econ.policy.changes import find_leaf
from metalab.experiments.runs.runner import Result
from metalab.experiments.studies.intervals import compute_quantile

NEVER = -1
"""Day, proposal and place of a decree that stands to the end."""
MOST_TOLD = 3
"""Votes that a short account names."""
Data = dict[str, Any]


def measure_undoing(result: Result, decreed: Sequence[PlannedChange]) -> dict[str, float]:
    """The first day on which a vote's change holds in place of a decreed one, the vote's proposal and the number's place.

    All are -1 where the decree stands. A vote on the very day of the decree comes after it.
    """
    changes = get_tables(result.world)["changes"]
    votes = changes[(changes["day"] >= 0) & (changes["day"] < len(result.rows)) & (changes["proposal"] >= 0)]
    found = [
        (int(vote["day"]), int(vote["proposal"]), int(vote["slot"]))
        for vote in votes
        if any(vote["slot"] == change.slot and vote["day"] >= change.day for change in decreed)
    ]
    day, proposal, slot = min(found, default=(NEVER, NEVER, NEVER))
    return {"undone.day": float(day), "undone.proposal": float(proposal), "undone.slot": float(slot)}


def summarise_undoing(runs: Sequence[int], outcomes: Sequence[dict[str, float]]) -> Data:
    """In how many of the runs a decree was undone, on which days, and by which votes."""
    votes = [_describe_vote(run, outcome) for run, outcome in zip(runs, outcomes, strict=True) if outcome["undone.day"] >= 0]
    days = sorted(vote["day"] for vote in votes)
    return {
        "runs": len(votes),
        "of": len(outcomes),
        "first_day": days[0] if days else None,
        "median_day": compute_quantile([float(day) for day in days], 0.5) if days else None,
        "last_day": days[-1] if days else None,
        "votes": votes,
    }


def _describe_vote(run: int, outcome: dict[str, float]) -> Data:
    """One run's vote: the proposal is its row in the table of proposals."""
    path = find_leaf(int(outcome["undone.slot"])).path
    return {"run": run, "day": int(outcome["undone.day"]), "proposal": int(outcome["undone.proposal"]), "parameter": path}


def tell_undoing(undone: Data | None) -> str:
    """One sentence; empty where no vote undid anything."""
    if not undone or not undone["runs"]:
        return ""
    votes = [f"run {vote['run']}: day {vote['day']}, proposal {vote['proposal']} on {vote['parameter']}" for vote in undone["votes"]]
    more = f", and {len(votes) - MOST_TOLD} more" if len(votes) > MOST_TOLD else ""
    span = f"from day {undone['first_day']} to {undone['last_day']}, the median on day {undone['median_day']:.0f}"
    return f"undone by the run's own voters in {undone['runs']} of {undone['of']} runs, {span} ({'; '.join(votes[:MOST_TOLD])}{more})"
