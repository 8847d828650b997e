"""Proposals as TOML files: what they would change, and what is wrong with them before anything is run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from metalab.econ.kernel.scenario import PlannedChange, PlannedGrant, PlannedProposal, Scenario
from metalab.experiments.errors import BadFileError, BadValueError, Place, UnknownNameError, show
from metalab.experiments.inputs.checks import check_parameters
from metalab.experiments.inputs.scenario import check_keys, count_tables, is_finite, plan_change, read_whole
from metalab.experiments.inputs.scenario_data import describe_grants
from metalab.experiments.inputs.schema import LEAVES, Values, check_names, parse_era, resolve, show_parameters
from metalab.experiments.inputs.toml_lines import Document, read_document
from metalab.experiments.limits import LONGEST_RUN
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.policy.content import MOST_CHANGES, MOST_GRANTS, GrantTarget

KEYS = ("title", "rationale", "proposer", "changes", "grants", "vote")
CHANGE_KEYS = ("parameter", "value", "from_day", "ramp_days")
GRANT_KEYS = ("from", "to", "era")
VOTE_KEYS = ("quorum", "threshold")
SLIP = 50.0
"""A change by more than this factor looks like another unit."""


@dataclass(frozen=True)
class Change:
    """One [[changes]]: a parameter's value as written. `from_day` -1 means the day of the decision."""

    path: str
    value: Any
    from_day: int
    ramp_days: int
    place: Place

    def get_start(self, at: int) -> int:
        """The first day on which it holds; nothing holds before the decision."""
        return max(self.from_day, at)

    def get_end(self, at: int) -> int:
        """The first day after its ramp."""
        return self.get_start(at) + max(1, self.ramp_days)


@dataclass(frozen=True)
class Proposal:
    """A proposal as written, every key and value checked. `name` is the file's."""

    name: str
    title: str
    rationale: str
    proposer: str
    changes: tuple[Change, ...]
    grants: tuple[PlannedGrant, ...]
    quorum: float
    threshold: float
    source: str

    @property
    def is_empty(self) -> bool:
        """Whether it would change nothing at all."""
        return not self.changes and not self.grants

    def plan(self, at: int) -> tuple[PlannedChange, ...]:
        """Its changes as a scenario's calendar takes them."""
        return tuple(
            planned
            for change in self.changes
            for planned in plan_change(change.path, change.value, change.get_start(at), change.ramp_days, change.place)
        )

    def plan_vote(self, at: int) -> PlannedProposal:
        """The same, to be voted on from day `at`."""
        return PlannedProposal(at, self.plan(at), self.grants, self.quorum, self.threshold)


def read_proposal(path: str | Path) -> Proposal:
    """Read a proposal. Raises a `ProblemError` that names the key, the value and the line."""
    document = read_document(Path(path))
    for key in document.data:
        if key not in KEYS:
            raise UnknownNameError("key", key, KEYS, document.find_place(key))
    quorum, threshold = _read_vote(document)
    return Proposal(
        name=Path(path).stem,
        title=_read_text(document, "title", Path(path).stem),
        rationale=_read_text(document, "rationale", ""),
        proposer=_read_text(document, "proposer", ""),
        changes=tuple(_read_change(document, k) for k in range(count_tables(document, "changes"))),
        grants=tuple(_read_grant(document, k) for k in range(count_tables(document, "grants"))),
        quorum=quorum,
        threshold=threshold,
        source=str(path),
    )


def _read_text(document: Document, key: str, usual: str) -> str:
    value = document.data.get(key, usual)
    if not isinstance(value, str):
        raise BadValueError(key, value, "a text in quotes", document.find_place(key))
    return value


def _read_change(document: Document, k: int) -> Change:
    table = check_keys(document, "changes", k, CHANGE_KEYS, ("parameter", "value"))
    path, place = table["parameter"], document.find_place("changes", k, "parameter")
    if not isinstance(path, str):
        raise BadValueError("parameter", path, "a parameter's path in quotes", place)
    check_names({path: 0}, {path: place})
    owner = LEAVES[path].info.owner
    if owner != "dao":
        raise BadValueError("parameter", path, f"one that the DAO decides; this one is {_describe_owner(owner)}", place)
    ramp = _read_days(document, k, "ramp_days", 0)
    return Change(path, table["value"], _read_days(document, k, "from_day", -1), ramp, document.find_place("changes", k, "value"))


def _describe_owner(owner: str) -> str:
    return {"team": "the team's", "nature": "nobody's to decide", "behaviour": "the agents' own"}[owner]


def _read_days(document: Document, k: int, key: str, usual: int) -> int:
    table = document.data["changes"][k]
    return read_whole(key, table[key], 0, LONGEST_RUN, document.find_place("changes", k, key)) if key in table else usual


