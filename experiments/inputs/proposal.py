"""Proposals as TOML files: what they would change, and what is wrong with them before anything is run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from metalab.econ.kernel.scenario import PlannedChange, PlannedGrant, PlannedProposal, Scenario
from metalab.experiments.errors import BadFileError, BadValueError, UnknownNameError, show
from metalab.experiments.inputs.binding import describe_bindings
from metalab.experiments.inputs.changes import Change, Grant, read_change, read_grant, resolve_changes, resolve_grants
from metalab.experiments.inputs.checks import check_parameters
from metalab.experiments.inputs.schema import LEAVES, Values, resolve, show_parameters
from metalab.experiments.inputs.tables import count_tables, is_finite
from metalab.experiments.inputs.toml_lines import Document, read_document
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.kernel.units import SUPPLY
from metalab.protocol.policy.content import MOST_CHANGES, MOST_GRANTS

KEYS = ("title", "rationale", "proposer", "changes", "grants", "vote")
GRANT_KEYS = ("from", "to", "era")
VOTE_KEYS = ("quorum", "threshold")
SLIP = 50.0
"""A change by more than this factor looks like another unit."""


@dataclass(frozen=True)
class Proposal:
    """A proposal as written, every key and value checked. `name` is the file's."""

    name: str
    title: str
    rationale: str
    proposer: str
    changes: tuple[Change, ...]
    grants: tuple[Grant, ...]
    quorum: float
    threshold: float
    source: str

    @property
    def is_empty(self) -> bool:
        """Whether it would change nothing at all."""
        return not self.changes and not self.grants

    def plan(self, at: int) -> tuple[PlannedChange, ...]:
        """Its changes as a scenario takes them, decided on day `at`."""
        return resolve_changes(self.changes, at)

    def plan_grants(self, at: int) -> tuple[PlannedGrant, ...]:
        """Its grants as a scenario takes them, decided on day `at`."""
        return resolve_grants(self.grants, at)

    def plan_vote(self, at: int) -> PlannedProposal:
        """The same, to be voted on from day `at`."""
        return PlannedProposal(at, self.plan(at), self.plan_grants(at), self.quorum, self.threshold)


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
        grants=tuple(read_grant(document, k, GRANT_KEYS) for k in range(count_tables(document, "grants"))),
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
    change = read_change(document, "changes", k, "from_day", ("parameter", "value"))
    owner = LEAVES[change.path].info.owner
    if owner != "dao":
        allowed = f"one that the DAO decides; this one is {_describe_owner(owner)}"
        raise BadValueError("parameter", change.path, allowed, document.find_place("changes", k, "parameter"))
    return change


def _describe_owner(owner: str) -> str:
    return {"team": "set by the team", "nature": "a fact of the world", "behaviour": "set by how people behave"}[owner]


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
    _refuse_excess(proposal, at)
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


def _refuse_excess(proposal: Proposal, at: int) -> None:
    """Grants that no treasury can pay; whether this one can is seen on the day."""
    total = sum(grant.amount for grant in proposal.plan_grants(at))
    if total > SUPPLY:
        allowed = f"grants of at most {SUPPLY // MICRO:,} ERA together, which is all there is"
        raise BadValueError("grants", f"{total / MICRO:,.0f} ERA", allowed, proposal.grants[-1].place)


def _doubt(change: Change, values: Mapping[str, Any], at: int, days: int) -> Iterator[str]:
    """Warnings about a change, given what is in force before it."""
    before = show_parameters(resolve(dict(values)))[change.path]
    after = show_parameters(resolve(dict(values) | {change.path: change.value}))[change.path]
    if before == after:
        yield f"{change.path} = {show(after)} has no effect: it has this value already"
    if change.get_start(at) >= days:
        yield f"{change.path} changes on day {change.get_start(at)}, after the last day of the run ({days - 1})"
    elif change.get_end(at) > days:
        yield f"the ramp of {change.path} ends on day {change.get_end(at) - 1}, after the last day of the run ({days - 1})"
    yield from describe_bindings([(change.path, change.get_start(at))], values)
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
            {"parameter": change.path, "value": plain_value(change.value), "day": change.get_start(at), "ramp_days": change.ramp_days}
            for change in proposal.changes
        ],
        "grants": [{"from": "treasury", "to": grant.to, "era": float(grant.era)} for grant in proposal.grants],
        "vote": {"quorum": proposal.quorum, "threshold": proposal.threshold},
    }


def plain_value(value: Any) -> Any:
    """A value of a TOML file, whose numbers are decimal, in plain numbers."""
    if isinstance(value, list):
        return [plain_value(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value
