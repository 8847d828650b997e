"""Changes of parameters and grants as people write them, and the step from there into a scenario.

One shape serves [[schedule]] and [[grants]] of a scenario, [[changes]] and [[grants]] of a proposal and the editor of the app.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from metalab.econ.kernel.scenario import PlannedChange, PlannedCondition
from metalab.experiments.errors import NOWHERE, BadFileError, BadValueError, Place, UnknownNameError
from metalab.experiments.inputs.planning.binding import refuse_opening
from metalab.experiments.inputs.planning.elements import list_element_paths, list_elements, split_element
from metalab.experiments.inputs.planning.moments import AT_DECISION, SPAN_KEYS, START_KEYS, Moment, read_moment
from metalab.experiments.inputs.planning.moves import ALLOWED, can_move, parse_move
from metalab.experiments.inputs.planning.shares import share_out
from metalab.experiments.inputs.schema import LEAVES, describe_allowed, parse_value
from metalab.experiments.inputs.tables import check_keys, read_whole
from metalab.experiments.inputs.toml_lines import Document
from metalab.experiments.limits import LONGEST_RUN
from metalab.experiments.program import show_command
from metalab.protocol.kernel.declare import Leaf
from metalab.protocol.policy.changes import ChangeMode

CHANGE_KEYS = ("parameter", "value", "steps", "ramp_days", *START_KEYS, *SPAN_KEYS)
STEP_KEYS = ("value", "ramp_days", "from_day", "day", "after_days")

SPLITS = {"fees.split": "revenue", "issuance.split": "issuance"}
"""Vectors that divide money among fixed receivers, with the source from which a flow can send a part elsewhere."""


@dataclass(frozen=True)
class Change:
    """A parameter's new value, as written, from a day on, reached over `ramp_days`; `place` is where it was written.

    `element` is the place of the one number of a vector that is meant, if only one is. `wait` counts days from the decision,
    `until` is the first day on which it holds no more (0: for ever), `span` the days for which it holds (0: see `until`).
    """

    path: str
    value: Any
    day: int | date = AT_DECISION
    ramp_days: int = 0
    place: Place = field(default=NOWHERE, compare=False)
    element: int | None = None
    wait: int = 0
    until: int | date = 0
    span: int = 0
    condition: PlannedCondition | None = None

    @property
    def moment(self) -> Moment:
        """When it holds."""
        return Moment(self.day, self.wait, self.until, self.span, self.condition)

    @property
    def name(self) -> str:
        """The path as people write it, with the element if only one is meant."""
        return self.path if self.element is None else f"{self.path}.{list_elements(LEAVES[self.path])[self.element]}"

    @property
    def is_lasting(self) -> bool:
        """Whether it holds for ever once it has begun."""
        return not self.until and not self.span and self.condition is None

    def get_start(self, at: int) -> int:
        """The first day on which it holds when it is decided on day `at`; nothing holds before the decision."""
        return self.moment.get_start(at)

    def get_end(self, at: int) -> int:
        """The first day after its ramp."""
        return self.get_start(at) + max(1, self.ramp_days)

    def place_on(self, start: date) -> "Change":
        """The same with dates as days of a run that starts on a date."""
        moment = self.moment.place_on(start)
        return replace(self, day=moment.day, until=moment.until)

    def complete(self, values: Mapping[str, Any]) -> "Change":
        """The same as a whole vector where one share of a fixed sum is meant: the others of `values` give way in proportion."""
        leaf = LEAVES[self.path]
        if self.element is None or leaf.info.total is None:
            return self
        return replace(self, element=None, value=_write_share(self, leaf, list(values[self.path])))

    def apply(self, values: Mapping[str, Any]) -> Any:
        """The whole new value of the parameter, given the values in force."""
        now = values[self.path]
        move = parse_move(self.value) if can_move(LEAVES[self.path]) else None
        if self.element is None:
            return move.apply(now) if move else self.value
        new = move.apply(now[self.element]) if move else self.value
        return [new if k == self.element else item for k, item in enumerate(now)]


def _write_share(change: Change, leaf: Leaf, shares: list[Any]) -> list[int]:
    """A vector of shares with one of them new; the rest is divided in proportion, exactly."""
    move = parse_move(change.value)
    at, total = change.element or 0, leaf.info.total or 0
    new = move.apply(shares[at]) if move else change.value
    if isinstance(new, bool) or not isinstance(new, int) or not leaf.info.low <= new <= total:
        raise BadValueError(change.name, change.value, f"a whole number from {leaf.info.low:,} to {total:,}, or {ALLOWED}", change.place)
    rest = [0 if k == at else int(share) for k, share in enumerate(shares)]
    if sum(rest) == 0:
        raise BadValueError(
            change.name, change.value, "all shares of the list: the others are 0, so none can give way in proportion", change.place
        )
    parts = share_out(total - new, rest)
    return [new if k == at else part for k, part in enumerate(parts)]


def resolve_changes(changes: Iterable[Change], at: int = 0, is_voted: bool = False) -> tuple[PlannedChange, ...]:
    """What a scenario plans for them when they are decided on day `at`, one entry per number, in the order given.

    A change that is voted on keeps its days from the decision as such: nobody knows yet when that will be. Raises a
    `ProblemError` for a value that the parameter cannot have and for what acts at the opening only.
    """
    changes = tuple(changes)
    refuse_opening((change.path, change.place) for change in changes)
    return tuple(planned for change in changes for planned in _resolve_change(change, at, is_voted))


def _resolve_change(change: Change, at: int, is_voted: bool) -> list[PlannedChange]:
    has_total = LEAVES[change.path].info.total is not None
    mode, words = _read_words(change)
    if is_voted:
        day = max(change.day, at) if isinstance(change.day, int) else at
        terms: dict[str, Any] = {"until": change.until, "wait": change.wait, "span": change.span}
    else:
        day, terms = change.get_start(at), {"until": change.moment.get_until(at)}
    return [
        PlannedChange(
            day, slot, int(is_real), value, change.ramp_days, int(has_total and k > 0), mode=int(mode), condition=change.condition, **terms
        )
        for k, (slot, is_real, value) in enumerate(words)
    ]


def _read_words(change: Change) -> tuple[ChangeMode, list[tuple[int, bool, float]]]:
    """How a value is meant, and the numbers it moves."""
    leaf = LEAVES[change.path]
    move = parse_move(change.value)
    if move is not None and can_move(leaf):
        elements = range(max(leaf.info.length, 1)) if change.element is None else [change.element]
        return move.mode, [(leaf.slot + k, leaf.is_float, move.get_stored(leaf)) for k in elements]
    if change.element is None:
        _refuse_receivers(change, leaf)
        return ChangeMode.SET, parse_value(change.path, change.value, change.place)
    if leaf.info.total is not None:
        raise BadValueError(change.name, change.value, "all shares of the list, since they must sum to a total", change.place)
    return ChangeMode.SET, [_parse_element(change, leaf)]


def _refuse_receivers(change: Change, leaf: Leaf) -> None:
    """A split with more receivers than it has: the further one is a flow."""
    source = SPLITS.get(change.path)
    if source and isinstance(change.value, list) and len(change.value) > leaf.info.length:
        allowed = f'{describe_allowed(leaf.info, leaf.is_float)}; a further receiver is a flow: [[flows]] with from = "{source}"'
        raise BadValueError(change.path, change.value, allowed, change.place)


def _parse_element(change: Change, leaf: Leaf) -> tuple[int, bool, float]:
    """One number of a vector, checked as if it were the only one."""
    at = change.element or 0
    try:
        words = parse_value(change.path, [change.value] * leaf.info.length, change.place)
    except BadValueError:
        allowed = describe_allowed(leaf.info._replace(length=0), leaf.is_float)
        raise BadValueError(change.name, change.value, f"{allowed}, or {ALLOWED}", change.place) from None
    return words[at]


def read_changes(document: Document, key: str, k: int) -> list[Change]:
    """The k-th [[key]] table as a change, or as one for each of its `steps`. Raises a `ProblemError`."""
    table = check_keys(document, key, k, CHANGE_KEYS, ("parameter",))
    if ("value" in table) == ("steps" in table):
        raise BadFileError(document.source, f"[[{key}]] needs either 'value' or 'steps'", document.find_line(key, k))
    path, element = read_path(table["parameter"], document.find_place(key, k, "parameter"))
    if "value" in table:
        return [_make_change(document, (key, k), table, table, path, element)]
    steps = table["steps"]
    place = document.find_place(key, k, "steps")
    if not isinstance(steps, list) or not steps or not all(isinstance(step, dict) for step in steps):
        raise BadValueError("steps", steps, "a list of tables: [{ after_days = 0, value = 1 }, { after_days = 30, value = 2 }]", place)
    for step in steps:
        _check_step(document, step, place)
    return [_make_change(document, (key, k), table | step, step, path, element) for step in steps]


def _check_step(document: Document, step: Mapping[str, Any], place: Place) -> None:
    for name in step:
        if name not in STEP_KEYS:
            raise UnknownNameError("key", name, STEP_KEYS, place)
    if "value" not in step:
        raise BadFileError(document.source, "a step lacks 'value'", place.line)


def _make_change(
    document: Document, where: tuple[str | int, ...], table: Mapping[str, Any], valued: Mapping[str, Any], path: str, element: int | None
) -> Change:
    moment = read_moment(document, where, table)
    ramp = (
        read_whole("ramp_days", table["ramp_days"], 0, LONGEST_RUN, document.find_place(*where, "ramp_days")) if "ramp_days" in table else 0
    )
    place = document.find_place(*where, "value" if valued is table else "steps")
    return Change(path, valued["value"], moment.day, ramp, place, element, moment.wait, moment.until, moment.span, moment.condition)


def read_path(path: Any, place: Place) -> tuple[str, int | None]:
    """A parameter's path, and the element that it names, if it names one."""
    if not isinstance(path, str):
        raise BadValueError("parameter", path, "a parameter's path in quotes", place)
    name, element = split_element(path)
    if name not in LEAVES:
        raise UnknownNameError("parameter", path, [*LEAVES, *list_element_paths()], place, show_command("parameters"))
    return name, element


def fit_changes(changes: Iterable[Change], values: Mapping[str, Any], start: date, at: int = 0) -> tuple[Change, ...]:
    """Changes in a world: dates as its days, single shares as whole vectors, given the values in force before them."""
    known = dict(values)
    placed = [change.place_on(start) for change in changes]
    # What is in force before a change was changed before it, wherever that was written.
    for k in sorted(range(len(placed)), key=lambda k: placed[k].get_start(at)):
        placed[k] = placed[k].complete(known)
        if placed[k].is_lasting:
            known[placed[k].path] = placed[k].apply(known)
    return tuple(placed)
