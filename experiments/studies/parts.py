"""The piece of a study that one worker does at a time: 16 runs of every variant, as one Parquet part.

A chunk is a pure function of its job, so a part has the same bytes whoever makes it. The table holds the stored rows; what
every run resulted in (all days counted), its digest or its failure travels in the part's metadata.
"""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.errors import RunError
from metalab.experiments.runs.agents import Agents
from metalab.experiments.runs.dates import DATE, describe_table, make_dates
from metalab.experiments.runs.runner import Result, run
from metalab.experiments.runs.summary import METRIC_NAMES, UNITS

CHUNK = 16
"""Runs of a chunk; fixed, so that results don't depend on the number of workers."""
RECORDS_KEY = "runs"
Measure = Callable[[Result], dict[str, float]]


class Variant(NamedTuple):
    """A scenario of a study and its name; a Monte Carlo study has one, without a name.

    `base` is the variant that it is compared with, run by run.
    """

    name: str
    scenario: Scenario
    base: str = ""


class PartJob(NamedTuple):
    """What a chunk is made from. `stop` is a file whose appearance ends the work; `tick` hears of every finished run."""

    variants: tuple[Variant, ...]
    seed: int
    days: int
    every: int
    first: int
    runs: int
    measure: Measure
    keep_flows: bool = False
    stop: str = ""
    tick: Callable[[], None] | None = None
    agents: Agents | None = None


class RunRecord(NamedTuple):
    """What became of one run. `outcomes` is empty when it failed."""

    variant: str
    run: int
    seed: int
    status: str
    stage: str
    message: str
    digest: str
    outcomes: dict[str, float]


def measure_metrics(result: Result) -> dict[str, float]:
    """Every statistic of every metric as `metric.statistic`."""
    return {f"{name}.{word}": value for name, line in result.summary.items() for word, value in line.items()}


def get_part_name(chunk: int) -> str:
    """The file of a chunk."""
    return f"part-{chunk:05d}.parquet"


def make_chunk(job: PartJob) -> bytes:
    """Run a chunk; returns the bytes of its part. Raises `InterruptedByUserError` when the stop file appears."""
    tables: list[tuple[str, int, Any]] = []
    records: list[RunRecord] = []
    for number in range(job.first, job.first + job.runs):
        for variant in job.variants:
            record, rows = _do(job, variant, number)
            records.append(record)
            tables.append((variant.name, number, rows[:: job.every]))
        if job.tick is not None:
            job.tick()
    starts = {variant.name: variant.scenario.start_date for variant in job.variants}
    return encode_part(tables, records, starts, named=bool(job.variants[0].name))


def _do(job: PartJob, variant: Variant, number: int) -> tuple[RunRecord, Any]:
    """One run; a failure is a record like any other."""

    def watch(_: int) -> bool:
        return bool(job.stop) and Path(job.stop).exists()

    try:
        result = run(
            variant.scenario,
            job.seed,
            job.days,
            replication=number,
            watch=watch,
            keep_flows=job.keep_flows,
            agents=job.agents,
        )
    except RunError as error:
        failed = RunRecord(variant.name, number, job.seed, "failed", error.stage, error.message, "", {})
        return failed, np.zeros((0, len(COLUMNS)))
    return RunRecord(variant.name, number, job.seed, "done", "", "", result.digest, job.measure(result)), result.rows


def encode_part(tables: list[tuple[str, int, Any]], records: list[RunRecord], starts: dict[str, date], named: bool) -> bytes:
    """Parquet bytes of stored rows and records; `starts` has the date of day 0 of each variant."""
    import pyarrow as pa

    lengths = [len(rows) for _, _, rows in tables]
    values = np.concatenate([rows for _, _, rows in tables])
    columns: dict[str, Any] = {}
    if named:
        columns["variant"] = pa.array([name for name, _, rows in tables for _ in range(len(rows))], pa.string())
    columns["run"] = np.repeat(np.array([number for _, number, _ in tables], dtype=np.int64), lengths)
    columns["day"] = values[:, COLUMNS.index("day")].astype(np.int64)
    dates = [make_dates(starts[name], rows[:, COLUMNS.index("day")]) for name, _, rows in tables]
    columns[DATE] = pa.array(np.concatenate(dates), pa.timestamp("ms"))
    columns |= {name: np.ascontiguousarray(values[:, COLUMNS.index(name)]) for name in METRIC_NAMES}
    units = describe_table({"run": "1", "day": "day", DATE: "date"} | UNITS)
    return write_parquet(pa.table(columns), {RECORDS_KEY: encode_records(records)} | units)


def encode_records(records: list[RunRecord]) -> str:
    """JSON: the outcomes' names once, then one list a run."""
    names = next((list(record.outcomes) for record in records if record.outcomes), [])
    runs = [record._asdict() | {"outcomes": list(record.outcomes.values())} for record in records]
    return json.dumps({"names": names, "runs": runs}, allow_nan=False, separators=(",", ":"))


def write_parquet(table: Any, metadata: dict[str, str] | None = None) -> bytes:
    """A table as the bytes of a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, table.schema, compression="zstd", store_schema=False) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata(metadata or {})
    return bytes(sink.getvalue())


def read_records(path: Path) -> Iterator[RunRecord]:
    """The records of a part, in order."""
    import pyarrow.parquet as pq

    data = json.loads(pq.read_metadata(path).metadata[RECORDS_KEY.encode()])
    for entry in data["runs"]:
        outcomes = dict(zip(data["names"], entry["outcomes"], strict=True)) if entry["outcomes"] else {}
        yield RunRecord(**entry | {"outcomes": outcomes})
