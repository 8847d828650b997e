"""Scenarios: presets and TOML files, resolved into the one thing a run is made of."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from metalab.econ.kernel.scenario import LAUNCH, PlannedChange, Scenario, Shock
from metalab.experiments.errors import NOWHERE, BadFileError, BadValueError, Place, UnknownNameError, show
from metalab.experiments.inputs.checks import check_parameters
from metalab.experiments.inputs.schema import check_names, parse_value, resolve
from metalab.experiments.inputs.toml_lines import Document, parse_document, read_document
from metalab.experiments.limits import LONGEST_RUN, USUAL_DAYS
from metalab.experiments.notebooks.scenarios import attach_views
from metalab.protocol.policy.shocks import SHOCK_UNITS, ShockKind

PRESETS = Path(__file__).resolve().parents[1] / "scenarios"
KEYS = ("extends", "title", "description", "start_date", "days", "set", "schedule", "shocks")
CHANGE_KEYS = ("parameter", "value", "day", "ramp_days")
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
    changes: list[PlannedChange] = field(default_factory=list)
    schedule: list[tuple[int, str, Any, Place]] = field(default_factory=list)
    shocks: list[Shock] = field(default_factory=list)


def list_scenarios() -> dict[str, str]:
    """Names of the presets with their descriptions."""
    return {path.stem: read_draft(path.stem).description for path in sorted(PRESETS.glob("*.toml"))}


def load_scenario(source: str | Path, overrides: Mapping[str, Any] | None = None) -> Scenario:
    """The scenario of a preset's name or a TOML file, with parameters overridden.

    `overrides` maps dotted paths to values as people write them: ERA in decimal ERA, choices by name. Raises a
    `ProblemError` that names the key, the value, what is allowed and, for a file, the line.
    """
    if not isinstance(source, str | Path):
        raise BadValueError("scenario", source, "a preset's name or the path of a TOML file")
    if overrides is not None and not isinstance(overrides, Mapping):
        raise BadValueError("overrides", overrides, "a mapping of parameters' paths to values")
    return finish(read_draft(source), overrides)


def finish(draft: ScenarioDraft, overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Check a draft with its overrides and resolve it."""
    chosen = dict(overrides or {})
    places = draft.places | dict.fromkeys(chosen, ASIDE)
    parameters = resolve(draft.values | chosen, places)
    check_parameters(parameters, places)
    values = draft.values | chosen
    for _, path, value, place in sorted(draft.schedule, key=lambda entry: entry[0]):
        values[path] = value
        check_parameters(resolve(values), places | {path: place})
    return Scenario(draft.name, parameters, draft.start_date, tuple(draft.changes), tuple(draft.shocks))


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
    for k in range(count_tables(document, "schedule")):
        _read_schedule(draft, document, k)
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


def read_whole(name: str, value: Any, low: int, high: int, place: Place = NOWHERE) -> int:
    """A whole number within bounds."""
    is_whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not is_whole or not low <= value <= high:
        raise BadValueError(name, value, f"a whole number from {low:,} to {high:,}", place)
    return int(value)


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


def count_tables(document: Document, key: str) -> int:
    """How many [[key]] tables there are."""
    tables = document.data.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise BadValueError(key, tables, f"tables: [[{key}]]", document.find_place(key))
    return len(tables)


def check_keys(document: Document, key: str, k: int, allowed: tuple[str, ...], needed: tuple[str, ...]) -> dict[str, Any]:
    """The k-th [[key]] table, after a look at its keys."""
    table: dict[str, Any] = document.data[key][k]
    for name in table:
        if name not in allowed:
            raise UnknownNameError("key", name, allowed, document.find_place(key, k, name))
    for name in needed:
        if name not in table:
            raise BadFileError(document.source, f"[[{key}]] lacks {name!r}", document.find_line(key, k))
    return table


def _read_schedule(draft: ScenarioDraft, document: Document, k: int) -> None:
    table = check_keys(document, "schedule", k, CHANGE_KEYS, ("parameter", "value", "day"))
    day = read_whole("day", table["day"], 0, LONGEST_RUN, document.find_place("schedule", k, "day"))
    ramp = read_whole("ramp_days", table.get("ramp_days", 0), 0, LONGEST_RUN, document.find_place("schedule", k, "ramp_days"))
    path = table["parameter"]
    if not isinstance(path, str):
        raise BadValueError("parameter", path, "a parameter's path in quotes", document.find_place("schedule", k, "parameter"))
    check_names({path: 0}, {path: document.find_place("schedule", k, "parameter")})
    place = document.find_place("schedule", k, "value")
    draft.changes += plan_change(path, table["value"], day, ramp, place)
    draft.schedule.append((day, path, table["value"], place))


def plan_change(path: str, value: Any, day: int, ramp_days: int = 0, place: Place = NOWHERE) -> list[PlannedChange]:
    """A parameter's new value from a day on, one planned change per word. `value` as people write it."""
    if path.startswith("population."):
        raise BadValueError("parameter", path, "one that can change during a run; the size of a population cannot", place)
    return [PlannedChange(day, slot, is_float, word, ramp_days) for slot, is_float, word in parse_value(path, value, place)]


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


def is_finite(value: Any) -> bool:
    """Whether a value read from TOML is a number, and neither infinite nor NaN."""
    return not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, Decimal) and value.is_finite()))


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