def _read_grant(document: Document, k: int) -> PlannedGrant:
    table = check_keys(document, "grants", k, GRANT_KEYS, GRANT_KEYS)
    if table["from"] != "treasury":
        raise BadValueError(
            "from", table["from"], "'treasury', the only account that grants come from", document.find_place("grants", k, "from")
        )
    targets = {target.name.lower(): target for target in GrantTarget}
    if table["to"] not in targets:
        raise UnknownNameError("grant target", show(table["to"]), targets, document.find_place("grants", k, "to"))
    return PlannedGrant(int(targets[table["to"]]), _read_era(table["era"], document.find_place("grants", k, "era")))


def _read_era(value: Any, place: Place) -> int:
    try:
        amount = parse_era(value)
    except ValueError:
        amount = 0
    if not 0 < amount <= 10**9 * MICRO:
        raise BadValueError("era", value, "a positive number of ERA up to 1,000,000,000 with at most 6 decimals", place)
    return amount


def _read_vote(document: Document) -> tuple[float, float]:
    """Overrides of quorum and threshold; -1 leaves the rule's own."""
    table = document.data.get("vote", {})
    if not isinstance(table, dict):
        raise BadValueError("vote", table, "a table: [vote]", document.find_place("vote"))
    for key in table:
        if key not in VOTE_KEYS:
            raise UnknownNameError("key", key, VOTE_KEYS, document.find_place("vote", key))
    for key, value in table.items():
        if not is_finite(value) or not 0 <= value <= 1:
            raise BadValueError(key, value, "a share from 0 to 1", document.find_place("vote", key))
    return float(table.get("quorum", -1)), float(table.get("threshold", -1))


def lint(proposal: Proposal, scenario: Scenario, at: int, days: int) -> list[str]:
    """Raise a `ProblemError` for what cannot be; return warnings of what was probably not meant."""
    if len(proposal.plan(at)) > MOST_CHANGES or len(proposal.grants) > MOST_GRANTS:
        raise BadFileError(proposal.source, f"changes more than {MOST_CHANGES} numbers or makes more than {MOST_GRANTS} grants")
    _refuse_conflicts(proposal, at)
    values = show_parameters(scenario.parameters)
    warnings = ["changes nothing at all"] if proposal.is_empty else []
    for change in sorted(proposal.changes, key=lambda change: change.get_start(at)):
        warnings += [f"{change.place}{problem}" for problem in _doubt(change, values, at, days)]
        values[change.path] = change.value
        check_parameters(resolve(values), {change.path: change.place})
    return warnings


def _refuse_conflicts(proposal: Proposal, at: int) -> None:
    for k, change in enumerate(proposal.changes):
        for other in proposal.changes[:k]:
            if other.path == change.path and change.get_start(at) < other.get_end(at) and other.get_start(at) < change.get_end(at):
                allowed = f"another day: line {other.place.line} changes it from day {other.get_start(at)} to {other.get_end(at) - 1}"
                raise BadValueError(f"{change.path} from_day", change.get_start(at), allowed, change.place)


def _doubt(change: Change, values: Mapping[str, Any], at: int, days: int) -> Iterator[str]:
    """What looks odd about a change, given what is in force before it."""
    before = show_parameters(resolve(dict(values)))[change.path]
    after = show_parameters(resolve(dict(values) | {change.path: change.value}))[change.path]
    if before == after:
        yield f"{change.path} = {show(after)} has no effect: it has this value already"
    if change.get_start(at) >= days:
        yield f"{change.path} changes on day {change.get_start(at)}, after the last day of the run ({days - 1})"
    elif change.get_end(at) > days:
        yield f"the ramp of {change.path} ends on day {change.get_end(at) - 1}, after the last day of the run ({days - 1})"
    if _is_slip(before, after):
        yield f"{change.path} goes from {show(before)} to {show(after)} {LEAVES[change.path].info.unit}: is the unit right?"


def _is_slip(before: Any, after: Any) -> bool:
    pairs = list(zip(before, after, strict=True)) if isinstance(before, list) else [(before, after)]
    numbers = [(abs(a), abs(b)) for a, b in pairs if not isinstance(a, bool | str)]
    return any(a > 0 and b > 0 and max(a, b) / min(a, b) >= SLIP for a, b in numbers)


def describe_proposal(proposal: Proposal, at: int) -> Values:
    """What the manifest says of a proposal; what decides about "the same command" is its content, not its file."""
    return {
        "name": proposal.name,
        "title": proposal.title,
        "changes": [
            {"parameter": change.path, "value": _plain_value(change.value), "day": change.get_start(at), "ramp_days": change.ramp_days}
            for change in proposal.changes
        ],
        "grants": [{"from": "treasury"} | entry for entry in describe_grants(proposal.grants)],
        "vote": {"quorum": proposal.quorum, "threshold": proposal.threshold},
    }


def _plain_value(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain_value(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value
