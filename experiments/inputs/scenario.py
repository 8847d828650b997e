"""Scenarios: presets and TOML files, resolved into the one thing a run is made of."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from metalab.econ.kernel.scenario import LAUNCH, PlannedFlow, Scenario
from metalab.experiments.errors import NOWHERE, BadFileError, BadValueError, Place, UnknownNameError
from metalab.experiments.inputs.changes import Change, fit_changes, read_changes, resolve_changes
from metalab.experiments.inputs.checks import check_parameters
from metalab.experiments.inputs.planning.flow_checks import check_flows, refuse_twins
from metalab.experiments.inputs.planning.flows import WrittenFlow, read_flow, resolve_flows
from metalab.experiments.inputs.planning.grants import Grant, read_grants, resolve_grants
from metalab.experiments.inputs.planning.moments import DAY_KEYS, START_KEYS, check_moment
from metalab.experiments.inputs.planning.room import check_room, refuse_excess
from metalab.experiments.inputs.planning.shocks import WrittenShock, read_shock, resolve_shocks
from metalab.experiments.inputs.planning.unlock_files import read_unlocks
from metalab.experiments.inputs.planning.unlocks import Unlock, refuse_replaced, resolve_unlocks
from metalab.experiments.inputs.schema import check_names, resolve, show_parameters
from metalab.experiments.inputs.tables import count_tables, read_whole
from metalab.experiments.inputs.toml_lines import Document, parse_document, read_document
from metalab.experiments.inputs.values import read_mapping
from metalab.experiments.limits import LONGEST_RUN, USUAL_DAYS
from metalab.experiments.notebooks.scenarios import attach_views

PRESETS = Path(__file__).resolve().parents[1] / "scenarios"
KEYS = ("extends", "title", "description", "start_date", "days", "set", "schedule", "grants", "flows", "shocks", "unlocks")
DEEPEST = 8
ASIDE = Place("--set")
attach_views(Scenario)


@dataclass
class ScenarioDraft:
    """A scenario while its files are read, the extended ones first."""

    name: str
    source: str = ""
    title: str = ""
    description: str = ""
    start_date: date = LAUNCH
    days: int = USUAL_DAYS
    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    schedule: list[Change] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    flows: list[WrittenFlow] = field(default_factory=list)
    shocks: list[WrittenShock] = field(default_factory=list)
    unlocks: list[Unlock] = field(default_factory=list)

    @property
    def start_offset(self) -> int:
        """Days from the token launch to row 0."""
        return (self.start_date - LAUNCH).days


def list_scenarios() -> dict[str, str]:
    """Names of the presets with their descriptions."""
    return {path.stem: read_draft(path.stem).description for path in sorted(PRESETS.glob("*.toml"))}


def load_scenario(source: str | Path, overrides: Mapping[str, Any] | None = None) -> Scenario:
    """The scenario of a preset's name or a TOML file, with parameters overridden.

    `overrides` maps dotted paths to values as people write them: ERA in decimal ERA, choices by name; a row of a pandas
    table does as well, and so do numbers and arrays of numpy, Decimal and Fraction. Raises a `ProblemError` that names the
    key, the value, what is allowed and, for a file, the line.
    """
    if not isinstance(source, str | Path):
        raise BadValueError("scenario", source, "a preset's name or the path of a TOML file")
    chosen = read_mapping({} if overrides is None else overrides)
    if chosen is None:
        raise BadValueError("overrides", overrides, "a mapping of parameters' paths to values")
    return finish(read_draft(source), chosen)


def finish(draft: ScenarioDraft, overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Check a draft with its overrides and resolve it."""
    chosen = dict(overrides or {})
    places = draft.places | dict.fromkeys(chosen, ASIDE)
    parameters = resolve(draft.values | chosen, places)
    check_parameters(parameters, places)
    schedule = fit_changes(draft.schedule, show_parameters(parameters), draft.start_date)
    changes = resolve_changes(schedule)
    unlocks = resolve_unlocks(draft.unlocks, parameters, draft.start_offset)
    _check_schedule(schedule, draft.unlocks, show_parameters(parameters), places)
    grants = tuple(grant.place_on(draft.start_date) for grant in draft.grants)
    for grant in grants:
        check_moment("grants", grant.moment, 0, grant.place)
    shocks = resolve_shocks(draft.shocks, draft.start_date)
    flows = plan_flows(draft, parameters)
    scenario = Scenario(draft.name, parameters, draft.start_date, changes, resolve_grants(grants), shocks, unlocks=unlocks, flows=flows)
    check_room(scenario, Place(draft.source))
    refuse_excess(grants, scenario, 0)
    return scenario


def _check_schedule(schedule: tuple[Change, ...], unlocks: list[Unlock], values: dict[str, Any], places: Mapping[str, Place]) -> None:
    """Raise a `ProblemError` for a change that lies before the run or leads to parameters that contradict each other."""
    for change in sorted(schedule, key=lambda change: change.get_start(0)):
        check_moment(change.name, change.moment, 0, change.place)
        after = change.apply(values)
        refuse_replaced(change.path, values[change.path], after, unlocks, change.place)
        there = {**places, change.path: change.place}
        check_parameters(resolve(values | {change.path: after}, there), there)
        if change.is_lasting:
            values[change.path] = after


def plan_flows(draft: ScenarioDraft, parameters: Any) -> tuple[PlannedFlow, ...]:
    """A draft's flows, checked together."""
    written = [flow.place_on(draft.start_date) for flow in draft.flows]
    for flow in written:
        check_moment("flows", flow.moment, 0, flow.place)
    flows = resolve_flows(written)
    places = {flow.name: flow.place for flow in draft.flows}
    refuse_twins(flows, places)
    if flows:
        check_flows(flows, show_parameters(parameters), [change.path for change in draft.schedule], places)
    return flows


