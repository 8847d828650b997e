"""Runs that a page waits for: at once, on threads over the compiled engine, remembered by what they are made of."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.decisions.decision import Outcomes, compare_outcomes
from metalab.experiments.decisions.whatif import Measure
from metalab.experiments.errors import RunError
from metalab.experiments.runs.runner import run
from metalab.experiments.runs.version import compute_code_version
from metalab.ui.charts.quantile_bands import Rows
from metalab.ui.inputs.exploration import Recipe
from metalab.ui.inputs.limits import EXPLORE_WORK, check_work

KEPT = 24
"""Results that are remembered at once; one of 8 runs x 365 days has 3 MB."""


@dataclass(frozen=True)
class Futures:
    """The runs of one recipe: `rows` is runs x days x columns; `failures` says in one line what failed.

    `numbers` are the replications that succeeded; `outcomes` the results of each: metrics, classes, flows of the ledger.
    """

    rows: Rows = field(repr=False)
    failures: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    outcomes: tuple[Outcomes, ...] = field(default=(), repr=False)

    @property
    def count(self) -> int:
        """Runs that came through."""
        return int(self.rows.shape[0])

    @property
    def days(self) -> Rows:
        """The day of each row."""
        return np.arange(self.rows.shape[1], dtype=np.float64)

    def get(self, metric: str) -> Rows:
        """A metric: runs x days."""
        return self.rows[:, :, COLUMNS.index(metric)]


def identify(scenario: Scenario) -> str:
    """SHA-256 of all that decides a run besides seed and days; the name does not."""
    digest = hashlib.sha256(scenario.parameters.tobytes())
    plans = (scenario.changes, scenario.grants, scenario.shocks, scenario.unlocks, scenario.flows)
    digest.update(repr((scenario.start_date, *plans)).encode())
    return digest.hexdigest()


def simulate(recipe: Recipe) -> Futures:
    """Run a recipe, or remember it. Raises a `ProblemError` for a recipe that is refused."""
    scenario = recipe.load()
    check_work(scenario.parameters, recipe.days, recipe.runs, EXPLORE_WORK)
    return _simulate(identify(scenario), recipe.seed, recipe.runs, recipe.days, compute_code_version(), scenario)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _simulate(identity: str, seed: int, runs: int, days: int, code: str, _scenario: Scenario) -> Futures:
    """Every argument but the scenario is part of the key; `identity` stands for it."""

    measure = Measure(0)

    def do(replication: int) -> tuple[Rows, Outcomes] | str:
        try:
            result = run(_scenario, seed, days, replication=replication, keep_flows=True)
        except RunError as error:
            return str(error)
        return result.rows, measure(result)

    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        results = list(pool.map(do, range(runs)))
    good = {number: result for number, result in enumerate(results) if not isinstance(result, str)}
    failures = tuple(text for text in results if isinstance(text, str))
    rows = np.stack([result[0] for result in good.values()]) if good else np.zeros((0, days, len(COLUMNS)))
    return Futures(rows, failures, tuple(good), tuple(result[1] for result in good.values()))


def _match(futures: Futures, baseline: Futures) -> list[tuple[int, int]]:
    """Places of the runs that both have."""
    places = {number: place for place, number in enumerate(baseline.numbers)}
    return [(place, places[number]) for place, number in enumerate(futures.numbers) if number in places]


def pair(futures: Futures, baseline: Futures, metric: str) -> Rows:
    """Differences run by run under the same chance: runs x days."""
    mine, theirs = (list(places) for places in zip(*_match(futures, baseline), strict=True))
    return futures.get(metric)[mine] - baseline.get(metric)[theirs]


def compare(futures: Futures, baseline: Futures) -> dict[str, Any]:
    """All outcomes with and without the changes, over the whole run; laid out as in a decision."""
    return compare_outcomes([(baseline.outcomes[there], futures.outcomes[here]) for here, there in _match(futures, baseline)])
