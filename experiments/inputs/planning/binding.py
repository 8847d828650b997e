"""When a parameter that changes in a run takes hold (docs/specification/policy.md): never, at once, or later and from which day."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from metalab.experiments.errors import OpeningOnlyError, Place
from metalab.experiments.inputs.schema import LEAVES

OPENING = "opening"


def get_binding(path: str) -> str:
    """The declared class of a parameter."""
    return LEAVES[path].info.binds


def refuse_opening(changes: Iterable[tuple[str, Place]]) -> None:
    """Raise one `OpeningOnlyError` that names all of the changes that would reach nothing."""
    found = [(path, place) for path, place in changes if get_binding(path) == OPENING]
    if found:
        raise OpeningOnlyError(found)


def describe_binding(path: str, day: int, values: Mapping[str, Any]) -> str:
    """From when a change of `day` acts in a world with these values, in one sentence; empty where that is its day."""
    binding = get_binding(path)
    if binding == "quote":
        return f"{path} counts from the quote in force, by the present rule that of day {_find_quote(day, values)}"
    if binding == "peak hour":
        return _describe_peak(path, day, values)
    if binding == "entry":
        return f"{path} holds for who enters, is born, locked or filed from day {day} on; what is there keeps its terms"
    return ""


def describe_bindings(changes: Iterable[tuple[str, int]], values: Mapping[str, Any]) -> Iterator[str]:
    """The same for several changes, each a path and its day; every sentence once."""
    yield from dict.fromkeys(text for path, day in changes if (text := describe_binding(path, day, values)))


def _find_quote(day: int, values: Mapping[str, Any]) -> int:
    """The last day up to `day` on which the fee is quoted while its rule stays as it is."""
    return day - day % int(values["fees.requote_days"])


def _describe_peak(path: str, day: int, values: Mapping[str, Any]) -> str:
    """Peak hours are simulated every so many days, counted from day 0, and with one method only."""
    method, every = values["scaling.method"], int(values["scaling.simulate_every"])
    if method != "simulated":
        return f"{path} acts in simulated peak hours only: scaling.method = {method!r} simulates none"
    start = -(-day // every) * every
    return f"{path} acts in simulated peak hours only, which are every {every} days: from day {start} on"
