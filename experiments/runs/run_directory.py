"""One run in a directory of its own: daily.parquet, summary.json, manifest.json."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.inputs.scenario_data import describe_scenario
from metalab.experiments.inputs.tables import read_whole
from metalab.experiments.limits import LARGEST_SEED, LONGEST_RUN, USUAL_DAYS
from metalab.experiments.runs.forks import describe_fork, replay
from metalab.experiments.runs.runner import Result, check_engine, run
from metalab.experiments.store.cancellation import watching
from metalab.experiments.store.directory import DAILY, SUMMARY, Data, Store
from metalab.experiments.store.files import encode_json
from metalab.experiments.studies.parts import write_parquet


def run_single(
    scenario: Scenario, out: str | Path, *, seed: int = 1, days: int = USUAL_DAYS, engine: str = "compiled", command: str = ""
) -> Data:
    """Run a scenario into the directory `out` and return its manifest. A complete directory is read, not run again."""
    days = read_whole("--days", days, 1, LONGEST_RUN)
    seed = read_whole("--seed", seed, 0, LARGEST_SEED)
    check_engine("--engine", engine)
    identity = {"kind": "run"} | describe_scenario(scenario) | {"seed": seed, "replication": 0, "days": days}
    with Store(out, identity, command) as store:
        if not store.is_complete:
            with watching(store.path, days, "days") as watch:
                result = run(scenario, seed, days, engine, watch=watch)
            write_run(store, result)
        return store.manifest


def run_fork(fork: Data, out: str | Path, *, days: int, command: str = "") -> Data:
    """A run that leaves its parent on a day (`forks.plan_fork`), into the directory `out`; returns its manifest."""
    days = read_whole("--days", days, fork["day"], LONGEST_RUN)
    check_engine("--engine", "compiled")
    identity = {"kind": "run"} | describe_fork(fork) | {"days": days}
    with Store(out, identity, command) as store:
        if not store.is_complete:
            with watching(store.path, days - fork["day"], "days") as watch:
                result = replay(identity, watch)
            write_run(store, result)
        return store.manifest


def write_run(store: Store, result: Result) -> None:
    """Write the files of a run and declare it complete."""
    import pyarrow as pa

    # From buffers: given arrays pyarrow imports pandas to look at them, a tenth of the time of a year's run.
    columns = [pa.py_buffer(np.ascontiguousarray(column)) for column in result.rows.T]
    arrays = [pa.Array.from_buffers(pa.float64(), len(result.rows), [None, column]) for column in columns]
    store.write(DAILY, write_parquet(pa.Table.from_arrays(arrays, names=list(COLUMNS))))
    summary = {"days": len(result.rows), "seed": result.seed, "digest": result.digest, "metrics": result.summary}
    store.write(SUMMARY, encode_json(summary))
    store.finish(result.digest)


def read_first_day(path: Path, metrics: Sequence[str]) -> dict[str, float]:
    """Metrics of a run's first day, from its directory."""
    import pyarrow.parquet as pq

    return {name: column[0] for name, column in pq.read_table(path / DAILY, columns=list(metrics)).to_pydict().items()}
