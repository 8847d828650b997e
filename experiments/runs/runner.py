"""One run: a pure function of scenario, seed, replication and code version."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from metalab.econ.day import run_days, step_day
from metalab.econ.genesis import create_plain_world, create_world
from metalab.econ.kernel.memory import as_array, as_rows, check_supply, hash_world
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import Scenario
from metalab.econ.kernel.world import World
from metalab.econ.policy.grants import UnpaidGrant, list_unpaid
from metalab.experiments.errors import BadValueError, InterruptedByUserError, RunError
from metalab.experiments.events.observer import Observer
from metalab.experiments.inputs.tables import read_whole
from metalab.experiments.limits import LARGEST_SEED, LONGEST_RUN, USUAL_DAYS
from metalab.experiments.notebooks.results import ResultViews
from metalab.experiments.runs.agents import Agents, check_agents
from metalab.experiments.runs.dates import DATE, make_dates
from metalab.experiments.runs.summary import UNITS, summarise
from metalab.protocol.kernel.causes import CAUSES
from metalab.protocol.kernel.compiling import INTERPRETED, plain

if TYPE_CHECKING:
    import pandas as pd

    from metalab.econ.model import EconModel

Rows = np.ndarray[Any, np.dtype[np.float64]]
Flows = np.ndarray[Any, np.dtype[np.int64]]
Watch = Callable[[int], bool]
"""Told how many days are done; returns whether to stop."""

ENGINES = ("compiled", "mesa", "plain")
"""Compiled rules; compiled rules with every agent a Mesa object; rules run by Python alone, for debugger and coverage."""
SLICE = 64
"""Days between two looks at whether to stop; the bits don't depend on it."""


def compute_digest(rows: Rows, world: World) -> str:
    """SHA-256 over the daily table, column after column, eight bytes a value, then over the world."""
    digest = hashlib.sha256()
    digest.update(np.ascontiguousarray(rows.T, dtype="<f8").tobytes())
    return hash_world(world, digest)


@dataclass(frozen=True, repr=False)
class Result(ResultViews):
    """What a run leaves: `rows` is the daily table as an array (days x `COLUMNS`), `world` the state at its end.

    `flows`, where it was asked for, is what the ledger moved, in uERA: days x causes. `seen`, where it was asked for, is what was
    noted of events that the world only counts.
    """

    scenario: Scenario
    seed: int
    replication: int
    rows: Rows = field(repr=False)
    world: World = field(repr=False)
    flows: Flows | None = field(default=None, repr=False)
    seen: Observer | None = field(default=None, repr=False)

    @cached_property
    def daily(self) -> "pd.DataFrame":
        """The daily table, one row a day, with its date; units are in `.attrs["units"]`, meanings in `python -m experiments metrics`."""
        import pandas as pd

        frame = pd.DataFrame(self.rows, columns=list(COLUMNS))
        frame.insert(1, DATE, make_dates(self.scenario.start_date, frame["day"]))
        frame.attrs["units"] = dict(UNITS)
        return frame

    @cached_property
    def events(self) -> "dict[str, pd.DataFrame]":
        """Tables of events by name: proposals, changes, grants, shocks, rollups, licences; units are in `.attrs["units"]`.

        `run(..., keep_events=True)` adds incidents, niche_moves and offences, `population.journal` above 0 the journal.
        """
        from metalab.experiments.events.tables import list_events, list_units

        frames = {name: table.to_pandas() for name, table in list_events(self).items()}
        for name, frame in frames.items():
            frame.attrs["units"] = list_units(name)
        return frames

    @cached_property
    def summary(self) -> dict[str, dict[str, float]]:
        """Per metric its mean, last, min, max and total over all days."""
        return summarise(self.rows)

    @cached_property
    def unpaid_grants(self) -> list[UnpaidGrant]:
        """Grants that were due and that their payer could not pay."""
        return list_unpaid(self.world)

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
    keep_flows: bool = False,
    keep_events: bool = False,
    agents: Agents | None = None,
) -> Result:
    """Run a scenario; all engines give the same digest.

    `keep_flows` also keeps what the ledger moved each day, per cause; `keep_events` what `Result.events` has of single incidents,
    offences and moves. Neither changes a bit. `agents` maps populations to agent classes of your own, as `EconModel` takes
    them: those populations are run agent by agent.

    Raises `BadValueError` for arguments out of range, `RunError` when the simulation breaks a rule of its own, and
    `InterruptedByUserError` when `watch` (told the days done) asks to stop.
    """
    days = read_whole("days", days, 1, LONGEST_RUN)
    seed = read_whole("seed", seed, 0, LARGEST_SEED)
    replication = read_whole("replication", replication, 0, LARGEST_SEED)
    if not isinstance(scenario, Scenario):
        raise BadValueError("scenario", scenario, "what load_scenario() returns")
    check_engine("engine", engine)
    chosen = check_agents(agents) if agents else {}
    if chosen and engine == "plain":
        raise BadValueError("engine", engine, "compiled or mesa, with agents of your own")
    stage = "opening"
    try:
        world = (create_plain_world if engine == "plain" else create_world)(scenario, seed, replication)
        stage = "days"
        rows = np.zeros((days, len(COLUMNS)))
        flows = np.zeros((days, CAUSES), dtype=np.int64) if keep_flows else None
        seen = Observer() if keep_events else None
        if engine == "mesa" or chosen:
            from metalab.econ.model import EconModel

            with EconModel(scenario, seed, replication=replication, agents=chosen, objects=engine == "mesa") as model:
                world = _step_model(model, rows, watch, flows, seen)
        elif engine == "plain":
            _step_plainly(world, rows, watch, flows, seen)
        else:
            advance(world, rows, watch, flows, seen)
        stage = "check"
        check_outcome(rows, world)
    except (ArithmeticError, AssertionError, IndexError, ValueError) as error:
        raise RunError(stage, f"{type(error).__name__}: {error}", seed, replication) from error
    return Result(scenario, seed, replication, rows, world, flows, seen)


