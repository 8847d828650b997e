"""Errors of input and of runs, as types with fields. Each message says in one line what is wrong and what to do."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path

SHOWN = 80
"""Characters of a value that a message repeats."""


class ProblemError(Exception):
    """An error that is reported in one line; `exit_code` is what the command line returns."""

    exit_code = 2


def show(value: object) -> str:
    """A value in one line, shortened."""
    text = " ".join((str(value) if isinstance(value, str | Decimal) else repr(value)).split())
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."


class Place:
    """Where a value was written: a file and a line, or an option of the command line."""

    def __init__(self, source: str = "", line: int = 0) -> None:
        self.source, self.line = source, line

    def __str__(self) -> str:
        if not self.source:
            return ""
        return f"{self.source}: " if self.line < 1 else f"{self.source} line {self.line}: "


NOWHERE = Place()


class UnknownNameError(ProblemError):
    """A name that does not exist."""

    def __init__(self, kind: str, name: str, known: Iterable[str], place: Place = NOWHERE, listing: str = "") -> None:
        self.kind, self.name, self.known, self.place = kind, name, tuple(known), place
        self.suggestion = next(iter(get_close_matches(name, self.known, 1, 0.6)), "")
        super().__init__(f"{place}{kind} {show(name)!r} does not exist; {self._advise(listing)}")

    def _advise(self, listing: str) -> str:
        if self.suggestion:
            return f"did you mean {self.suggestion!r}?"
        return f"see: {listing}" if listing else f"choose from {', '.join(self.known)}"


class BadValueError(ProblemError):
    """A value that is not allowed where it stands."""

    def __init__(self, name: str, value: object, allowed: str, place: Place = NOWHERE) -> None:
        self.name, self.value, self.allowed, self.place = name, value, allowed, place
        super().__init__(f"{place}{name} = {show(value)} is not allowed; give {allowed}")


class OpeningOnlyError(ProblemError):
    """Changes in a run of parameters that act at the opening of a world only, each with where it was written."""

    def __init__(self, found: Sequence[tuple[str, Place]]) -> None:
        self.paths = tuple(path for path, _ in found)
        self.place = found[0][1]
        names = "; ".join(f"{place}{path}" for path, place in found)
        verb = "act" if len(found) > 1 else "acts"
        super().__init__(f"{names} {verb} at the opening only: a change in a run reaches nothing; set it under [set] or by --set")


class BadFileError(ProblemError):
    """A file that cannot be read as what it should be."""

    def __init__(self, path: str | Path, problem: str, line: int = 0) -> None:
        self.path, self.problem, self.line = Path(path), problem, line
        super().__init__(f"{Place(str(path), line)}{problem}")


class OutputError(ProblemError):
    """A directory that results cannot be written to."""

    def __init__(self, path: str | Path, problem: str) -> None:
        self.path, self.problem = Path(path), problem
        super().__init__(f"--out {path}: {problem}")


class ResultError(ProblemError):
    """A directory whose results cannot be used again."""

    def __init__(self, path: str | Path, problem: str) -> None:
        self.path, self.problem = Path(path), problem
        super().__init__(f"DIR {path}: {problem}")


class UsageError(ProblemError):
    """A command line that is incomplete."""


class RunError(ProblemError):
    """A simulation that failed: at which stage, with which seed, and how."""

    exit_code = 1

    def __init__(self, stage: str, message: str, seed: int, replication: int) -> None:
        self.stage, self.message, self.seed, self.replication = stage, message, seed, replication
        super().__init__(f"run {replication} of seed {seed} failed at stage {stage!r}: {message}")


class InterruptedByUserError(ProblemError):
    """Stopped on demand; what is done is kept."""

    exit_code = 130
