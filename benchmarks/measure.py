"""What is measured, each as repeats of one number."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from benchmarks.plain_mesa import PlainModel
from econ.model import EconModel
from experiments.runner import run
from experiments.scenario import load_scenario

REPEATS = 5
DAYS = 1096
ROOT = Path(__file__).resolve().parents[1]


class Measured(NamedTuple):
    """Repeats of one figure with its unit and goal."""

    name: str
    unit: str
    values: list[float]
    goal: str
    command: str


def time_calls(function: Callable[[int], object], repeats: int = REPEATS) -> list[float]:
    """Seconds of wall clock of each call."""
    found = []
    for k in range(repeats):
        start = time.perf_counter()
        function(k)
        found.append(time.perf_counter() - start)
    return found


def measure_runs() -> list[Measured]:
    """The default world on one core, on two threads, and what 1,000 runs would take."""
    scenario = load_scenario("launch")
    run(scenario, seed=1, days=2)
    single = time_calls(lambda k: run(scenario, seed=k + 1, days=DAYS))

    def pair(k: int) -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda seed: run(scenario, seed=seed, days=DAYS), (2 * k + 1, 2 * k + 2)))

    double = time_calls(pair)
    scaling = [2 * one / two for one, two in zip(single, double, strict=True)]
    thousand = [500 * two / 60 for two in double]
    command = 'run(load_scenario("launch"), seed, days=1096)'
    return [
        Measured("default world, 1,096 days, one core", "s", single, "< 0.4, stretch 0.25", command),
        Measured("two threads against one", "x", scaling, ">= 1.8", "the same on two threads, same run of the benchmark"),
        Measured("1,000 runs on two threads", "min", thousand, "< 4", "projected from pairs of runs"),
    ]


def step_days(model: EconModel | PlainModel, days: int) -> None:
    """Step a Mesa model."""
    for _ in range(days):
        model.step()


def measure_mesa(days: int = 10) -> list[Measured]:
    """Agent-steps a second with objects, and a plain Mesa model of the same size in the same run."""
    model = EconModel(load_scenario("launch"), 1, objects=True)
    agents = len(model.agents)
    model.step()
    ours = [agents * days / seconds for seconds in time_calls(lambda _: step_days(model, days))]
    plain = PlainModel(5_000, agents - 5_400, 400)
    theirs = [agents * days / seconds for seconds in time_calls(lambda _: step_days(plain, days))]
    model.close()
    ratio = [a / b for a, b in zip(ours, theirs, strict=True)]
    return [
        Measured("Mesa drive with objects", "agent-steps/s", ours, ">= 700,000", "EconModel(launch, objects=True).step()"),
        Measured("plain Mesa, small economy", "agent-steps/s", theirs, "yardstick", "benchmarks/plain_mesa.py"),
        Measured("Mesa drive against plain Mesa", "x", ratio, ">= 0.5", "both in this run"),
    ]


def run_python(*words: str, cache: str | None = None) -> float:
    """Seconds of a fresh interpreter with these arguments."""
    settings = os.environ | ({"METALAB_CACHE": cache} if cache else {})
    start = time.perf_counter()
    subprocess.run([sys.executable, *words], cwd=ROOT, env=settings, check=True, capture_output=True)
    return time.perf_counter() - start


def measure_starts() -> list[Measured]:
    """Starting: help, warm first result, compiling from nothing."""
    first = 'from experiments import load_scenario, run; run(load_scenario("launch"), days=30)'
    with tempfile.TemporaryDirectory() as folder:
        cold = [run_python("-m", "experiments", "warm", cache=folder)]
    return [
        Measured("--help", "s", time_calls(lambda _: run_python("-m", "experiments", "--help")), "< 0.3", "python -m experiments --help"),
        Measured("first result, warm cache", "s", time_calls(lambda _: run_python("-c", first)), "< 1.5", "a fresh process runs 30 days"),
        Measured("compiling from nothing", "s", cold, "< 45", "python -m experiments warm, empty METALAB_CACHE, once"),
    ]
