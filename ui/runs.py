"""Runs that somebody waits for: at once, on threads over the compiled engine, remembered by what they are made of."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from econ.daily import COLUMNS
from econ.setup import Scenario
from experiments.errors import RunError
from experiments.runner import run
from experiments.version import compute_code_version
from ui.bands import Rows
from ui.limits import EXPLORE_WORK, check_work
from ui.recipes import Recipe

KEPT = 24
"""Results that are remembered at once; one of 8 runs x 365 days has 3 MB."""


@dataclass(frozen=True)
class Futures:
    """The runs of one recipe: `rows` is runs x days x columns; `failures` says in one line what broke."""

    rows: Rows = field(repr=False)
    failures: tuple[str, ...] = ()

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
    digest.update(repr((scenario.start_date, scenario.changes, scenario.shocks)).encode())
    return digest.hexdigest()


def simulate(recipe: Recipe) -> Futures:
    """Run a recipe, or remember it. Raises a `ProblemError` for a recipe that is refused."""
    scenario = recipe.load()
    check_work(scenario.parameters, recipe.days, recipe.runs, EXPLORE_WORK)
    return _simulate(identify(scenario), recipe.seed, recipe.runs, recipe.days, compute_code_version(), scenario)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _simulate(identity: str, seed: int, runs: int, days: int, code: str, _scenario: Scenario) -> Futures:
    """Every argument but the scenario is part of the key; `identity` stands for it."""

    def do(replication: int) -> Any:
        try:
            return run(_scenario, seed, days, replication=replication).rows
        except RunError as error:
            return str(error)

    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        results = list(pool.map(do, range(runs)))
    good = [rows for rows in results if not isinstance(rows, str)]
    failures = tuple(text for text in results if isinstance(text, str))
    return Futures(np.stack(good) if good else np.zeros((0, days, len(COLUMNS))), failures)


def pair(futures: Futures, baseline: Futures, metric: str) -> Rows:
    """Differences run by run under the same chance: runs x days."""
    count = min(futures.count, baseline.count)
    return futures.get(metric)[:count] - baseline.get(metric)[:count]
