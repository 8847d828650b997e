"""Scheduled changes: parameters that change during a run, and shocks. It comes from a file and goes into files and links."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from metalab.experiments.errors import show
from metalab.ui.inputs.limits import CALENDAR, LINK_LENGTH, LimitError

Entry = dict[str, Any]


class Calendar(NamedTuple):
    """Entries of [[schedule]] and [[shocks]], as people write them."""

    schedule: tuple[Entry, ...] = ()
    shocks: tuple[Entry, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.schedule or self.shocks)


EMPTY = Calendar()


def read_calendar(content: Mapping[str, Any]) -> Calendar:
    """Of a scenario file; the scenario's own reader judges the entries. Raises `LimitError` for too many."""
    calendar = Calendar(*(_list_entries(content.get(key)) for key in Calendar._fields))
    if sum(map(len, calendar)) > CALENDAR:
        raise LimitError(f"the file has more than {CALENDAR} entries of schedule and shocks; it runs on the command line")
    return calendar


def _list_entries(table: Any) -> tuple[Entry, ...]:
    return tuple(entry for entry in table if isinstance(entry, dict)) if isinstance(table, list) else ()


def write_calendar(calendar: Calendar) -> list[str]:
    """Its lines of a scenario file."""
    lines = []
    for key, entries in zip(Calendar._fields, calendar, strict=True):
        for entry in entries:
            lines += ["", f"[[{key}]]", *(f"{name} = {json.dumps(value)}" for name, value in entry.items())]
    return lines


def pack_calendar(calendar: Calendar) -> list[str]:
    """One text an entry, for a link."""
    return [json.dumps(entry, separators=(",", ":")) for entries in calendar for entry in entries]


def unpack_calendar(texts: Iterable[str]) -> Calendar:
    """From a link. Raises `LimitError` for what is no entry."""
    entries = [_unpack(text) for text in texts]
    if len(entries) > CALENDAR:
        raise LimitError(f"the link has {len(entries)} entries of schedule and shocks; {CALENDAR} are allowed")
    return Calendar(tuple(entry for entry in entries if "kind" not in entry), tuple(entry for entry in entries if "kind" in entry))


def _unpack(text: str) -> Entry:
    try:
        entry = json.loads(text) if len(text) <= LINK_LENGTH else None
    except (ValueError, RecursionError):
        entry = None
    if not isinstance(entry, dict) or not all(_is_plain(name, value) for name, value in entry.items()):
        raise LimitError(f"plan = {show(text[:60])!r} is not allowed; give an entry as the app writes it")
    return entry


def _is_plain(name: str, value: Any) -> bool:
    items = value if isinstance(value, list) else [value]
    return name.isidentifier() and all(isinstance(item, str | int | float | bool) for item in items)


def describe_entry(entry: Entry) -> tuple[str, str]:
    """When and what."""
    day = f"day {entry.get('day', 0):,}"
    if "kind" in entry:
        return day, f"shock: {str(entry['kind']).replace('_', ' ')} {entry.get('size', 0):+g}"
    ramp = f" over {entry['ramp_days']} days" if entry.get("ramp_days") else ""
    return day, f"{entry.get('parameter', '')} → {show(entry.get('value'))}{ramp}"
