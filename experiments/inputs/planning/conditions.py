"""Conditions as people write them: `when = "price_usd 30-day mean < 0.10 until > 0.12"`."""

import math
import re
from typing import Any, Final

from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import PlannedCondition
from metalab.experiments.errors import BadValueError, Place, UnknownNameError
from metalab.experiments.program import show_command
from metalab.protocol.policy.conditions import MOST_WINDOW

NUMBER: Final = r"[-+]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?"
FORM: Final = re.compile(
    rf"\s*(?P<metric>[a-z][a-z0-9_]*)\s*(?:(?P<days>\d{{1,6}})-day\s+mean\s*)?(?P<sign><=?|>=?)\s*(?P<enter>{NUMBER})\s*"
    rf"(?:until\s*(?P<back><=?|>=?)\s*(?P<leave>{NUMBER})\s*)?",
    re.ASCII,
)
ALLOWED: Final = "METRIC [N-day mean] < or > NUMBER [until > or < NUMBER], for example price_usd 30-day mean < 0.10 until > 0.12"
LONGEST: Final = 200
"""Characters of one condition."""
LARGEST: Final = 1e300
"""Largest threshold."""
MOST: Final = 4
"""Conditions that must hold together."""


def read_when(value: Any, place: Place) -> PlannedCondition | None:
    """The condition of a `when` key: a text, or a list of texts that must all hold. Raises a `ProblemError`."""
    texts = value if isinstance(value, list) else [value]
    if not 1 <= len(texts) <= MOST:
        raise BadValueError("when", value, f"one condition, or a list of up to {MOST} that must all hold", place)
    chain: PlannedCondition | None = None
    for text in reversed(texts):
        chain = parse_condition(text, place)._replace(also=chain)
    return chain


def parse_condition(text: Any, place: Place) -> PlannedCondition:
    """One condition. A bound with `=` includes the threshold itself."""
    found = FORM.fullmatch(text) if isinstance(text, str) and len(text) <= LONGEST else None
    if found is None:
        raise BadValueError("when", text, ALLOWED, place)
    if found["metric"] not in COLUMNS:
        raise UnknownNameError("metric", found["metric"], COLUMNS, place, show_command("metrics"))
    window = int(found["days"] or 1)
    if not 1 <= window <= MOST_WINDOW:
        raise BadValueError("when", text, f"a mean of 1 to {MOST_WINDOW} days", place)
    is_above = found["sign"].startswith(">")
    enter = _shift(_read_number(found["enter"], text, place), is_above, found["sign"].endswith("="))
    leave = enter if found["back"] is None else _read_leave(found["back"], found["leave"], text, is_above, enter, place)
    return PlannedCondition(COLUMNS.index(found["metric"]), window, is_above, enter, leave)


def _read_number(number: str, text: str, place: Place) -> float:
    value = float(number.replace(",", ""))
    if abs(value) > LARGEST:
        raise BadValueError("when", text, f"a threshold from {-LARGEST:g} to {LARGEST:g}", place)
    return value


def _shift(threshold: float, is_above: bool, is_included: bool) -> float:
    """The world compares strictly: a threshold that counts as beyond itself is moved to the next number."""
    if not is_included:
        return threshold
    return math.nextafter(threshold, -math.inf if is_above else math.inf)


def _read_leave(sign: str, number: str, text: str, is_above: bool, enter: float, place: Place) -> float:
    """The threshold at which the condition ends: on the other side of the one at which it begins."""
    if sign.startswith(">") == is_above:
        raise BadValueError("when", text, f"{'<' if is_above else '>'} after until: it ends on the other side", place)
    # What ends below a number still holds at that number.
    leave = _shift(_read_number(number, text, place), is_above, not sign.endswith("="))
    if (leave > enter) if is_above else (leave < enter):
        raise BadValueError("when", text, f"a number after until that is {'at most' if is_above else 'at least'} the first", place)
    return leave


def show_condition(condition: PlannedCondition) -> list[str]:
    """The texts that `read_when` reads as this condition."""
    mean = f"{condition.window}-day mean " if condition.window > 1 else ""
    text = f"{COLUMNS[condition.metric]} {mean}{_show_bound(condition.enter, condition.is_above, '><'[not condition.is_above], '=')}"
    if condition.leave != condition.enter:
        text += f" until {_show_bound(condition.leave, condition.is_above, '<>'[not condition.is_above], '')}"
    return [text, *(show_condition(condition.also) if condition.also else [])]


def _show_bound(threshold: float, is_above: bool, sign: str, shifted: str) -> str:
    """Sign and number of a threshold, in the shorter of its two forms: as it is, or as the number that it was moved from."""
    other = "" if shifted else "="
    origin = math.nextafter(threshold, math.inf if is_above else -math.inf)
    if len(repr(origin)) < len(repr(threshold)):
        return f"{sign}{shifted} {origin!r}"
    return f"{sign}{other} {threshold!r}"