def read_draft(source: str | Path) -> ScenarioDraft:
    """Read a preset or a file and all that it extends."""
    path = find_source(source)
    draft = ScenarioDraft(path.stem, str(path))
    for document in reversed(_follow(path)):
        _apply(draft, document)
    return draft


def find_source(source: str | Path) -> Path:
    """The file of a preset's name, or of a path that ends in .toml."""
    if isinstance(source, Path) or source.endswith(".toml"):
        return Path(source)
    return _find_preset(source, NOWHERE)


def _find_preset(name: str, place: Place) -> Path:
    known = sorted(path.stem for path in PRESETS.glob("*.toml"))
    if name not in known:
        raise UnknownNameError("scenario", name, known, place)
    return PRESETS / f"{name}.toml"


def _follow(path: Path) -> list[Document]:
    """The document and those it extends, nearest first."""
    chain: list[Document] = []
    seen: list[Path] = []
    while True:
        document = read_document(path)
        chain.append(document)
        seen.append(path.resolve())
        parent = document.data.get("extends")
        if parent is None:
            return chain
        place = document.find_place("extends")
        if not isinstance(parent, str):
            raise BadValueError("extends", parent, "the name of a preset or a TOML file", place)
        path = path.parent / parent if parent.endswith(".toml") else _find_preset(parent, place)
        if path.resolve() in seen or len(chain) == DEEPEST:
            raise BadFileError(document.source, f"extends {parent!r}: a circle, or more than {DEEPEST} files", place.line)


def _apply(draft: ScenarioDraft, document: Document) -> None:
    data = document.data
    for key in data:
        if key not in KEYS:
            raise UnknownNameError("key", key, KEYS, document.find_place(key))
    draft.title = _read_text(document, "title") or draft.title
    draft.description = _read_text(document, "description") or draft.description
    draft.start_date = _read_date(document, draft.start_date)
    if "days" in data:
        draft.days = read_whole("days", data["days"], 1, LONGEST_RUN, document.find_place("days"))
    _apply_values(draft, document)
    for k in range(count_tables(document, "schedule")):
        require_start(document, "schedule", k)
        draft.schedule += read_changes(document, "schedule", k)
    for k in range(count_tables(document, "grants")):
        require_start(document, "grants", k)
        draft.grants += read_grants(document, k)
    draft.flows += [read_flow(document, k) for k in range(count_tables(document, "flows"))]
    draft.shocks += [read_shock(document, k) for k in range(count_tables(document, "shocks"))]
    unlocks = read_unlocks(document)
    # A bucket's rows replace those of the file that is extended: together they would be too much.
    owners = {unlock.owner for unlock in unlocks}
    draft.unlocks = [unlock for unlock in draft.unlocks if unlock.owner not in owners] + unlocks


def require_start(document: Document, key: str, k: int) -> None:
    """A calendar says when; only a proposal may leave it to the decision. Steps and tranches say it themselves.

    A grant is due on one day, and on the first day of a run no condition holds yet: it needs a day of its own.
    """
    table = document.data[key][k]
    names = DAY_KEYS if key == "grants" else START_KEYS
    parts = table.get("steps", table.get("tranches"))
    parts = parts if isinstance(parts, list) and all(isinstance(part, dict) for part in parts) else []
    if not any(name in table for name in names) and not (parts and all(any(name in part for name in names) for part in parts)):
        advice = "'day' or 'after_days'" if key == "grants" else "'day' (or 'after_days', or 'when')"
        raise BadFileError(document.source, f"[[{key}]] lacks {advice}", document.find_line(key, k))


def _read_text(document: Document, key: str) -> str:
    value = document.data.get(key, "")
    if not isinstance(value, str):
        raise BadValueError(key, value, "a text in quotes", document.find_place(key))
    return value


def _read_date(document: Document, usual: date) -> date:
    value = document.data.get("start_date", usual)
    if type(value) is not date or value < LAUNCH:
        raise BadValueError("start_date", str(value), f"a date (without quotes) not before {LAUNCH}", document.find_place("start_date"))
    return value


def flatten(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Values by dotted path, whether the path is one quoted key or nested tables."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        flat |= flatten(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
    return flat


def _apply_values(draft: ScenarioDraft, document: Document) -> None:
    table = document.data.get("set", {})
    if not isinstance(table, dict):
        raise BadValueError("set", table, "a table: [set]", document.find_place("set"))
    flat = flatten(table)
    places = {path: _find_value(document, path) for path in flat}
    check_names(flat, places)
    draft.values |= flat
    draft.places |= places


def _find_value(document: Document, path: str) -> Place:
    if path in document.data["set"]:
        return document.find_place("set", path)
    return document.find_place("set", *path.split("."))


def parse_setting(text: str) -> tuple[str, Any]:
    """One `--set path=value`: the value as TOML writes it; quotes around a name may be left out."""
    path, equals, value = text.partition("=")
    if not equals:
        raise BadValueError("--set", text, "path=value, for example fees.message_fee_usd=0.25")
    if re.fullmatch(r"\s*[A-Za-z_]\w*\s*", value) and value.strip() not in ("true", "false", "inf", "nan"):
        return path.strip(), value.strip()
    try:
        return path.strip(), parse_document(f"x = {value}", "--set").data["x"]
    except BadFileError:
        return path.strip(), value.strip()
