"""Studies: many runs of one or several scenarios, in chunks, on any executor, resumable, the same bytes for any worker count."""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.errors import InterruptedByUserError
from metalab.experiments.inputs.scenario_data import describe_scenario
from metalab.experiments.runs.dates import describe_table
from metalab.experiments.runs.summary import METRIC_NAMES, UNITS, list_statistics
from metalab.experiments.store.directory import CANCEL, PROGRESS, RUNS, SUMMARY, Data, Store
from metalab.experiments.store.files import encode_json
from metalab.experiments.store.progress import Progress
from metalab.experiments.studies.intervals import compute_half_width, describe_sample
from metalab.experiments.studies.parts import CHUNK, PartJob, RunRecord, Variant, get_part_name, make_chunk, read_records, write_parquet
from metalab.experiments.studies.plan import StudyOptions, StudyPlan

FEWEST_CHUNKS = 2
"""Chunks before `until` may end a study: a spread guessed from fewer runs stops too soon too often."""
REBUILDS = 3
POLL = 0.1


def run_study(scenario: Scenario, out: str | Path, options: StudyOptions) -> Data:
    """A Monte Carlo study in the directory `out`; returns its summary. The same call resumes what was interrupted."""
    plan = options.make_plan((Variant("", scenario),))
    identity = {"kind": "monte-carlo"} | describe_scenario(scenario) | plan.describe()
    with Store(out, identity, options.command) as store:
        if not store.is_complete:
            records = conduct(store, plan, options)
            write_study(store, plan, records)
        return read_summary(store.path)


def read_summary(path: Path) -> Data:
    """A directory's summary."""

    return dict(json.loads((path / SUMMARY).read_text(encoding="utf-8")))


def conduct(store: Store, plan: StudyPlan, options: StudyOptions) -> list[RunRecord]:
    """Make the parts that are missing and return the records of all runs that count, in run order."""
    return _Conductor(store, plan, options).conduct()


class _Conductor:
    """The parts of a study on their way."""

    def __init__(self, store: Store, plan: StudyPlan, options: StudyOptions) -> None:
        self.store, self.plan, self.workers, self.given = store, plan, options.workers, options.executor
        known = store.read_parts()
        self.done = {chunk for chunk in range(plan.chunks) if get_part_name(chunk) in known}
        self.samples: dict[int, dict[str, list[float]]] = {}
        self.end = plan.chunks
        begun = sum(plan.count_runs(chunk) for chunk in self.done)
        self.progress = Progress(plan.runs, "runs", begun, store.path / PROGRESS, options.quiet)

    def conduct(self) -> list[RunRecord]:
        state = "failed"
        try:
            self._decide_end()
            self._make_missing()
            state = "done"
        except (KeyboardInterrupt, SystemExit, InterruptedByUserError):
            state = "cancelled"
            raise
        finally:
            self.progress.close(state)
        names = [get_part_name(chunk) for chunk in range(self.end)]
        self.store.tidy_parts(names)
        return [record for name in names for record in read_records(self.store.path / name)]

    def _make_missing(self) -> None:
        for attempt in range(REBUILDS + 1):
            executor = self._open_executor()
            try:
                self._drain(executor)
            except BrokenExecutor:
                # A killed worker takes its pool with it; what is missing is sent to a new one.
                if isinstance(self.given, Executor) or attempt == REBUILDS:
                    raise
            else:
                return
            finally:
                self._stop(executor)

    def _open_executor(self) -> Executor:
        if isinstance(self.given, Executor):
            return self.given
        return self.given() if self.given else ThreadPoolExecutor(self.workers, thread_name_prefix="study")

    def _stop(self, executor: Executor) -> None:
        """End all work; the stop file ends runs that have begun."""
        if isinstance(self.given, Executor):
            return
        flag = self.store.path / CANCEL
        if len(self.done) < self.end:
            flag.touch()
        executor.shutdown(wait=True, cancel_futures=True)
        flag.unlink(missing_ok=True)

    def _drain(self, executor: Executor) -> None:
        waiting: dict[Future[bytes], int] = {}
        missing = iter([chunk for chunk in range(self.plan.chunks) if chunk not in self.done])
        while True:
            while len(waiting) < self.workers + 1 and (chunk := next(missing, None)) is not None and chunk < self.end:
                waiting[executor.submit(make_chunk, self._make_job(chunk))] = chunk
            if not waiting:
                return
            self._collect(waiting)
            if (self.store.path / CANCEL).exists():
                raise InterruptedByUserError("cancelled; run the same command again to resume")

    def _collect(self, waiting: dict[Future[bytes], int]) -> None:
        finished, _ = wait(waiting, POLL, FIRST_COMPLETED)
        for future in finished:
            chunk = waiting.pop(future)
            self.store.write_part(get_part_name(chunk), future.result())
            self.done.add(chunk)
            if self.given is not None:
                self.progress.advance(self.plan.count_runs(chunk))
        if finished:
            self._decide_end()
            for future in [future for future, chunk in waiting.items() if chunk >= self.end]:
                future.cancel()
                del waiting[future]

    def _make_job(self, chunk: int) -> PartJob:
        plan = self.plan
        tick: Callable[[], None] | None = self.progress.advance if self.given is None else None
        first, runs, stop = chunk * CHUNK, plan.count_runs(chunk), str(self.store.path / CANCEL)
        return PartJob(plan.variants, plan.seed, plan.days, plan.every, first, runs, plan.measure, plan.keep_flows, stop, tick, plan.agents)

    def _decide_end(self) -> None:
        """The first chunk after which the interval is narrow enough; it depends on the runs alone, not on who was faster."""
        if self.plan.until is None:
            return
        together: dict[str, list[float]] = {}
        for chunk in range(self.plan.chunks):
            if chunk not in self.done:
                return
            for name, values in self._get_samples(chunk).items():
                together.setdefault(name, []).extend(values)
            if chunk + 1 >= FEWEST_CHUNKS and is_narrow(together, self.plan.until.half_width):
                self.end = chunk + 1
                return

    def _get_samples(self, chunk: int) -> dict[str, list[float]]:
        if chunk not in self.samples and self.plan.until is not None:
            records = list(read_records(self.store.path / get_part_name(chunk)))
            self.samples[chunk] = collect_samples(self.plan.variants, records, self.plan.until.outcome)
        return self.samples[chunk]


