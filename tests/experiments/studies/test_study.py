"""Studies: the same bytes whoever works on them, in whatever order, however often interrupted."""

import json
import threading
import time
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import Scenario
from metalab.experiments import StudyOptions, run, run_study
from metalab.experiments.errors import BadValueError, InterruptedByUserError, OutputError, RunError
from metalab.experiments.runs.summary import METRIC_NAMES, list_statistics
from metalab.experiments.store.directory import CANCEL, MANIFEST, PROGRESS
from metalab.experiments.studies import parts
from metalab.experiments.studies.intervals import compute_half_width
from metalab.experiments.studies.parts import CHUNK, PartJob, Variant, get_part_name, make_chunk, measure_metrics, read_records
from metalab.experiments.studies.study import FEWEST_CHUNKS, compute_study_digest

DAYS = 9
RUNS = 2 * CHUNK + 3
SAME = ("parts.sha256", "runs.parquet", "summary.json", *(get_part_name(k) for k in range(3)))


def read_all(path: Path) -> dict[str, bytes]:
    return {name: (path / name).read_bytes() for name in SAME}


@pytest.fixture(scope="module")
def reference(tiny: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study made by one worker without interruption."""
    out = tmp_path_factory.mktemp("study") / "reference"
    run_study(tiny, out, StudyOptions(RUNS, seed=5, days=DAYS, workers=1))
    return out


@pytest.mark.parametrize("workers", [2, 5])
def test_bytes_do_not_depend_on_workers(tiny: Scenario, reference: Path, tmp_path: Path, workers: int) -> None:
    run_study(tiny, tmp_path / "out", StudyOptions(RUNS, seed=5, days=DAYS, workers=workers))
    assert read_all(tmp_path / "out") == read_all(reference)


def test_bytes_do_not_depend_on_order(tiny: Scenario, reference: Path, tmp_path: Path) -> None:
    class Backwards(ThreadPoolExecutor):
        """Holds the first chunk back until all others are done."""

        def submit(self, fn: Any, job: PartJob, /) -> Future[Any]:  # type: ignore[override]
            def late(job: PartJob) -> bytes:
                time.sleep(0.5 if job.first == 0 else 0.0)
                return bytes(fn(job))

            return super().submit(late, job)

    with Backwards(3) as executor:
        run_study(tiny, tmp_path / "out", StudyOptions(RUNS, seed=5, days=DAYS, workers=3, executor=executor))
    assert read_all(tmp_path / "out") == read_all(reference)


class Breaking(ThreadPoolExecutor):
    """Loses its worker at the second chunk, as a process pool does whose worker is killed."""

    def submit(self, fn: Any, job: PartJob, /) -> Future[Any]:  # type: ignore[override]
        if job.first == CHUNK:
            broken: Future[Any] = Future()
            broken.set_exception(BrokenExecutor("a worker was killed"))
            return broken
        return super().submit(fn, job)


def test_a_broken_pool_is_replaced(tiny: Scenario, reference: Path, tmp_path: Path) -> None:
    pools = iter([Breaking(1), Breaking(1), ThreadPoolExecutor(1)])
    run_study(tiny, tmp_path / "out", StudyOptions(RUNS, seed=5, days=DAYS, executor=lambda: next(pools)))
    assert read_all(tmp_path / "out") == read_all(reference)


def test_pools_that_always_break_end_the_study(tiny: Scenario, tmp_path: Path) -> None:
    with pytest.raises(BrokenExecutor):
        run_study(tiny, tmp_path / "out", StudyOptions(RUNS, seed=5, days=DAYS, executor=lambda: Breaking(1)))
    assert json.loads((tmp_path / "out" / PROGRESS).read_text())["state"] == "failed"


def test_run_k_is_replication_k(tiny: Scenario, reference: Path) -> None:
    table = pq.read_table(reference / "runs.parquet").to_pydict()
    assert table["run"] == list(range(RUNS))
    assert set(table["seed"]) == {5}
    assert set(table["status"]) == {"done"}
    for k in (0, CHUNK, RUNS - 1):
        result = run(tiny, seed=5, days=DAYS, replication=k)
        assert table["digest"][k] == result.digest
        assert {word: table[f"price_usd.{word}"][k] for word in list_statistics("price_usd")} == result.summary["price_usd"]


def test_parts_hold_every_seventh_day_and_summaries_all_days(tiny: Scenario, reference: Path) -> None:
    part = pq.read_table(reference / get_part_name(1)).to_pandas()
    assert list(part.columns) == ["run", "day", "date", *METRIC_NAMES]
    assert list(part["run"]) == [k for k in range(CHUNK, 2 * CHUNK) for _ in range(2)]
    assert list(part["day"]) == [0, 7] * CHUNK
    rows = run(tiny, seed=5, days=DAYS, replication=CHUNK).rows
    for name in METRIC_NAMES:
        assert list(part[name][:2]) == list(rows[::7, COLUMNS.index(name)])


def test_the_summary_is_over_the_runs(reference: Path) -> None:
    summary = json.loads((reference / "summary.json").read_text())
    table = pq.read_table(reference / "runs.parquet").to_pydict()
    prices = table["price_usd.last"]
    described = summary["metrics"]["price_usd"]["last"]
    assert described["mean"] == pytest.approx(sum(prices) / RUNS)
    assert described["interval"][1] - described["mean"] == pytest.approx(compute_half_width(prices))
    assert (described["min"], described["max"]) == (min(prices), max(prices))
    assert (summary["runs"], summary["failed"], summary["days"]) == (RUNS, 0, DAYS)


def test_the_digest_is_of_the_runs_digests(reference: Path) -> None:
    records = [record for name in SAME[3:] for record in read_records(reference / name)]
    manifest = json.loads((reference / MANIFEST).read_text())
    assert manifest["digest"] == compute_study_digest(records) == json.loads((reference / "summary.json").read_text())["digest"]


def test_the_same_command_prints_the_same_and_writes_nothing(tiny: Scenario, reference: Path) -> None:
    before = {path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in reference.iterdir()}
    summary = run_study(tiny, reference, StudyOptions(RUNS, seed=5, days=DAYS, workers=2))
    assert summary["runs"] == RUNS
    assert {path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in reference.iterdir()} == before


@pytest.mark.parametrize("change", [{"days": DAYS + 1}, {"seed": 6}, {"every": 1}, {"until": "price_usd:1"}])
def test_another_command_is_refused(tiny: Scenario, reference: Path, change: dict[str, Any]) -> None:
    with pytest.raises(OutputError, match="holds another result"):
        run_study(tiny, reference, StudyOptions(RUNS, **({"seed": 5, "days": DAYS} | change)))


@pytest.mark.parametrize("damage", ["truncated", "flipped", "deleted", "swapped"])
def test_a_damaged_part_is_found_and_redone(tiny: Scenario, reference: Path, tmp_path: Path, damage: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for path in reference.iterdir():
        (out / path.name).write_bytes(path.read_bytes())
    part = out / get_part_name(1)
    data = part.read_bytes()
    if damage == "deleted":
        part.unlink()
    else:
        middle = len(data) // 2
        flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        part.write_bytes({"truncated": data[:-9], "flipped": flipped, "swapped": (out / get_part_name(0)).read_bytes()}[damage])
    run_study(tiny, out, StudyOptions(RUNS, seed=5, days=DAYS))
    assert read_all(out) == read_all(reference)


def test_a_failed_run_is_data(tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = parts.run

    def fail_sometimes(scenario: Scenario, seed: int, days: int, *, replication: int, **options: Any) -> Any:
        if replication in (1, 4):
            raise RunError("days", "ZeroDivisionError: division by zero", seed, replication)
        return usual(scenario, seed, days, replication=replication, **options)

    monkeypatch.setattr(parts, "run", fail_sometimes)
    summary = run_study(tiny, tmp_path / "out", StudyOptions(6, days=DAYS))
    assert (summary["runs"], summary["failed"]) == (6, 2)
    assert summary["failures"][0] == {"run": 1, "stage": "days", "message": "ZeroDivisionError: division by zero"}
    table = pq.read_table(tmp_path / "out" / "runs.parquet").to_pydict()
    assert [k for k, status in enumerate(table["status"]) if status == "failed"] == [1, 4]
    assert table["stage"][1] == "days"
    assert table["digest"][1] == ""
    assert table["price_usd.last"][1] is None
    assert set(pq.read_table(tmp_path / "out" / get_part_name(0))["run"].to_pylist()) == {0, 2, 3, 5}


def test_a_study_of_failures_alone_is_still_written(tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(scenario: Scenario, seed: int, days: int, *, replication: int, **options: Any) -> Any:
        raise RunError("opening", "ValueError: no", seed, replication)

    monkeypatch.setattr(parts, "run", fail)
    summary = run_study(tiny, tmp_path / "out", StudyOptions(2, days=DAYS))
    assert (summary["failed"], summary["metrics"]) == (2, {})


def test_cancelling_keeps_what_is_done_and_the_same_command_goes_on(tiny: Scenario, reference: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"

    def cancel() -> None:
        while not (out / get_part_name(0)).exists():
            time.sleep(0.005)
        (out / CANCEL).touch()

    canceller = threading.Thread(target=cancel)
    canceller.start()
    slow = Slow()
    with pytest.raises(InterruptedByUserError, match="the same command"), slow:
        run_study(tiny, out, StudyOptions(RUNS, seed=5, days=DAYS, workers=1, executor=slow))
    canceller.join()
    assert json.loads((out / PROGRESS).read_text())["state"] == "cancelled"
    assert not (out / "summary.json").exists()
    kept = (out / get_part_name(0)).stat().st_ino
    run_study(tiny, out, StudyOptions(RUNS, seed=5, days=DAYS, workers=2))
    assert (out / get_part_name(0)).stat().st_ino == kept
    assert not (out / CANCEL).exists()
    assert read_all(out) == read_all(reference)


class Slow(ThreadPoolExecutor):
    """One worker that takes a nap after every chunk."""

    def __init__(self) -> None:
        super().__init__(1)

    def submit(self, fn: Any, job: PartJob, /) -> Future[Any]:  # type: ignore[override]
        def slow(job: PartJob) -> bytes:
            time.sleep(0.3 if job.first else 0.0)
            return bytes(fn(job))

        return super().submit(slow, job)


def test_a_stop_file_ends_a_run_on_its_way(tiny: Scenario, tmp_path: Path) -> None:
    (tmp_path / CANCEL).touch()
    job = PartJob((Variant("", tiny),), 1, 200, 7, 0, 1, measure_metrics, stop=str(tmp_path / CANCEL))
    with pytest.raises(InterruptedByUserError):
        make_chunk(job)


@pytest.mark.parametrize("workers", [1, 4])
def test_until_stops_at_the_first_chunk_that_suffices(tiny: Scenario, tmp_path: Path, workers: int) -> None:
    runs = 6 * CHUNK
    full = tmp_path / "full"
    run_study(tiny, full, StudyOptions(runs, days=DAYS))
    values = pq.read_table(full / "runs.parquet")["price_usd.last"].to_pylist()
    widths = [compute_half_width(values[: (k + 1) * CHUNK]) for k in range(6)]
    target = widths[2] * 1.0001
    expected = next(k + 1 for k in range(FEWEST_CHUNKS - 1, 6) if widths[k] <= target)
    out = tmp_path / "out"
    summary = run_study(tiny, out, StudyOptions(runs, days=DAYS, until=f"price_usd.last:{target}", workers=workers))
    assert summary["runs"] == expected * CHUNK < runs
    assert sorted(path.name for path in out.glob("part-*.parquet")) == [get_part_name(k) for k in range(expected)]
    assert pq.read_table(out / "runs.parquet")["price_usd.last"].to_pylist() == values[: expected * CHUNK]


def test_until_needs_all_runs_when_the_interval_stays_wide(tiny: Scenario, tmp_path: Path) -> None:
    summary = run_study(tiny, tmp_path / "out", StudyOptions(3 * CHUNK, days=DAYS, until="price_usd:1e-12"))
    assert summary["runs"] == 3 * CHUNK


@pytest.mark.parametrize("change", [{"runs": 0}, {"runs": -1}, {"days": 0}, {"seed": -1}, {"every": 0}, {"workers": 0}, {"runs": 1.5}])
def test_numbers_out_of_range_are_refused_before_anything_is_written(tiny: Scenario, tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(BadValueError, match=f"--{next(iter(change))}"):
        run_study(tiny, tmp_path / "out", StudyOptions(change.pop("runs", 2), **change))
    assert not (tmp_path / "out").exists()


def test_progress_ends_with_done(reference: Path) -> None:
    progress = json.loads((reference / PROGRESS).read_text())
    assert (progress["state"], progress["done"], progress["total"]) == ("done", RUNS, RUNS)
