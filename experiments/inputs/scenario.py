"""Scenarios: presets and TOML files, resolved into the one thing a run is made of."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from metalab.econ.kernel.scenario import LAUNCH, Scenario, Shock
from metalab.experiments.errors import NOWHERE, BadFileError, BadValueError, Place, UnknownNameError, show
from metalab.experiments.inputs.changes import Change, Grant, read_change, read_grant, resolve_changes, resolve_grants
from metalab.experiments.inputs.checks import check_parameters
from metalab.experiments.inputs.schema import check_names, resolve
from metalab.experiments.inputs.tables import check_keys, count_tables, is_finite, read_whole
from metalab.experiments.inputs.toml_lines import Document, parse_document, read_document
from metalab.experiments.inputs.values import read_mapping
from metalab.experiments.limits import LONGEST_RUN, USUAL_DAYS
from metalab.experiments.notebooks.scenarios import attach_views
from metalab.protocol.policy.shocks import SHOCK_UNITS, ShockKind

PRESETS = Path(__file__).resolve().parents[1] / "scenarios"
KEYS = ("extends", "title", "description", "start_date", "days", "set", "schedule", "grants", "shocks")
SCHEDULED = ("parameter", "value", "day")
GRANT_KEYS = ("from", "to", "era", "day")
SHOCK_KEYS = ("day", "kind", "size")
DEEPEST = 8
LARGEST_SHOCK = 10**9
ASIDE = Place("--set")
attach_views(Scenario)


@dataclass
class ScenarioDraft:
    """A scenario while its files are read, the extended ones first."""

    name: str
    title: str = ""
    description: str = ""
    start_date: date = LAUNCH
    days: int = USUAL_DAYS
    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    schedule: list[Change] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    shocks: list[Shock] = field(default_factory=list)


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
    changes, grants = resolve_changes(draft.schedule), resolve_grants(draft.grants)
    chosen = dict(overrides or {})
    places = draft.places | dict.fromkeys(chosen, ASIDE)
    parameters = resolve(draft.values | chosen, places)
    check_parameters(parameters, places)
    values = draft.values | chosen
    for change in sorted(draft.schedule, key=lambda change: change.day):
        values[change.path] = change.value
        check_parameters(resolve(values), places | {change.path: change.place})
    return Scenario(draft.name, parameters, draft.start_date, changes, grants, tuple(draft.shocks))


def read_draft(source: str | Path) -> ScenarioDraft:
    """Read a preset or a file and all that it extends."""
    path = find_source(source)
    draft = ScenarioDraft(path.stem)
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
    draft.schedule += [read_change(document, "schedule", k, "day", SCHEDULED) for k in range(count_tables(document, "schedule"))]
    draft.grants += [read_grant(document, k, GRANT_KEYS) for k in range(count_tables(document, "grants"))]
    draft.shocks += [_read_shock(document, k) for k in range(count_tables(document, "shocks"))]


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


def _read_shock(document: Document, k: int) -> Shock:
    table = check_keys(document, "shocks", k, SHOCK_KEYS, SHOCK_KEYS)
    day = read_whole("day", table["day"], 0, LONGEST_RUN, document.find_place("shocks", k, "day"))
    kind = parse_kind(table["kind"], document.find_place("shocks", k, "kind"))
    size = read_real("size", table["size"], SHOCK_UNITS[kind], document.find_place("shocks", k, "size"))
    return Shock(day, int(kind), size)


def read_real(name: str, value: Any, meaning: str, place: Place) -> float:
    """A finite number of a TOML file."""
    if not is_finite(value) or abs(value) > LARGEST_SHOCK:
        raise BadValueError(name, value, f"a number from {-LARGEST_SHOCK:,} to {LARGEST_SHOCK:,}: {meaning}", place)
    return float(value)


def parse_kind(name: Any, place: Place = NOWHERE) -> ShockKind:
    """The kind of a shock by its name."""
    known = {kind.name.lower(): kind for kind in ShockKind}
    if name not in known:
        raise UnknownNameError("shock", show(name), known, place)
    return known[name]


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
