"""Where rows of unlocks are read: [[unlocks]] of a TOML document, or the CSV file that `unlocks = "..."` names."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from metalab.experiments.errors import BadFileError, BadValueError, Place, UnknownNameError
from metalab.experiments.inputs.planning.unlocks import KEYS, NEEDED, Entry, Unlock, read_unlock
from metalab.experiments.inputs.tables import check_keys, count_tables
from metalab.experiments.inputs.toml_lines import LARGEST, Document

WHOLE = ("day", "days", "months", "periods")
DECIMAL = ("era", "ratio")


def read_unlocks(document: Document) -> list[Unlock]:
    """The rows of a document, or of the CSV file that it names, relative to its folder."""
    named = document.data.get("unlocks", [])
    if isinstance(named, str):
        if not named.endswith(".csv"):
            raise BadValueError("unlocks", named, "tables [[unlocks]], or the path of a CSV file in quotes", document.find_place("unlocks"))
        return [read_unlock(entry) for entry in read_csv(Path(document.source).parent / named)]
    return [read_unlock(_read_table(document, k)) for k in range(count_tables(document, "unlocks"))]


def _read_table(document: Document, k: int) -> Entry:
    table = check_keys(document, "unlocks", k, KEYS, NEEDED)
    places = {key: document.find_place("unlocks", k, key) for key in table}
    return Entry(table, places | {"": document.find_place("unlocks", k)})


def read_csv(path: Path) -> Iterator[Entry]:
    """Rows of a CSV file: the first line names the columns; an empty cell says nothing, a line that opens with # is a comment."""
    lines = csv.reader(io.StringIO(_read_text(path), newline=""))
    head: list[str] = []
    for row in lines:
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#"):
            continue
        if head:
            yield _read_row(path, lines.line_num, head, cells)
        else:
            head = _check_head(path, lines.line_num, cells)
    if not head:
        raise BadFileError(path, f"there is no line of columns; give some of {','.join(KEYS)}")


def _check_head(path: Path, line: int, head: list[str]) -> list[str]:
    for name in head:
        if name not in KEYS:
            raise UnknownNameError("column", name, KEYS, Place(str(path), line))
    lacking = [name for name in NEEDED if name not in head]
    if lacking or len(set(head)) < len(head):
        raise BadFileError(path, f"the columns are {','.join(head)}; each once, and {', '.join(NEEDED)} among them", line)
    return head


def _read_row(path: Path, line: int, head: list[str], cells: list[str]) -> Entry:
    if len(cells) != len(head):
        raise BadFileError(path, f"has {len(cells)} cells; give {len(head)}: {','.join(head)}", line)
    # What is needed stays, also when it is empty: it is then refused by name.
    return Entry(
        {name: _read_cell(name, cell) for name, cell in zip(head, cells, strict=True) if cell or name in NEEDED},
        {"": Place(str(path), line)},
    )


def _read_cell(name: str, cell: str) -> Any:
    """A cell as TOML would give it; what cannot be read stays a text, which the row's reader refuses."""
    try:
        if name == "date":
            return date.fromisoformat(cell)
        if name in WHOLE:
            return int(cell)
        return Decimal(cell) if name in DECIMAL else cell
    except (ValueError, InvalidOperation):
        return cell


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise BadFileError(path, f"is larger than {LARGEST:,} bytes")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadFileError(path, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadFileError(path, "is not UTF-8 text") from None
