"""What must be said beside a result: levers that were moved beyond where the model was checked, or that reach nothing."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "validity.json"
"""What `validate --validity` found, shipped with the project."""
OUTSIDE = "outside the range in which this model was checked"
PATHLESS = "this lever has no path to"
Data = dict[str, Any]


@cache
def read_validity(path: Path = FILE) -> Data:
    """What is known of every governable parameter; nothing where it was never measured."""
    return dict(json.loads(path.read_text(encoding="utf-8"))["levers"]) if path.is_file() else {}


def find_notices(changes: Mapping[str, Any] | Iterable[tuple[str, Any]], validity: Data | None = None) -> list[str]:
    """One line for each change (path and value as people write it) that needs one, in the order of the changes."""
    known = read_validity() if validity is None else validity
    pairs = list(changes.items() if isinstance(changes, Mapping) else changes)
    given = {path for path, _ in pairs}
    lines = [line for path, value in pairs if path in known for line in describe_lever(path, value, known[path], given)]
    unknown = [path for path in dict.fromkeys(path for path, _ in pairs) if path not in known]
    if unknown:
        lines.append(f"{', '.join(unknown)}: {OUTSIDE} (only levers of the DAO were)")
    return list(dict.fromkeys(lines))


def describe_lever(path: str, value: Any, found: Data, given: set[str]) -> Iterable[str]:
    """Both notices about one change."""
    if not is_checked(value, found):
        yield f"{path}: {OUTSIDE} ({show_range(found)})"
    missing = [switch for switch in found["beside"] if switch not in given]
    pathless = [outcome for outcome, line in found["reach"].items() if not line["differs"]]
    if len(pathless) == len(found["reach"]):
        yield f"{path}: {PATHLESS} any headline outcome"
    elif missing:
        yield f"{path}: {PATHLESS} any headline outcome unless {' and '.join(missing)} is on"
    elif pathless:
        yield f"{path}: {PATHLESS} {', '.join(pathless)}"


def is_checked(value: Any, found: Data) -> bool:
    """Whether a value lies where the lever was tried."""
    if "values" in found:
        return (list(value) if isinstance(value, list | tuple) else value) in found["values"]
    if isinstance(value, list | tuple):
        return all(low <= float(element) <= high for element, (low, high) in zip(value, found["range"], strict=True))
    low, high = found["range"]
    return bool(low <= float(value) <= high)


def show_range(found: Data) -> str:
    """Where a lever was tried, in words."""
    if "values" in found:
        return ", ".join(str(value).lower() for value in found["values"])
    ranges = found["range"]
    pairs = ranges if isinstance(ranges[0], list) else [ranges]
    return "; ".join(f"{show_number(low)} to {show_number(high)}" for low, high in pairs)


def show_number(value: float) -> str:
    """A number without needless digits."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4g}"
