"""Times with their spread."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]


class Figure(NamedTuple):
    """One line of the table: what, how it was run, on how many cores, the unit, the values of all repeats and the goal."""

    name: str
    command: str
    cores: int
    unit: str
    values: tuple[float, ...]
    goal: str = ""

    @property
    def median(self) -> float:
        """The middle value."""
        ordered = sorted(self.values)
        middle = len(ordered) // 2
        return ordered[middle] if len(ordered) % 2 else 0.5 * (ordered[middle - 1] + ordered[middle])


def time_call(call: Callable[[], object]) -> float:
    """Seconds of wall time."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def repeat(call: Callable[[], float], times: int) -> tuple[float, ...]:
    """What a measurement returns, several times."""
    return tuple(call() for _ in range(times))


def time_python(arguments: list[str], environment: Mapping[str, str] | None = None) -> float:
    """Seconds of a fresh interpreter; raises when it fails."""
    command = [sys.executable, *arguments]
    settings = os.environ | dict(environment or {})
    return time_call(lambda: subprocess.run(command, cwd=ROOT, env=settings, check=True, capture_output=True))
