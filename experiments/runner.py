"""One run: a pure function of scenario, seed, replication and code version."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from econ.daily import COLUMNS
from econ.day import run_days
from econ.genesis import create_world
from econ.setup import Scenario
from econ.world import World, check_supply, hash_world
from experiments.errors import BadValueError, InterruptedByUserError, RunError
from experiments.scenario import LONGEST_RUN, USUAL_DAYS, read_whole
from experiments.summary import summarise

if TYPE_CHECKING:
    import pandas as pd

Rows = np.ndarray[Any, np.dtype[np.float64]]
Watch = Callable[[int], bool]
"""Told how many days are done; returns whether to stop."""

ENGINES = ("compiled", "mesa")
LARGEST_SEED = 2**63 - 1
SLICE = 64
"""Days between two looks at whether to stop; the bits don't depend on it."""


def compute_digest(rows: Rows, world: World) -> str:
    """SHA-256 over the daily table, column after column, eight bytes a value, then over the world."""
    digest = hashlib.sha256()
    digest.update(np.ascontiguousarray(rows.T, dtype="<f8").tobytes())
    return hash_world(world, digest)


@dataclass(frozen=True)
class Result:
    """What a run leaves: `rows` is the daily table as an array (days x `COLUMNS`), `world` the state at its end."""

    scenario: Scenario
    seed: int
    replication: int
    rows: Rows = field(repr=False)
    world: World = field(repr=False)

    @cached_property
    def daily(self) -> "pd.DataFrame":
        """The daily table, one row a day; units and meaning of the columns: `python -m experiments metrics`."""
        import pandas as pd

        return pd.DataFrame(self.rows, columns=list(COLUMNS))

    @cached_property
    def summary(self) -> dict[str, dict[str, float]]:
        """Per metric its mean, last, min, max and total over all days."""
        return summarise(self.rows)

    @cached_property
    def digest(self) -> str:
        """Identity of the run's outcome."""
        return compute_digest(self.rows, self.world)


def run(
    scenario: Scenario,
    seed: int = 1,
    days: int = USUAL_DAYS,
    engine: str = "compiled",
    replication: int = 0,
    watch: Watch | None = None,
) -> Result:
    """Run a scenario; both engines give the same digest.

    Raises `BadValueError` for arguments out of range, `RunError` when the simulation breaks a rule of its own, and
    `InterruptedByUserError` when `watch` (told the days done) asks to stop.
    """
    read_whole("days", days, 1, LONGEST_RUN)
    read_whole("seed", seed, 0, LARGEST_SEED)
    read_whole("replication", replication, 0, LARGEST_SEED)
    if engine not in ENGINES:
        raise BadValueError("engine", engine, "one of " + ", ".join(ENGINES))
    stage = "opening"
    try:
        world = create_world(scenario, seed, replication)
        stage = "days"
        rows = np.zeros((days, len(COLUMNS)))
        if engine == "mesa":
            world = _step_objects(scenario, seed, replication, rows, watch)
        else:
            advance(world, rows, watch)
        stage = "check"
        check_outcome(rows, world)
    except (ArithmeticError, AssertionError, IndexError, ValueError) as error:
        raise RunError(stage, f"{type(error).__name__}: {error}", seed, replication) from error
    return Result(scenario, seed, replication, rows, world)


def advance(world: World, rows: Rows, watch: Watch | None = None) -> None:
    """Run as many days as `rows` has, writing each day's metrics into it."""
    for start in range(0, len(rows), SLICE):
        stop = min(start + SLICE, len(rows))
        run_days(world, stop - start, rows[start:stop])
        if watch is not None and watch(stop):
            raise InterruptedByUserError(f"interrupted on day {stop}")


def _step_objects(scenario: Scenario, seed: int, replication: int, rows: Rows, watch: Watch | None) -> World:
    """Every agent of every population as a Mesa object."""
    from econ.model import EconModel

    with EconModel(scenario, seed, replication=replication, objects=True) as model:
        for day in range(len(rows)):
            model.step()
            rows[day] = model.history[-1]
            if watch is not None and watch(day + 1):
                raise InterruptedByUserError(f"interrupted on day {day + 1}")
        return model.world


def check_outcome(rows: Rows, world: World) -> None:
    """Raise when a metric is not finite or a token was made or lost."""
    if not np.isfinite(rows).all():
        day, column = np.argwhere(~np.isfinite(rows))[0]
        raise ValueError(f"{COLUMNS[column]} is {rows[day, column]} on day {day}")
    check_supply(world)
