"""What a person put together: a preset, what was changed in it, seed, days, runs. A link and a TOML file say the same."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.errors import ProblemError, show
from metalab.experiments.inputs.scenario import list_scenarios, load_scenario, parse_setting, read_draft
from metalab.experiments.inputs.scenario_data import list_new_values
from metalab.experiments.inputs.schema import show_parameters
from metalab.ui.inputs.limits import (
    EXPLORE_DAYS,
    EXPLORE_RUNS,
    LARGEST_SEED,
    LINK_CHANGES,
    LINK_LENGTH,
    LimitError,
    check_upload,
    check_whole,
)
from metalab.ui.inputs.schedule import EMPTY, Calendar, pack_calendar, read_calendar, unpack_calendar, write_calendar

USUAL_PRESET = "launch"
BASE = "base_"
"""What the parameters of a link that describe the baseline begin with."""


@dataclass(frozen=True)
class Recipe:
    """A question in the making. `changes` has parameters by path, as people write them; `calendar` what happens on days of its own."""

    preset: str = USUAL_PRESET
    changes: dict[str, Any] = field(default_factory=dict)
    seed: int = 1
    days: int = 365
    runs: int = 8
    calendar: Calendar = EMPTY

    def load(self) -> Scenario:
        """The scenario. Raises a `ProblemError` in one line."""
        return _load_text(write_toml(self))[0] if self.calendar else load_scenario(self.preset, self.changes)

    def list_planned_values(self) -> list[tuple[str, Any]]:
        """Parameters that its own calendar changes, with the values to which it does."""
        if not self.calendar.schedule:
            return []
        scenario = self.load()
        return list_new_values(scenario, scenario.changes[len(load_scenario(self.preset).changes) :])

    def is_same_world(self, other: "Recipe") -> bool:
        """Whether the two differ at most in seed, days and runs."""
        return (self.preset, self.changes, self.calendar) == (other.preset, other.changes, other.calendar)

    def describe(self) -> str:
        """One line."""
        count = len(self.changes) + sum(map(len, self.calendar))
        return self.preset if not count else f"{self.preset} with {count} change{'s' if count > 1 else ''}"


def write_value(value: Any) -> str:
    """A value as TOML writes it."""
    return json.dumps(value, ensure_ascii=True)


def write_toml(recipe: Recipe) -> str:
    """The recipe as a scenario file."""
    lines = [f"title = {write_value(recipe.describe())}", f"extends = {write_value(recipe.preset)}", f"days = {recipe.days}"]
    if recipe.changes:
        lines += ["", "[set]"]
        lines += [f"{write_value(path)} = {write_value(value)}" for path, value in sorted(recipe.changes.items())]
    return "\n".join(lines + write_calendar(recipe.calendar)) + "\n"


def write_query(recipe: Recipe, baseline: Recipe | None = None) -> dict[str, list[str]]:
    """The recipe, and what it is compared with, as the parameters of a link; what is usual is left out."""
    usual = Recipe()
    query = _write_world(recipe, "")
    for name in ("seed", "days", "runs"):
        if getattr(recipe, name) != getattr(usual, name):
            query[name] = [str(getattr(recipe, name))]
    query |= _write_world(baseline, BASE) if baseline is not None else {}
    return {name: values for name, values in query.items() if values}


def _write_world(recipe: Recipe, prefix: str) -> dict[str, list[str]]:
    settings = [f"{path}={write_value(value)}" for path, value in sorted(recipe.changes.items())]
    return {f"{prefix}preset": [recipe.preset], f"{prefix}set": settings, f"{prefix}plan": pack_calendar(recipe.calendar)}


def write_link(base: str, query: Mapping[str, list[str]]) -> str:
    """The whole address."""
    return f"{base.split('?')[0].rstrip('/')}/?{urlencode(query, doseq=True)}"


def read_baseline(query: Mapping[str, list[str]]) -> tuple[Recipe | None, list[str]]:
    """The pinned baseline of a link, where it has one."""
    world = {name.removeprefix(BASE): values for name, values in query.items() if name in (f"{BASE}preset", f"{BASE}set", f"{BASE}plan")}
    return read_query(world) if "preset" in world else (None, [])


def read_query(query: Mapping[str, list[str]]) -> tuple[Recipe, list[str]]:
    """The recipe of a link, and what in it could not be used, one line each. Nothing in a link can raise."""
    problems: list[str] = []
    usual = Recipe()
    values: dict[str, Any] = {}
    for name, check in _CHECKS.items():
        if name in query:
            try:
                values[name] = check(query[name][-1])
            except ProblemError as problem:
                problems.append(f"{problem}; used {getattr(usual, name)!r} instead")
    changes = _read_changes(values.get("preset", usual.preset), query.get("set", []), problems)
    recipe = Recipe(**values, changes=changes)
    try:
        planned = replace(recipe, calendar=unpack_calendar(query.get("plan", [])))
        planned.load()
    except ProblemError as problem:
        problems.append(str(problem))
        planned = recipe
    return planned, problems


def _read_preset(text: str) -> str:
    known = list(list_scenarios())
    if text not in known:
        raise LimitError(f"scenario {show(text[:60])!r} does not exist")
    return text


def _read_member(name: str, allowed: tuple[int, ...]) -> Any:
    def read(text: str) -> int:
        number = check_whole(name, text, min(allowed), max(allowed))
        return min(allowed, key=lambda other: abs(other - number))

    return read


_CHECKS = {
    "preset": _read_preset,
    "seed": lambda text: check_whole("seed", text, 0, LARGEST_SEED),
    "days": _read_member("days", EXPLORE_DAYS),
    "runs": _read_member("runs", EXPLORE_RUNS),
}


def _read_changes(preset: str, settings: list[str], problems: list[str]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if len(settings) > LINK_CHANGES:
        problems.append(f"the link has {len(settings)} changes; the first {LINK_CHANGES} were used")
    for setting in settings[:LINK_CHANGES]:
        try:
            if len(setting) > LINK_LENGTH:
                raise LimitError(f"a change of {len(setting)} characters was left out")
            path, value = parse_setting(setting)
            value = tidy(value)
            load_scenario(preset, changes | {path: value})
            changes[path] = value
        except ProblemError as problem:
            problems.append(str(problem).removeprefix("--set: "))
    return changes


def tidy(value: Any) -> Any:
    """Numbers of TOML arrive as Decimal; widgets want plain ones."""
    if isinstance(value, list | tuple):
        return [tidy(item) for item in value]
    return value if isinstance(value, bool | int | str) else float(value)


def read_upload(data: bytes) -> Recipe:
    """The recipe of an uploaded scenario file. Raises a `ProblemError` in one line."""
    content = check_upload(data)
    if "unlocks" in content:
        raise LimitError("the file has a table of unlocks; it runs on the command line")
    preset = _read_preset(content.get("extends", USUAL_PRESET)) if isinstance(content.get("extends", ""), str) else USUAL_PRESET
    scenario, days = _load_text(data.decode())
    calendar = read_calendar(content)
    before, after = show_parameters(load_scenario(preset).parameters), show_parameters(scenario.parameters)
    nearest = min(EXPLORE_DAYS, key=lambda other: abs(other - days)) if "days" in content else Recipe().days
    return Recipe(preset, {path: value for path, value in after.items() if value != before[path]}, days=nearest, calendar=calendar)


def _load_text(text: str) -> tuple[Scenario, int]:
    """Read through a file under a name of our own; messages name that, not a path of this machine."""
    with TemporaryDirectory() as place:
        path = Path(place) / "scenario.toml"
        path.write_text(text, encoding="utf-8")
        try:
            return load_scenario(path), read_draft(path).days
        except ProblemError as problem:
            raise LimitError(str(problem).replace(f"{place}/", "")) from None


def make_slug(text: str) -> str:
    """A file name from anything: small letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40] or "run"
