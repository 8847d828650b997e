"""Runs of one world, as far as figures look at them: paired with those of other worlds by their replication."""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.errors import RunError
from metalab.experiments.inputs.schema import LEAVES
from metalab.experiments.runs.runner import run
from metalab.experiments.validation.responses.names import KEPT

Values = np.ndarray[Any, np.dtype[np.float64]]
Words = np.ndarray[Any, np.dtype[np.int64]]
Key = tuple[bytes, str]
REMEMBERED = 24
"""Ensembles kept for the next response: the unchanged world is asked for by most of them."""


class MissingMetricError(Exception):
    """A metric that runs do not have."""


@dataclass(frozen=True)
class PairedRuns:
    """`columns` are runs x days by metric, NaN throughout for a run that failed; `ends` the parameters of every run at its end."""

    columns: dict[str, Values]
    ends: Words
    failures: tuple[str, ...] = ()

    def get(self, metric: str) -> Values:
        """A metric: runs x days."""
        if metric not in self.columns:
            raise MissingMetricError(f"runs have no metric {metric!r}")
        return self.columns[metric]

    def get_end(self, path: str) -> Values:
        """A parameter on the last day; of a vector its first element."""
        leaf = LEAVES[path]
        words = self.ends[:, leaf.slot]
        return (words.view(np.float64) if leaf.is_float else words.astype(np.float64)).copy()


class Simulator:
    """Runs worlds: replications 0 to runs - 1 of one seed, so that all of them are paired."""

    def __init__(self, runs: int, days: int, seed: int = 1, workers: int = 2) -> None:
        self.runs, self.days, self.seed, self.workers = runs, days, seed, workers
        self._kept: OrderedDict[Key, PairedRuns] = OrderedDict()

    def simulate(self, scenario: Scenario) -> PairedRuns:
        """The ensemble of a scenario; the last ones are remembered."""
        plans = (scenario.changes, scenario.grants, scenario.shocks, scenario.proposals, scenario.unlocks, scenario.flows)
        others = repr((scenario.start_date, *plans))
        key = (scenario.parameters.tobytes(), others)
        if key not in self._kept:
            self._kept[key] = self._run(scenario)
        self._kept.move_to_end(key)
        while len(self._kept) > REMEMBERED:
            self._kept.popitem(last=False)
        return self._kept[key]

    def _run(self, scenario: Scenario) -> PairedRuns:
        kept = [name for name in KEPT if name in COLUMNS]
        places = [COLUMNS.index(name) for name in kept]
        rows = np.full((self.runs, self.days, len(kept)), np.nan)
        ends = np.zeros((self.runs, scenario.parameters.dtype.itemsize // 8), dtype=np.int64)

        def do(number: int) -> str:
            try:
                result = run(scenario, self.seed, self.days, replication=number)
            except RunError as error:
                return str(error)
            rows[number] = result.rows[:, places]
            ends[number] = result.world.flat.params_words
            return ""

        failures = tuple(filter(None, self.map(do)))
        return PairedRuns({name: rows[:, :, k] for k, name in enumerate(kept)}, ends, failures)

    def map(self, do: Callable[[int], str]) -> list[str]:
        """What `do` says of every replication, on threads: compiled days run beside each other."""
        with ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(do, range(self.runs)))
