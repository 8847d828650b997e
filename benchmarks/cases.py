"""What is measured."""

import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.plain_mesa import make_plain
from benchmarks.timing import Figure, repeat, time_call, time_python
from metalab.econ.day import run_days
from metalab.econ.genesis import create_world
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import Scenario
from metalab.econ.model import EconModel
from metalab.experiments import load_scenario
from metalab.experiments.limits import USUAL_DAYS
from metalab.experiments.studies.plan import StudyOptions
from metalab.experiments.studies.study import run_study

DAYS = USUAL_DAYS
STUDY_RUNS = 64
PROJECTED = 1_000
OBJECT_DAYS = 40


def run_default(scenario: Scenario, seed: int) -> None:
    """The days of the default world."""
    run_days(create_world(scenario, seed), DAYS, np.zeros((DAYS, len(COLUMNS))))


def run_several(scenario: Scenario, seeds: range) -> None:
    """Some runs, one after the other."""
    for seed in seeds:
        run_default(scenario, seed)


def time_days(scenario: Scenario, clock: str) -> float:
    """Seconds of the days alone, by the wall or by the processor."""
    world, rows = create_world(scenario, 1), np.zeros((DAYS, len(COLUMNS)))
    read = time.perf_counter if clock == "wall" else time.thread_time
    start = read()
    run_days(world, DAYS, rows)
    return read() - start


def measure_run(times: int) -> Iterator[Figure]:
    """The default world for three years."""
    scenario = load_scenario("launch")
    run_default(scenario, 1)
    command = f"run_days(create_world(launch, 1), {DAYS}, rows)"
    yield Figure("default world, one run, wall", command, 1, "s", repeat(lambda: time_days(scenario, "wall"), times), "< 0.4")
    yield Figure("default world, one run, processor", command, 1, "s", repeat(lambda: time_days(scenario, "processor"), times), "< 0.4")


def compare_threads(scenario: Scenario) -> float:
    """Four runs one after the other, over the same four on two threads."""
    one = time_call(lambda: run_several(scenario, range(4)))
    with ThreadPoolExecutor(2) as pool:
        two = time_call(lambda: list(pool.map(run_several, (scenario, scenario), (range(2), range(2, 4)))))
    return one / two


def measure_threads(times: int) -> Iterator[Figure]:
    """How much two threads gain."""
    scenario = load_scenario("launch")
    run_default(scenario, 1)
    yield Figure(
        "two threads over one",
        "4 runs of launch, ThreadPoolExecutor(2)",
        2,
        "x",
        repeat(lambda: compare_threads(scenario), times),
        ">= 1.8",
    )


def time_cold() -> float:
    """Compiling everything that a compiled run needs, from nothing."""
    with tempfile.TemporaryDirectory() as folder:
        return time_python(["-c", "from metalab.experiments.runs.warming import warm; warm('compiled')"], {"METALAB_CACHE": folder})


def measure_cold(times: int) -> Iterator[Figure]:
    """The cold compiler."""
    yield Figure("cold compile", "warm('compiled') with an empty METALAB_CACHE", 2, "s", repeat(time_cold, times), "< 45")


def time_first() -> float:
    """The command line, a year, its files."""
    with tempfile.TemporaryDirectory() as folder:
        return time_python(["-m", "experiments", "run", "launch", "--days", "365", "--out", str(Path(folder) / "run")])


def measure_first(times: int) -> Iterator[Figure]:
    """From the shell to a result, and to the help."""
    time_first()
    command = "python -m experiments run launch --days 365 --out ..."
    yield Figure("first result, compiled before", command, 1, "s", repeat(time_first, times), "< 1.5")
    yield Figure(
        "help", "python -m experiments --help", 1, "s", repeat(lambda: time_python(["-m", "experiments", "--help"]), times), "< 0.3"
    )


def step_often(model: Any) -> None:
    """Some days of a Mesa model."""
    for _ in range(OBJECT_DAYS):
        model.step()


def measure_mesa(times: int) -> Iterator[Figure]:
    """Agent-steps a second: ours as Mesa objects, ours compiled, a plain Mesa model of fewer rules; in turns."""
    scenario = load_scenario("launch")
    size = scenario.parameters["population"][0]
    nodes = int(size["core"] + size["flex"] + size["guardian"])
    plain = make_plain(int(size["users"]), nodes, int(size["voters"]))
    rates: dict[str, list[float]] = {"objects": [], "plain": [], "compiled": []}
    with EconModel(scenario, objects=True) as model:
        members = sum(len(group) for group in model._members.values())
        model.step()
        for _ in range(times):
            seconds = time_call(lambda: step_often(model))
            rates["objects"].append(members * OBJECT_DAYS / seconds / 1e6)
            seconds = time_call(lambda: step_often(plain))
            rates["plain"].append(len(plain.agents) * OBJECT_DAYS / seconds / 1e6)
            rates["compiled"].append(members * DAYS / time_days(scenario, "wall") / 1e6)
    unit = "million agent-steps/s"
    yield Figure("Mesa objects", "EconModel(launch, objects=True).step()", 1, unit, tuple(rates["objects"]), ">= 0.7")
    yield Figure("plain Mesa, a simpler economy", "benchmarks.plain_mesa", 1, unit, tuple(rates["plain"]))
    yield Figure("compiled", "run_days", 1, unit, tuple(rates["compiled"]))
    for name in ("objects", "compiled"):
        ratios = tuple(a / b for a, b in zip(rates[name], rates["plain"], strict=True))
        yield Figure(f"{name} over plain Mesa", "the lines above, repeat by repeat", 1, "x", ratios)


def time_study() -> float:
    """Minutes that a thousand runs would take."""
    with tempfile.TemporaryDirectory() as folder:
        seconds = time_call(lambda: run_study(load_scenario("launch"), Path(folder) / "study", StudyOptions(STUDY_RUNS, workers=2)))
    return seconds * PROJECTED / STUDY_RUNS / 60.0


def measure_study(times: int) -> Iterator[Figure]:
    """Monte Carlo with its files."""
    command = f"monte-carlo launch --runs {STUDY_RUNS} --workers 2, times {PROJECTED}/{STUDY_RUNS}"
    yield Figure("1,000 runs, projected", command, 2, "min", repeat(time_study, times), "< 4")


CASES = {
    "run": measure_run,
    "threads": measure_threads,
    "mesa": measure_mesa,
    "first": measure_first,
    "study": measure_study,
    "cold": measure_cold,
}


def describe_machine() -> str:
    """Cores and load while measuring."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return f"{os.cpu_count()} cores; load average {load:.1f} when the measurements ended"
