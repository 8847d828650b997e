"""CSV files as other programs write them: separator and decimal sign are found, comments and blank lines passed over.

Separator: the semicolon, tab or comma that the header has, in this order. Where it is not the comma, numbers may have a decimal
comma, but not both signs in one file. Lines that begin with # are comments. The text is UTF-8, with or without a mark at its start.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

from metalab.experiments.errors import BadFileError, show

SEPARATORS = (";", "\t", ",")
COMMENT = "#"
MISSING = ("", "na", "n/a", "nan", "null", "none", "-")
"""What a cell without a value holds, in any case of letters."""


@dataclass
class CsvFile:
    """The header and the rows of a file; each row has its line, and as many cells as the header."""

    path: Path
    head: list[str]
    head_line: int
    separator: str
    rows: list[tuple[int, list[str]]]
    sign: str = field(default="", init=False)

    def read_number(self, line: int, column: str, cell: str, largest: float) -> float | None:
        """A cell as a number from 0 to `largest`; None for one without a value. Raises `BadFileError`."""
        if cell.lower() in MISSING:
            return None
        allowed = f"a number from 0 to {largest:,.10g}"
        sign = "," if "," in cell else "." if "." in cell else ""
        if sign and self.sign not in ("", sign):
            raise self.refuse(line, column, cell, f"{allowed} with the decimal sign {self.sign} of the lines before")
        self.sign = self.sign or sign
        try:
            value = float(cell.replace(",", "."))
        except ValueError:
            raise self.refuse(line, column, cell, allowed) from None
        if not (isfinite(value) and 0.0 <= value <= largest):
            raise self.refuse(line, column, cell, allowed)
        return value

    def refuse(self, line: int, column: str, cell: str, allowed: str) -> BadFileError:
        """The error of a cell: file, line, column, value and what is allowed."""
        return BadFileError(self.path, f"{column} = {show(cell)} is not allowed; give {allowed}", line)


def read_csv(path: Path, largest: int, most_rows: int) -> CsvFile:
    """Read a file of at most so many bytes and rows. Raises `BadFileError` with the line."""
    lines = [(number, text) for number, text in enumerate(read_text(path, largest).splitlines(), 1) if _is_data(text)]
    if not lines:
        raise BadFileError(path, "the columns are missing: there is no line but comments", 1)
    head_line, header = lines[0]
    separator = next((sign for sign in SEPARATORS if sign in header), ",")
    head = _split(header, separator)
    for name in head:
        if name and head.count(name) > 1:
            raise BadFileError(path, f"the column {show(name)} is there {head.count(name)} times; give each once", head_line)
    if len(lines) - 1 > most_rows:
        raise BadFileError(path, f"is row {most_rows + 1:,}; at most {most_rows:,} are read", lines[most_rows + 1][0])
    return CsvFile(path, head, head_line, separator, list(_read_rows(path, head, separator, lines[1:])))


def _is_data(text: str) -> bool:
    return bool(text.strip(" \t;,")) and not text.lstrip().startswith(COMMENT)


def _split(text: str, separator: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([text], delimiter=separator, skipinitialspace=True))]


def _read_rows(path: Path, head: list[str], separator: str, lines: list[tuple[int, str]]) -> Iterator[tuple[int, list[str]]]:
    for line, text in lines:
        cells = _split(text, separator)
        if len(cells) != len(head):
            hint = "; with a decimal comma separate by semicolons" if separator == "," and len(cells) > len(head) else ""
            raise BadFileError(path, f"has {len(cells)} cells; give {len(head)}: {separator.join(head)}{hint}", line)
        yield line, cells


def read_text(path: Path, largest: int) -> str:
    """The text of a file of at most so many bytes. Raises `BadFileError`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadFileError(path, f"cannot be read: {error.strerror}") from None
    if len(data) > largest:
        raise BadFileError(path, f"has {len(data):,} bytes; at most {largest:,} are read")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFileError(path, "is not UTF-8 text") from None
