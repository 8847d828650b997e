"""When something begins, how long it holds and how often it comes again, as people write it.

One set of keys serves [[changes]], [[schedule]], [[grants]] and [[shocks]]: `from_day` (or `day`; a day of the run or a date) or
`after_days` (from the decision), `until` (a day or a date) or `for_days`, `every_days` with `times`, and `when`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from metalab.econ.kernel.scenario import PlannedCondition
from metalab.experiments.errors import NOWHERE, BadValueError, Place
from metalab.experiments.inputs.planning.conditions import read_when, show_condition
from metalab.experiments.inputs.tables import read_whole
from metalab.experiments.inputs.toml_lines import Document
from metalab.experiments.limits import LONGEST_RUN

AT_DECISION: Final = -1
"""Day of what holds from the day of the decision on."""
PAST: Final = -2
"""Day of what lies before the run."""
DAY_KEYS: Final = ("from_day", "day", "after_days")
START_KEYS: Final = (*DAY_KEYS, "when")
SPAN_KEYS: Final = ("until", "for_days")
REPEAT_KEYS: Final = ("every_days", "times")
MOST_TIMES: Final = 120


@dataclass(frozen=True)
class Moment:
    """When something holds: `day` and `until` are days of the run, or dates until a world places them on its calendar.

    `until` 0 and `span` 0 mean for ever; `span` counts days from the beginning, `wait` days from the decision.
    """

    day: int | date = AT_DECISION
    wait: int = 0
    until: int | date = 0
    span: int = 0
    condition: PlannedCondition | None = None

    def place_on(self, start: date) -> "Moment":
        """The same with dates as days of a run that starts on a date; what is before it becomes day -2, the past.

        An end on the first day is in the past as well: nothing that has not begun can end.
        """
        until = _count_days(self.until, start)
        return replace(self, day=_count_days(self.day, start), until=PAST if until == 0 and self.until else until)

    def get_start(self, at: int) -> int:
        """The first day on which it may hold when it is decided on day `at`; nothing holds before the decision."""
        day = self.day if isinstance(self.day, int) else AT_DECISION
        return max(day, at) + self.wait

    def get_until(self, at: int) -> int:
        """The first day on which it holds no more; 0: for ever."""
        if self.span:
            return self.get_start(at) + self.span
        return self.until if isinstance(self.until, int) else 0

    def repeat(self, k: int, every: int) -> "Moment":
        """The k-th repetition, `every` days apart."""
        return replace(self, wait=self.wait + k * every)


def _count_days(moment: int | date, start: date) -> int:
    if not isinstance(moment, date):
        return moment
    return (moment - start).days if moment >= start else PAST


def read_moment(document: Document, path: tuple[str | int, ...], table: Mapping[str, Any]) -> Moment:
    """The keys of time of one table. Raises a `ProblemError`."""

    def place(name: str) -> Place:
        return document.find_place(*path, name)

    for first, second in (("from_day", "day"), ("from_day", "after_days"), ("day", "after_days"), ("until", "for_days")):
        if first in table and second in table:
            raise BadValueError(second, table[second], f"one of {first} and {second}, not both", place(second))
    start = next((name for name in ("from_day", "day") if name in table), "")
    return Moment(
        day=read_calendar(start, table[start], place(start)) if start else AT_DECISION,
        wait=_read_count(table, "after_days", 0, place),
        until=read_calendar("until", table["until"], place("until"), 1) if "until" in table else 0,
        span=_read_count(table, "for_days", 1, place),
        condition=read_when(table["when"], place("when")) if "when" in table else None,
    )


def _read_count(table: Mapping[str, Any], name: str, low: int, place: Any) -> int:
    return read_whole(name, table[name], low, LONGEST_RUN, place(name)) if name in table else 0


def read_calendar(name: str, value: Any, place: Place = NOWHERE, low: int = 0) -> int | date:
    """A day of the run, or a date."""
    if type(value) is date:
        return value
    if isinstance(value, str):
        raise BadValueError(name, value, "a day of the run or a date, without quotes", place)
    if isinstance(value, date):
        raise BadValueError(name, str(value), "a date without a time", place)
    return read_whole(name, value, low, LONGEST_RUN, place)


def read_repeats(document: Document, path: tuple[str | int, ...], table: Mapping[str, Any]) -> tuple[int, int]:
    """How often something comes again: days between, and times in all; (0, 1) for once."""
    if not any(name in table for name in REPEAT_KEYS):
        return 0, 1
    for name in REPEAT_KEYS:
        if name not in table:
            other = next(key for key in REPEAT_KEYS if key in table)
            raise BadValueError(
                other, table[other], f"{name} with it: every_days and times belong together", document.find_place(*path, other)
            )
    every = read_whole("every_days", table["every_days"], 1, LONGEST_RUN, document.find_place(*path, "every_days"))
    return every, read_whole("times", table["times"], 1, MOST_TIMES, document.find_place(*path, "times"))


def check_moment(name: str, moment: Moment, at: int, place: Place) -> None:
    """Refuse what lies before the decision on day `at`, and what would end before it begins."""
    if moment.day != AT_DECISION and isinstance(moment.day, int) and moment.day < at:
        advice = f"a day from {at} on, the day of the decision, or after_days = {max(moment.day, 0)} for days counted from the decision"
        raise BadValueError(f"{name} from_day", _show_day(moment.day), advice, place)
    until = moment.get_until(at)
    if until and until <= moment.get_start(at):
        raise BadValueError(f"{name} until", _show_day(until), f"a day after {moment.get_start(at)}, on which it begins", place)


def _show_day(day: int) -> int | str:
    return day if day >= 0 else "a date before the run"


def describe_moment(moment: Moment, at: int) -> dict[str, Any]:
    """What a manifest says of it: only what is not usual."""
    said: dict[str, Any] = {"day": moment.get_start(at)}
    if until := moment.get_until(at):
        said["until"] = until
    if moment.condition is not None:
        said["when"] = show_condition(moment.condition)
    return said
