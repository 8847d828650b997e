"""One run in a directory of its own: daily.parquet, the tables of events, summary.json, manifest.json."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.events.tables import list_events, list_units
from metalab.experiments.inputs.scenario_data import describe_scenario
from metalab.experiments.inputs.tables import read_whole
from metalab.experiments.limits import LARGEST_SEED, LONGEST_RUN, USUAL_DAYS
from metalab.experiments.runs.dates import DATE, describe_table, make_dates
from metalab.experiments.runs.forks import describe_fork, replay
from metalab.experiments.runs.runner import Result, check_engine, run
from metalab.experiments.runs.summary import UNITS
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
                result = run(scenario, seed, days, engine, watch=watch, keep_events=True)
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
                result = replay(identity, watch, keep_events=True)
            write_run(store, result)
        return store.manifest


def write_run(store: Store, result: Result) -> None:
    """Write the files of a run and declare it complete."""
    store.write(DAILY, encode_daily(result))
    for name, table in list_events(result).items():
        store.write(f"{name}.parquet", write_parquet(table, describe_table(list_units(name), result.scenario.start_date)))
    summary = {"days": len(result.rows), "seed": result.seed, "digest": result.digest, "metrics": result.summary}
    store.write(SUMMARY, encode_json(summary))
    store.finish(result.digest)


def encode_daily(result: Result) -> bytes:
    """The daily table as Parquet, with dates, and units in the file's metadata."""
    import pyarrow as pa

    # From buffers: given arrays pyarrow imports pandas to look at them, a tenth of the time of a year's run.
    columns = [pa.py_buffer(np.ascontiguousarray(column)) for column in result.rows.T]
    arrays = [pa.Array.from_buffers(pa.float64(), len(result.rows), [None, column]) for column in columns]
    table = pa.Table.from_arrays(arrays, names=list(COLUMNS))
    start = result.scenario.start_date
    dates = make_dates(start, result.rows[:, COLUMNS.index("day")]).view(np.int64)
    stamps = pa.Array.from_buffers(pa.timestamp("ms"), len(dates), [None, pa.py_buffer(dates)])
    return write_parquet(table.add_column(1, DATE, stamps), describe_table({DATE: "date", "day": "day"} | UNITS, start))


def read_first_day(path: Path, metrics: Sequence[str]) -> dict[str, float]:
    """Metrics of a run's first day, from its directory."""
    import pyarrow.parquet as pq

    return {name: column[0] for name, column in pq.read_table(path / DAILY, columns=list(metrics)).to_pydict().items()}
