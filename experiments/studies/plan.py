"""What a study is: which runs, how many, and how they are carried out."""

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from metalab.experiments.errors import BadValueError, UnknownNameError
from metalab.experiments.inputs.tables import read_whole
from metalab.experiments.limits import LARGEST_SEED, LONGEST_RUN, MOST_RUNS, MOST_WORKERS, USUAL_DAYS
from metalab.experiments.program import show_command
from metalab.experiments.runs.agents import Agents, check_agents, check_importable, describe_agents
from metalab.experiments.runs.summary import METRIC_NAMES, list_statistics
from metalab.experiments.store.directory import Data
from metalab.experiments.studies.parts import CHUNK, Measure, Variant, measure_metrics

Executors = Executor | Callable[[], Executor] | None
"""Who works: an executor that stays open, a factory of executors that are closed and, when broken, replaced, or threads."""


class Until(NamedTuple):
    """Stop as soon as the 95 % interval of a metric's mean over the runs is no wider than +- `half_width`."""

    outcome: str
    half_width: float


@dataclass(frozen=True)
class StudyPlan:
    """All that decides a study's bytes."""

    variants: tuple[Variant, ...]
    runs: int
    seed: int = 1
    days: int = USUAL_DAYS
    every: int = 7
    until: Until | None = None
    measure: Measure = field(default=measure_metrics)
    keep_flows: bool = False
    agents: Agents | None = None

    def check(self) -> "StudyPlan":
        """The plan with plain integers. Raises `BadValueError` for a number out of range."""
        return replace(
            self,
            runs=read_whole("--runs", self.runs, 1, MOST_RUNS),
            seed=read_whole("--seed", self.seed, 0, LARGEST_SEED),
            days=read_whole("--days", self.days, 1, LONGEST_RUN),
            every=read_whole("--every", self.every, 1, LONGEST_RUN),
        )

    @property
    def chunks(self) -> int:
        """How many chunks there are at most."""
        return -(-self.runs // CHUNK)

    def count_runs(self, chunk: int) -> int:
        """Runs of a chunk; the last one may be short."""
        return min(CHUNK, self.runs - chunk * CHUNK)

    def describe(self) -> Data:
        """What the manifest says of it, the scenarios apart."""
        return {
            "seed": self.seed,
            "days": self.days,
            "runs": self.runs,
            "every": self.every,
            "until": None if self.until is None else list(self.until),
        } | ({"agents": describe_agents(self.agents)} if self.agents else {})


def parse_until(text: str, words: tuple[str, ...] = ()) -> Until:
    """`METRIC:HALFWIDTH` or `METRIC.STATISTIC:HALFWIDTH`; without a statistic the first one is meant: the mean over the days.

    `words` are the statistics there are, where they are not those of every run.
    """
    name, _, width = text.rpartition(":")
    metric, _, statistic = name.partition(".")
    if metric not in METRIC_NAMES:
        raise UnknownNameError("metric", metric or text, METRIC_NAMES, listing=show_command("metrics"))
    known = words or list_statistics(metric)
    if statistic and statistic not in known:
        raise UnknownNameError("statistic", statistic, known)
    try:
        half_width = float(width)
    except ValueError:
        half_width = 0.0
    if not 0.0 < half_width < float("inf"):
        raise BadValueError("--until", text, "METRIC:HALFWIDTH with a positive number, for example price_usd:0.01")
    return Until(f"{metric}.{statistic or known[0]}", half_width)


@dataclass(frozen=True)
class StudyOptions:
    """How a study is carried out.

    `runs`, `seed`, `days`, `every` and `until` (see `parse_until`) decide its bytes; `workers`, `executor`, `quiet` and
    `command` (for the manifest) do not. `agents` maps populations to agent classes of your own (see `EconModel`); with an
    executor they must be importable by their names.
    """

    runs: int
    seed: int = 1
    days: int = USUAL_DAYS
    every: int = 7
    until: str = ""
    workers: int = 2
    executor: Executors = None
    command: str = ""
    quiet: bool = True
    agents: Agents | None = None

    def make_plan(
        self, variants: tuple[Variant, ...], measure: Measure = measure_metrics, words: tuple[str, ...] = (), keep_flows: bool = False
    ) -> StudyPlan:
        """The plan for these variants. `words` as in `parse_until`. Raises a `ProblemError` for what is out of range."""
        until = parse_until(self.until, words) if self.until else None
        agents = check_agents(self.agents) if self.agents else None
        if agents and self.executor is not None and not isinstance(self.executor, ThreadPoolExecutor):
            check_importable(agents)
        plan = StudyPlan(variants, self.runs, self.seed, self.days, self.every, until, measure, keep_flows, agents)
        read_whole("--workers", self.workers, 1, MOST_WORKERS)
        return plan.check()
