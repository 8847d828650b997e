"""Jobs are real processes: they finish, are cancelled, are killed and resumed, and are found again by their directory."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from metalab.experiments.limits import MOST_RUNS
from metalab.experiments.runs.version import compute_code_version
from metalab.ui.inputs.limits import RUNNING_JOBS, LimitError
from metalab.ui.jobs.processes import (
    Job,
    JobStatus,
    _is_ours,
    cancel_job,
    is_alive,
    list_jobs,
    make_name,
    read_status,
    renew_job,
    resume_job,
    start_job,
    write_input,
)
from metalab.ui.results.study_files import list_parts, read_summary, read_values

PATIENCE = 240.0
ENDLESS = MOST_RUNS
"""Runs that no machine is done with before the test is."""

pytestmark = pytest.mark.usefixtures("out")


def wait_for(job: Job, check: Callable[[JobStatus], bool]) -> JobStatus:
    end = time.monotonic() + PATIENCE
    while not check(status := read_status(job)):
        assert time.monotonic() < end, status
        time.sleep(0.02)
    return status


def watch(job: Job) -> list[str]:
    """The states that are seen until no process works on it."""
    seen: list[str] = []

    def look(status: JobStatus) -> bool:
        seen.append(status.state)
        return not status.is_active

    wait_for(job, look)
    return seen


def start(runs: int, days: int) -> Job:
    words = ["monte-carlo", "minimal", "--runs", str(runs), "--days", str(days), "--every", "1"]
    return start_job(make_name("study", "minimal"), "study", f"{runs} runs", words)


def test_a_study_finishes_and_is_found_again(out: Path) -> None:
    job = start(4, 10)
    assert read_status(job).is_active
    status = wait_for(job, lambda status: not status.is_active)
    assert (status.state, status.share) == ("done", 1.0)
    assert list_jobs("study") == [job]
    assert list_jobs("decision") == []
    stored = read_values(job.path, ["price_usd", "messages"])
    assert stored.values["price_usd"].shape == (4, 10)
    assert stored.days.tolist() == list(range(10))
    assert read_summary(job.path)["runs"] == 4
    assert (out / ".jobs" / f"{job.name}.json").exists()


def test_a_study_is_cancelled_and_goes_on_where_it_stopped() -> None:
    job = start(ENDLESS, 60)
    wait_for(job, lambda status: bool(list_parts(job.path)))
    cancel_job(job)
    status = wait_for(job, lambda status: not status.is_active)
    assert status.state == "cancelled"
    assert 0 < status.done < ENDLESS
    kept = len(list_parts(job.path))
    again = resume_job(job)
    wait_for(again, lambda status: status.state == "running" or not status.is_active)
    assert len(list_parts(job.path)) >= kept
    cancel_job(again)
    wait_for(again, lambda status: not status.is_active)
    assert [other.name for other in list_jobs()] == [job.name]


def test_a_study_that_is_cancelled_before_it_begins_is_called_cancelled() -> None:
    job = start(ENDLESS, 60)
    cancel_job(job)
    assert wait_for(job, lambda status: not status.is_active).state == "cancelled"
    assert read_status(list_jobs()[0]).state == "cancelled"
    again = resume_job(list_jobs()[0])
    assert wait_for(again, lambda status: status.state in ("running", "failed", "cancelled")).state == "running"


def test_a_study_that_goes_on_is_cancelled_before_it_has_begun_again() -> None:
    job = start(ENDLESS, 60)
    wait_for(job, lambda status: status.state == "running")
    cancel_job(job)
    wait_for(job, lambda status: not status.is_active)
    again = resume_job(job)
    assert read_status(again).state == "starting"
    cancel_job(again)
    assert watch(again)[-1] == "cancelled"
    third = resume_job(again)
    assert wait_for(third, lambda status: status.state in ("running", "failed", "cancelled")).state == "running"


def test_a_cancelled_study_never_seems_to_start_again() -> None:
    job = start(ENDLESS, 60)
    wait_for(job, lambda status: status.state == "running")
    cancel_job(job)
    assert set(watch(job)) <= {"stopping", "cancelled"}


def test_two_tabs_resume_one_process() -> None:
    job = start(ENDLESS, 60)
    wait_for(job, lambda status: status.state == "running")
    cancel_job(job)
    wait_for(job, lambda status: not status.is_active)
    first = resume_job(job)
    assert resume_job(job) == first
    assert renew_job(job) == first
    cancel_job(job)
    assert wait_for(first, lambda status: not status.is_active).state == "cancelled"


def test_a_study_that_cannot_go_on_says_why(out: Path) -> None:
    job = start(ENDLESS, 60)
    wait_for(job, lambda status: status.state == "running")
    cancel_job(job)
    wait_for(job, lambda status: not status.is_active)
    manifest = job.path / "manifest.json"
    manifest.write_text(manifest.read_text().replace(compute_code_version(), "0" * 64))
    status = wait_for(resume_job(job), lambda status: not status.is_active)
    assert status.state == "failed"
    assert "another version of the code" in status.message


def test_a_killed_study_is_called_interrupted() -> None:
    job = start(ENDLESS, 60)
    wait_for(job, lambda status: status.state == "running")
    os.killpg(job.pid, signal.SIGKILL)
    assert wait_for(job, lambda status: not status.is_active).state == "interrupted"


def test_a_study_that_is_refused_says_why_in_one_line() -> None:
    job = start_job(make_name("study", "x"), "study", "x", ["monte-carlo", "nowhere", "--runs", "2"])
    status = wait_for(job, lambda status: not status.is_active)
    assert status.state == "failed"
    assert "nowhere" in status.message
    assert "\n" not in status.message


def test_only_so_many_run_at_once() -> None:
    jobs = [start(ENDLESS, 60) for _ in range(RUNNING_JOBS)]
    with pytest.raises(LimitError, match="jobs are running"):
        start(1, 1)
    for job in jobs:
        cancel_job(job)
    for job in jobs:
        wait_for(job, lambda status: not status.is_active)


def test_names_are_new_each_time(out: Path) -> None:
    name = make_name("study", "minimal")
    (out / name).mkdir()
    assert make_name("study", "minimal") != name


def test_a_number_that_went_to_another_process_is_not_the_job() -> None:
    assert not is_alive(Job("study-x", "study", "x", (), os.getpid(), 0.0, {}))
    assert not is_alive(Job("study-x", "study", "x", (), 0, 0.0, {}))


def test_a_job_is_active_from_its_first_instant() -> None:
    for _ in range(20):
        job = start(ENDLESS, 60)
        assert read_status(job).is_active
        os.killpg(job.pid, signal.SIGKILL)
        wait_for(job, lambda status: not status.is_active)


def test_a_dead_process_that_nobody_buried_is_not_alive(tmp_path: Path) -> None:
    (tmp_path / "self").mkdir()
    process = tmp_path / "7"
    process.mkdir()
    (process / "cmdline").write_bytes(b"")
    (process / "stat").write_bytes(b"7 (python) Z 1 7 7")
    assert not _is_ours(process, "x")
    (process / "stat").write_bytes(b"7 (python) R 1 7 7")
    assert _is_ours(process, "x")
    (process / "cmdline").write_bytes(b"other")
    assert not _is_ours(process, "x")


def test_a_broken_note_is_passed_over(out: Path) -> None:
    (out / ".jobs").mkdir()
    (out / ".jobs" / "x.json").write_text("{")
    (out / ".jobs" / "y.json").write_text('{"words": 3}')
    assert list_jobs() == []


def test_inputs_lie_under_names_of_our_own(out: Path) -> None:
    assert write_input("decision-x", "a = 1\n") == out / ".jobs" / "decision-x" / "proposal.toml"