def check_engine(name: str, engine: str) -> None:
    """Raise `BadValueError` for what is no engine or cannot run here; `name` is what the person called it."""
    if engine not in ENGINES:
        raise BadValueError(name, engine, "one of " + ", ".join(ENGINES))
    if INTERPRETED and engine != "plain":
        raise BadValueError(name, engine, "plain, since numba is switched off (NUMBA_DISABLE_JIT)")


def advance(world: World, rows: Rows, watch: Watch | None = None, flows: Flows | None = None, seen: Observer | None = None) -> None:
    """Run as many days as `rows` has, writing each day's metrics into it, ledger flows into `flows` and events into `seen`."""
    length = SLICE if flows is None and seen is None else 1
    _begin(seen, world)
    for start in range(0, len(rows), length):
        stop = min(start + length, len(rows))
        run_days(world, stop - start, rows[start:stop])
        if flows is not None:
            flows[start] = as_array(world.pots)["moved"][0]
        _see(seen, world)
        if watch is not None and (stop % SLICE == 0 or stop == len(rows)) and watch(stop):
            raise InterruptedByUserError(f"interrupted on day {stop}; run the same command again to resume")


def _begin(seen: Observer | None, world: World) -> None:
    if seen is not None:
        seen.begin(world)


def _see(seen: Observer | None, world: World) -> None:
    if seen is not None:
        seen.observe(world)


def _step_model(model: "EconModel", rows: Rows, watch: Watch | None, flows: Flows | None, seen: Observer | None) -> World:
    """The days of a Mesa model."""
    _begin(seen, model.world)
    for day in range(len(rows)):
        model.step()
        rows[day] = model.history[-1]
        if flows is not None:
            flows[day] = as_array(model.world.pots)["moved"][0]
        _see(seen, model.world)
        if watch is not None and watch(day + 1):
            raise InterruptedByUserError(f"interrupted on day {day + 1}")
    return model.world


def _step_plainly(world: World, rows: Rows, watch: Watch | None, flows: Flows | None, seen: Observer | None) -> None:
    """The days by Python alone."""
    step, view = plain(step_day), as_rows(world)
    _begin(seen, world)
    for day in range(len(rows)):
        step(view)
        rows[day] = world.flat.today
        if flows is not None:
            flows[day] = as_array(world.pots)["moved"][0]
        _see(seen, world)
        if watch is not None and watch(day + 1):
            raise InterruptedByUserError(f"interrupted on day {day + 1}")


def check_outcome(rows: Rows, world: World) -> None:
    """Raise when a metric is not finite or a token was made or lost."""
    if not np.isfinite(rows).all():
        day, column = np.argwhere(~np.isfinite(rows))[0]
        raise ValueError(f"{COLUMNS[column]} is {rows[day, column]} on day {day}")
    check_supply(world)
