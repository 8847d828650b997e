"""What happens on planned days: changes of parameters, grants and shocks. It comes from a file and goes into files and links."""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from metalab.experiments.errors import show
from metalab.experiments.inputs.changes import Change, Grant
from metalab.ui.inputs.limits import CALENDAR, LINK_LENGTH, LimitError

Entry = dict[str, Any]
"""A table of a scenario file, as people write it."""
CHANGE_KEYS = {"parameter", "value", "day"}
GRANT_KEYS = {"from", "to", "era", "day"}


class Calendar(NamedTuple):
    """What a scenario file has under [[schedule]], [[grants]] and [[shocks]]."""

    schedule: tuple[Change, ...] = ()
    grants: tuple[Grant, ...] = ()
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
    return make_calendar(chain(*tables))


def make_calendar(entries: Iterable[Entry]) -> Calendar:
    """Tables of a file, each put where it belongs."""
    read = [read_entry(entry) for entry in entries]
    changes = tuple(entry for entry in read if isinstance(entry, Change))
    grants = tuple(entry for entry in read if isinstance(entry, Grant))
    return Calendar(changes, grants, tuple(entry for entry in read if isinstance(entry, dict)))


def read_entry(entry: Entry) -> Change | Grant | Entry:
    """One table; the scenario's reader judges what it says. Raises `LimitError` for keys that belong to none of the three."""
    if "kind" in entry:
        return entry
    if set(entry) - {"ramp_days"} == CHANGE_KEYS:
        return Change(entry["parameter"], entry["value"], entry["day"], entry.get("ramp_days", 0))
    if set(entry) == GRANT_KEYS:
        return Grant(entry["to"], entry["era"], entry["day"])
    raise LimitError(f"plan = {show(json.dumps(entry)[:60])!r} is not allowed; give an entry as the app writes it")


def write_entry(entry: Change | Grant | Entry) -> Entry:
    """The table of a change, a grant or a shock."""
    if isinstance(entry, Change):
        ramp = {"ramp_days": entry.ramp_days} if entry.ramp_days else {}
        return {"parameter": entry.path, "value": entry.value, "day": entry.day} | ramp
    if isinstance(entry, Grant):
        return {"from": "treasury", "to": entry.to, "era": entry.era, "day": entry.day}
    return entry


def get_tables(calendar: Calendar) -> dict[str, Sequence[Change | Grant | Entry]]:
    """Its entries by the name of their table in a file."""
    return {"schedule": calendar.schedule, "grants": calendar.grants, "shocks": calendar.shocks}


def list_entries(calendar: Calendar) -> list[Entry]:
    """All tables, by kind."""
    return [write_entry(entry) for entries in get_tables(calendar).values() for entry in entries]


def write_calendar(calendar: Calendar) -> list[str]:
    """Its lines of a scenario file."""
    lines = []
    for key, entries in get_tables(calendar).items():
        for entry in entries:
            lines += ["", f"[[{key}]]", *(f"{name} = {json.dumps(value)}" for name, value in write_entry(entry).items())]
    return lines


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


def _is_plain(name: str, value: Any) -> bool:
    items = value if isinstance(value, list) else [value]
    return name.isidentifier() and all(isinstance(item, str | int | float | bool) for item in items)


def describe_entry(entry: Entry) -> tuple[str, str]:
    """When and what."""
    day = f"day {entry.get('day', 0):,}"
    if "kind" in entry:
        return day, f"shock: {str(entry['kind']).replace('_', ' ')} {entry.get('size', 0):+g}"
    if "to" in entry:
        return day, f"grant: {entry['era']:,.6g} ERA to {entry['to']}"
    ramp = f" over {entry['ramp_days']} days" if entry.get("ramp_days") else ""
    return day, f"{entry.get('parameter', '')} → {show(entry.get('value'))}{ramp}"
