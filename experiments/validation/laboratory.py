"""Ensembles of runs, each simulated once however many checks look at it."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from metalab.econ.kernel.memory import as_array
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.world import World
from metalab.experiments.inputs.scenario import load_scenario
from metalab.experiments.runs.runner import run

Values = np.ndarray[Any, np.dtype[np.float64]]
PLACES = {name: k for k, name in enumerate(COLUMNS)}


@dataclass(frozen=True)
class Ensemble:
    """Runs of one scenario: `rows` is [runs, days, metrics]; `worlds` are the states at the end."""

    rows: Values
    worlds: tuple[World, ...]

    @property
    def runs(self) -> int:
        """How many runs."""
        return len(self.rows)

    def get(self, metric: str) -> Values:
        """A metric of all runs and days: [runs, days]."""
        return self.rows[:, :, PLACES[metric]]

    def table(self, name: str) -> list[np.ndarray[Any, np.dtype[np.void]]]:
        """A table of the world at the end of each run."""
        return [as_array(getattr(world, name)) for world in self.worlds]


class Laboratory:
    """Simulates scenarios with overridden parameters: replications 0 to runs-1 of one seed, so that ensembles are paired."""

    def __init__(self, scenario: str = "launch", runs: int = 20, days: int = 1096, seed: int = 1, workers: int = 2) -> None:
        self.scenario, self.runs, self.days, self.seed, self.workers = scenario, runs, days, seed, workers
        self._kept: dict[tuple[Any, ...], Ensemble] = {}

    def simulate(self, overrides: Mapping[str, Any] | None = None, days: int | None = None, runs: int | None = None) -> Ensemble:
        """The ensemble of the scenario with these parameters."""
        chosen, length, count = dict(overrides or {}), days or self.days, runs or self.runs
        key = (repr(sorted(chosen.items())), length, count)
        if key not in self._kept:
            self._kept[key] = self._run(chosen, length, count)
        return self._kept[key]

    def _run(self, overrides: dict[str, Any], days: int, runs: int) -> Ensemble:
        scenario = load_scenario(self.scenario, overrides)
        with ThreadPoolExecutor(self.workers) as pool:
            results = list(pool.map(lambda k: run(scenario, self.seed, days, replication=k), range(runs)))
        return Ensemble(np.stack([result.rows for result in results]), tuple(result.world for result in results))
