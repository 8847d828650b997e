"""Proposals as TOML files: what they would change, and what is wrong with them before anything is run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from metalab.econ.kernel.memory import CAPACITY
from metalab.econ.kernel.scenario import PlannedChange, PlannedFlow, PlannedGrant, PlannedProposal, Scenario
from metalab.experiments.errors import NOWHERE, BadFileError, BadValueError, Place, UnknownNameError, show
from metalab.experiments.inputs.changes import Change, fit_changes, read_changes, resolve_changes
from metalab.experiments.inputs.checks import check_parameters
from metalab.experiments.inputs.planning.binding import describe_bindings
from metalab.experiments.inputs.planning.flow_checks import check_flows, merge_flows, plan_ends, refuse_twins
from metalab.experiments.inputs.planning.flows import WrittenFlow, describe_flow, read_flow, resolve_flows
from metalab.experiments.inputs.planning.grants import Grant, read_grants, resolve_grants
from metalab.experiments.inputs.planning.moments import check_moment, describe_moment
from metalab.experiments.inputs.planning.room import refuse_excess
from metalab.experiments.inputs.scenario_data import list_new_values
from metalab.experiments.inputs.schema import LEAVES, Values, resolve, show_parameters
from metalab.experiments.inputs.tables import count_tables, is_finite
from metalab.experiments.inputs.toml_lines import Document, read_document
from metalab.protocol.policy.content import MOST_CHANGES, MOST_FLOWS, MOST_GRANTS

KEYS = ("title", "rationale", "proposer", "changes", "grants", "flows", "end_flow", "vote")
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
    flows: tuple[WrittenFlow, ...] = ()
    ends: tuple[str, ...] = ()
    ends_place: Place = field(default=NOWHERE, compare=False)

    @property
    def is_empty(self) -> bool:
        """Whether it would change nothing at all."""
        return not (self.changes or self.grants or self.flows or self.ends)

    def fit(self, world: Scenario, at: int = 0) -> "Proposal":
        """The proposal in a world, decided on day `at`: its dates as days of that world, single shares of a vector as the whole of it."""
        changes = fit_changes(self.changes, list_values(world, at), world.start_date, at)
        grants = tuple(grant.place_on(world.start_date) for grant in self.grants)
        return replace(self, changes=changes, grants=grants, flows=tuple(flow.place_on(world.start_date) for flow in self.flows))

    def plan(self, at: int) -> tuple[PlannedChange, ...]:
        """Its changes as a scenario takes them, decided on day `at`."""
        return resolve_changes(self.changes, at)

    def plan_grants(self, at: int) -> tuple[PlannedGrant, ...]:
        """Its grants as a scenario takes them, decided on day `at`."""
        return resolve_grants(self.grants, at)

    def plan_flows(self, at: int, planned: tuple[PlannedFlow, ...] = ()) -> tuple[PlannedFlow, ...]:
        """The flows that it begins and ends as a scenario takes them, decided on day `at`; `planned` are those of the scenario."""
        return plan_ends(self.ends, planned, at, self.ends_place) + resolve_flows(self.flows, at)

    def plan_vote(self, at: int, planned: tuple[PlannedFlow, ...] = ()) -> PlannedProposal:
        """The same, to be voted on from day `at`."""
        changes, grants = resolve_changes(self.changes, at, is_voted=True), resolve_grants(self.grants, at, is_voted=True)
        flows = plan_ends(self.ends, planned, at, self.ends_place) + resolve_flows(self.flows, at, is_voted=True)
        return PlannedProposal(at, changes, grants, self.quorum, self.threshold, flows)


def list_values(world: Scenario, at: int) -> dict[str, Any]:
    """The parameters of a world as its own calendar will have set them by day `at`."""
    begun = sorted((c for c in world.changes if c.day <= at and not c.until and c.condition is None), key=lambda change: change.day)
    return show_parameters(world.parameters) | dict(list_new_values(world, tuple(begun)))


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
        changes=tuple(change for k in range(count_tables(document, "changes")) for change in _read_changes(document, k)),
        grants=tuple(grant for k in range(count_tables(document, "grants")) for grant in read_grants(document, k)),
        quorum=quorum,
        threshold=threshold,
        source=str(path),
        flows=tuple(read_flow(document, k) for k in range(count_tables(document, "flows"))),
        ends=_read_ends(document),
        ends_place=document.find_place("end_flow"),
    )


def _read_ends(document: Document) -> tuple[str, ...]:
    """Names of the flows that it ends: one, or a list of them."""
    value = document.data.get("end_flow", [])
    names = value if isinstance(value, list) else [value]
    if not all(isinstance(name, str) for name in names):
        raise BadValueError("end_flow", value, "the name of a flow in quotes, or a list of names", document.find_place("end_flow"))
    return tuple(names)


def _read_text(document: Document, key: str, usual: str) -> str:
    value = document.data.get(key, usual)
    if not isinstance(value, str):
        raise BadValueError(key, value, "a text in quotes", document.find_place(key))
    return value


def _read_changes(document: Document, k: int) -> list[Change]:
    changes = read_changes(document, "changes", k)
    owner = LEAVES[changes[0].path].info.owner
    if owner != "dao":
        allowed = f"one that the DAO decides; this one is {_describe_owner(owner)}"
        raise BadValueError("parameter", changes[0].name, allowed, document.find_place("changes", k, "parameter"))
    return changes


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


def lint(written: Proposal, scenario: Scenario, at: int, days: int, is_voted: bool = False) -> list[str]:
    """Raise a `ProblemError` for what cannot be; return warnings of what was probably not meant."""
    proposal = written.fit(scenario, at)
    _refuse_many(proposal, at, is_voted)
    for change in proposal.changes:
        check_moment(change.name, change.moment, at, change.place)
    for grant in proposal.grants:
        check_moment("grants", grant.moment, at, grant.place)
    _refuse_conflicts(proposal, at)
    refuse_excess(proposal.grants, scenario, at)
    _refuse_flows(proposal, scenario, at)
    if is_voted:
        _refuse_ended(proposal, scenario, at)
    values = list_values(scenario, at)
    warnings = ["changes nothing at all"] if proposal.is_empty else []
    late = [grant for grant in proposal.grants if grant.moment.get_start(at) >= days]
    warnings += [f"{g.place}a grant is due on day {g.moment.get_start(at)}, after the last day of the run ({days - 1})" for g in late]
    for change in sorted(proposal.changes, key=lambda change: change.get_start(at)):
        after = change.apply(values)
        warnings += [f"{change.place}{problem}" for problem in _doubt(change, values, after, at, days)]
        place = {change.path: change.place}
        check_parameters(resolve(values | {change.path: after}, place), place)
        if change.is_lasting:
            values[change.path] = after
    return warnings


def _refuse_many(proposal: Proposal, at: int, is_voted: bool) -> None:
    """More than there is room for: in a proposal that is voted on, or among all that a world can plan."""
    numbers = len(proposal.plan(at))
    most_changes, most_grants = (MOST_CHANGES, MOST_GRANTS) if is_voted else (CAPACITY["changes"] // 2, CAPACITY["grants"] // 2)
    if numbers > most_changes or len(proposal.grants) > most_grants:
        limits = f"{most_changes} numbers or makes more than {most_grants} grants{' in a vote' if is_voted else ''}"
        raise BadFileError(proposal.source, f"changes more than {limits}")


def _refuse_ended(proposal: Proposal, world: Scenario, at: int) -> None:
    """A change that is over before a vote can have been executed would never act."""
    rules = world.parameters[0]["governance"]
    first = at + int(rules["draft_days"]) + int(rules["voting_days"]) + int(rules["timelock_days"]) + 1
    for change in proposal.changes:
        until = change.moment.until
        if until and isinstance(until, int) and until <= first + change.wait:
            advice = f"a day after {first + change.wait}, on which it can begin after the vote, or for_days"
            raise BadValueError(f"{change.name} until", until, advice, change.place)


def _refuse_conflicts(proposal: Proposal, at: int) -> None:
    for k, change in enumerate(proposal.changes):
        for other in proposal.changes[:k]:
            if _is_conflict(change, other, at):
                allowed = f"another day: line {other.place.line} changes it from day {other.get_start(at)} to {other.get_end(at) - 1}"
                raise BadValueError(f"{change.name} from_day", change.get_start(at), allowed, change.place)


def _is_conflict(change: Change, other: Change, at: int) -> bool:
    """Whether two changes move one number at once: both for ever and overlapping, or both for a while from the same day on."""
    is_same = other.path == change.path and (None in (other.element, change.element) or other.element == change.element)
    if not is_same or other.is_lasting != change.is_lasting:
        return False
    if not change.is_lasting:
        return change.get_start(at) == other.get_start(at) and change.condition == other.condition
    return change.get_start(at) < other.get_end(at) and other.get_start(at) < change.get_end(at)


def _refuse_flows(proposal: Proposal, scenario: Scenario, at: int) -> None:
    """Flows that cannot flow together, with those of the scenario."""
    decided = proposal.plan_flows(at, scenario.flows)
    if len(decided) > MOST_FLOWS:
        raise BadFileError(proposal.source, f"begins or ends more than {MOST_FLOWS} flows", proposal.ends_place.line)
    for flow in proposal.flows:
        check_moment("flows", flow.moment, at, flow.place)
    places = {flow.name: flow.place for flow in proposal.flows}
    refuse_twins([flow for flow in decided if not flow.ends], places)
    changed = [change.path for change in proposal.changes]
    check_flows(merge_flows(scenario.flows, decided), show_parameters(scenario.parameters), changed, places)


def _doubt(change: Change, values: Mapping[str, Any], new: Any, at: int, days: int) -> Iterator[str]:
    """Warnings about a change to a value, given what is in force before it."""
    before = show_parameters(resolve(dict(values)))[change.path]
    after = show_parameters(resolve(dict(values) | {change.path: new}, {change.path: change.place}))[change.path]
    if before == after:
        yield f"{change.name} = {show(change.value)} has no effect: it has this value already"
    if change.get_start(at) >= days:
        yield f"{change.path} changes on day {change.get_start(at)}, after the last day of the run ({days - 1})"
    elif change.get_end(at) > days:
        yield f"the ramp of {change.path} ends on day {change.get_end(at) - 1}, after the last day of the run ({days - 1})"
    yield from describe_bindings([(change.path, change.get_start(at))], values)
    if _is_slip(before, after):
        yield f"{change.name} goes from {show(before)} to {show(after)} {LEAVES[change.path].info.unit}: is the unit right?"


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
            {"parameter": change.name, "value": plain_value(change.value), "ramp_days": change.ramp_days}
            | describe_moment(change.moment, at)
            for change in proposal.changes
        ],
        "grants": [_describe_grant(grant, at) for grant in proposal.grants],
        "flows": [describe_flow(flow) for flow in resolve_flows(proposal.flows, at)],
        "end_flow": list(proposal.ends),
        "vote": {"quorum": proposal.quorum, "threshold": proposal.threshold},
    }


def _describe_grant(grant: Grant, at: int) -> Values:
    size = {"usd": grant.usd} if grant.usd > 0.0 else {"era": float(grant.era)}
    return {"from": grant.payer, "to": grant.to} | size | describe_moment(grant.moment, at)


def plain_value(value: Any) -> Any:
    """A value of a TOML file, whose numbers are decimal, in plain numbers."""
    if isinstance(value, list):
        return [plain_value(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value
