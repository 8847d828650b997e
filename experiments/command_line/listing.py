"""Print lists for people or as JSON."""

import json
from collections.abc import Sequence
from typing import Any

WIDEST = 40
"""Characters of a column; JSON has all of them."""


def print_rows(rows: Sequence[dict[str, Any]], columns: Sequence[str], as_json: bool) -> None:
    """Aligned columns, or all keys of every row as JSON."""
    if as_json:
        print(json.dumps(list(rows), indent=1, ensure_ascii=False, allow_nan=False))
        return
    texts = [[_shorten(str(row[column]), last=column == columns[-1]) for column in columns] for row in rows]
    widths = [max((len(line[k]) for line in texts), default=0) for k in range(len(columns))]
    for line in texts:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def _shorten(text: str, last: bool) -> str:
    return text if last or len(text) <= WIDEST else text[: WIDEST - 3] + "..."
