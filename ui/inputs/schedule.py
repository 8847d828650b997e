"""What happens on planned days: changes of parameters, grants and shocks. It comes from a file and goes into files and links."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

from metalab.experiments.errors import show
from metalab.ui.inputs.limits import CALENDAR, LINK_LENGTH, LimitError

Entry = dict[str, Any]
"""A table of a scenario file, as people write it; dates are texts."""
DATED = ("from_day", "day", "until")
"""Keys whose text is a date."""


class Calendar(NamedTuple):
    """What a scenario file has under [[schedule]], [[grants]] and [[shocks]]."""

    schedule: tuple[Entry, ...] = ()
    grants: tuple[Entry, ...] = ()
    shocks: tuple[Entry, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.schedule or self.grants or self.shocks)


EMPTY = Calendar()


def read_calendar(content: Mapping[str, Any]) -> Calendar:
    """Of a scenario file that its own reader has accepted. Raises `LimitError` for too many entries."""
    if content.get("flows"):
        raise LimitError("the file plans flows of money ([[flows]]); it runs on the command line")
    tables = [content.get(key, []) for key in Calendar._fields]
    if sum(map(len, tables)) > CALENDAR:
        raise LimitError(f"the file has more than {CALENDAR} entries of schedule, grants and shocks; it runs on the command line")
    return make_calendar(_write_dates(entry) for entry in chain(*tables))


def _write_dates(value: Any) -> Any:
    """Dates as texts, at any depth, so that an entry can go into a link."""
    if isinstance(value, dict):
        return {name: _write_dates(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_write_dates(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def make_calendar(entries: Iterable[Entry]) -> Calendar:
    """Tables of a file, each put where it belongs."""
    tables: dict[str, list[Entry]] = {key: [] for key in Calendar._fields}
    for entry in entries:
        tables[find_table(entry)].append(entry)
    return Calendar(*(tuple(tables[key]) for key in Calendar._fields))


def find_table(entry: Entry) -> str:
    """Which table an entry belongs to; the scenario's reader judges what it says. Raises `LimitError` where it is none of the three."""
    for name, table in (("kind", "shocks"), ("parameter", "schedule"), ("to", "grants")):
        if name in entry:
            return table
    raise LimitError(f"plan = {show(json.dumps(entry)[:60])!r} is not allowed; give an entry as the app writes it")


def list_entries(calendar: Calendar) -> list[Entry]:
    """All tables, by kind."""
    return [entry for entries in calendar for entry in entries]


def write_calendar(calendar: Calendar) -> list[str]:
    """Its lines of a scenario file."""
    lines = []
    for key, entries in zip(Calendar._fields, calendar, strict=True):
        for entry in entries:
            lines += ["", f"[[{key}]]", *(f"{name} = {write_item(name, value)}" for name, value in entry.items())]
    return lines


def write_item(name: str, value: Any) -> str:
    """A value of an entry in TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {write_item(key, item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(write_item(name, item) for item in value) + "]"
    is_date = name in DATED and isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value)
    return str(value) if is_date else json.dumps(value)


def pack_calendar(calendar: Calendar) -> list[str]:
    """One text an entry, for a link."""
    return [json.dumps(entry, separators=(",", ":")) for entry in list_entries(calendar)]


def unpack_calendar(texts: Iterable[str]) -> Calendar:
    """From a link. Raises `LimitError` for what is no entry."""
    entries = [_unpack(text) for text in texts]
    if len(entries) > CALENDAR:
        raise LimitError(f"the link has {len(entries)} entries of schedule, grants and shocks; {CALENDAR} are allowed")
    return make_calendar(entries)


def _unpack(text: str) -> Entry:
    try:
        entry = json.loads(text) if len(text) <= LINK_LENGTH else None
    except (ValueError, RecursionError):
        entry = None
    if not isinstance(entry, dict) or not all(_is_plain(name, value) for name, value in entry.items()):
        raise LimitError(f"plan = {show(text[:60])!r} is not allowed; give an entry as the app writes it")
    return entry


def _is_plain(name: str, value: Any, deep: bool = True) -> bool:
    items = value if isinstance(value, list) else [value]
    return name.isidentifier() and all(
        isinstance(item, str | int | float | bool)
        or (deep and isinstance(item, dict) and all(_is_plain(key, inner, deep=False) for key, inner in item.items()))
        for item in items
    )


def describe_entry(entry: Entry) -> tuple[str, str]:
    """When and what."""
    day = _describe_day(entry)
    if "kind" in entry:
        return day, f"shock: {str(entry['kind']).replace('_', ' ')} {entry.get('size', 0):+g}"
    if "to" in entry:
        size = f"{entry['usd']:,.6g} USD" if "usd" in entry else f"{entry.get('era', 0):,.6g} ERA"
        return day, f"grant: {size} to {entry['to']}"
    ramp = f" over {entry['ramp_days']} days" if entry.get("ramp_days") else ""
    value = show(entry["value"]) if "value" in entry else f"{len(entry.get('steps', []))} steps"
    return day, f"{entry.get('parameter', '')} → {value}{ramp}"


def _describe_day(entry: Entry) -> str:
    day = entry.get("day", entry.get("from_day", entry.get("after_days", 0)))
    words = f"day {day:,}" if isinstance(day, int) else str(day)
    words += f" until {entry['until']}" if "until" in entry else ""
    words += f" for {entry['for_days']} days" if "for_days" in entry else ""
    return f"{words} if {entry['when']}" if "when" in entry else words