def collect_samples(variants: tuple[Variant, ...], records: list[RunRecord], outcome: str) -> dict[str, list[float]]:
    """An outcome's values by variant; of a variant with a base, its differences from it, pair by pair."""
    found = {(record.variant, record.run): record.outcomes[outcome] for record in records if record.outcomes}
    compared = [variant for variant in variants if variant.base] or list(variants)
    return {
        variant.name: [
            value - (found[variant.base, run] if variant.base else 0.0)
            for (name, run), value in found.items()
            if name == variant.name and (not variant.base or (variant.base, run) in found)
        ]
        for variant in compared
    }


def is_narrow(samples: dict[str, list[float]], half_width: float) -> bool:
    """Whether the mean of every sample is known to within +- `half_width`."""
    return all(len(values) > 1 and compute_half_width(values) <= half_width for values in samples.values())


def compute_study_digest(records: list[RunRecord]) -> str:
    """SHA-256 of the runs' digests (hexadecimal, one after the other) in run order."""
    return hashlib.sha256("".join(record.digest for record in records).encode()).hexdigest()


def write_study(store: Store, plan: StudyPlan, records: list[RunRecord]) -> None:
    """Write runs.parquet and summary.json of a Monte Carlo study and declare it complete."""
    digest = compute_study_digest(records)
    store.write(RUNS, encode_runs(records, named=False))
    store.write(SUMMARY, encode_json(summarise_runs(records) | {"days": plan.days, "seed": plan.seed, "digest": digest}))
    store.finish(digest)


def encode_runs(records: list[RunRecord], named: bool) -> bytes:
    """runs.parquet: one row a run, with its outcomes as columns `metric.statistic`."""
    import pyarrow as pa

    words = ("run", "seed", *(("variant",) if named else ()), "status", "stage", "message", "digest")
    columns: dict[str, Any] = {word: [getattr(record, word) for record in records] for word in words}
    names = next((list(record.outcomes) for record in records if record.outcomes), [])
    columns |= {name: pa.array([record.outcomes.get(name) for record in records], pa.float64()) for name in names}
    return write_parquet(pa.table(columns), describe_table({name: UNITS.get(name.split(".")[0], "") for name in columns}))


def summarise_runs(records: list[RunRecord], words: tuple[str, ...] = ()) -> Data:
    """Every statistic of every metric, or `words` of each, over the runs that did not fail."""
    good = [record.outcomes for record in records if record.status == "done"]
    metrics = {
        name: {word: describe_sample([outcome[f"{name}.{word}"] for outcome in good]) for word in words or list_statistics(name)}
        for name in METRIC_NAMES
        if good
    }
    failures = [{"run": record.run, "stage": record.stage, "message": record.message} for record in records if record.status == "failed"]
    return {"runs": len(records), "failed": len(failures), "failures": failures[:20], "metrics": metrics}
