"""Read TOML files that users write: bounded, numbers exact, and with the line on which every key stands."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from metalab.experiments.errors import BadFileError, Place

LARGEST = 100_000
DEEPEST = 8
LONGEST = 200
"""Lines of one statement; behind a longer one line numbers are no longer given."""

KeyPath = tuple[str | int, ...]


@dataclass
class Document:
    """A parsed file."""

    source: str
    text: str
    data: dict[str, Any]

    @cached_property
    def lines(self) -> dict[KeyPath, int]:
        """The line of every key by its path; elements of arrays of tables count from 0."""
        return dict(_list_lines(self.text))

    def find_line(self, *path: str | int) -> int:
        """The line of a key, or of the nearest table above it; 0 when there is none."""
        return next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), 0)

    def find_place(self, *path: str | int) -> Place:
        """The same as a `Place`."""
        return Place(self.source, self.find_line(*path))


def read_document(path: Path) -> Document:
    """Read a TOML file. Raises `BadFileError` naming the line."""
    try:
        if path.stat().st_size > LARGEST:
            raise BadFileError(path, f"is larger than {LARGEST:,} bytes")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadFileError(path, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise BadFileError(path, "is not UTF-8 text", line) from None
    return parse_document(text, str(path))


def parse_document(text: str, source: str) -> Document:
    """Parse TOML; numbers with a point become `Decimal`, so that ERA stays exact."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        line, problem = _read_complaint(str(error), text)
        raise BadFileError(source, f"is not valid TOML: {problem}", line) from None
    except RecursionError:
        raise BadFileError(source, "is nested too deeply") from None
    if _measure(data) > DEEPEST:
        raise BadFileError(source, f"is nested more than {DEEPEST} levels deep")
    return Document(source, text, data)


def _read_complaint(message: str, text: str) -> tuple[int, str]:
    """tomllib names the line in its message; "end of document" is the last line."""
    found = re.search(r" \(at line (\d+), column (\d+)\)", message)
    if found:
        return int(found[1]), message[: found.start()].rstrip(".")
    return text.rstrip("\n").count("\n") + 1, message.replace(" (at end of document)", " before the end of the file")


def _measure(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_measure, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_measure, value), default=0)
    return 0


def _list_statements(text: str) -> Iterator[tuple[int, str]]:
    """Line and text of each statement of a valid document; a value may go over several lines."""
    lines = text.split("\n")
    i = 0
    while i < len(lines):
        stop = i + 1
        while not _is_whole("\n".join(lines[i:stop])) and stop < len(lines):
            stop += 1
            if stop - i > LONGEST:
                return
        yield i + 1, "\n".join(lines[i:stop])
        i = stop


def _is_whole(statement: str) -> bool:
    if "[" not in statement and '"""' not in statement and "'''" not in statement:
        return True
    try:
        tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _find_keys(value: Any, prefix: KeyPath = ()) -> Iterator[KeyPath]:
    """Paths of all keys below a table, the tables themselves included."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*prefix, key)
        yield from _find_keys(item, (*prefix, key))


def _list_lines(text: str) -> Iterator[tuple[KeyPath, int]]:
    table: KeyPath = ()
    counts: dict[KeyPath, int] = {}
    for line, statement in _list_statements(text):
        keys = list(_find_keys(tomllib.loads(statement)))
        if statement.lstrip().startswith("["):
            table = _open_table(keys, statement, counts)
            yield table, line
        else:
            for key in keys:
                yield (*table, *key), line


def _open_table(keys: list[KeyPath], statement: str, counts: dict[KeyPath, int]) -> KeyPath:
    """The path of a `[table]` or of the next element of a `[[table]]`."""
    names = tuple(part for part in keys[-1] if isinstance(part, str))
    path: KeyPath = ()
    for name in names[:-1]:
        path = (*path, name)
        if path in counts:
            path = (*path, counts[path])
    path = (*path, names[-1])
    if not statement.lstrip().startswith("[["):
        return path
    counts[path] = counts.get(path, -1) + 1
    return (*path, counts[path])
