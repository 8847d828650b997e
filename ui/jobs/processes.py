"""Long work: a detached process per job, watched through the files it writes. A closed tab or a restarted app loses nothing.

A job's results lie in `out/<name>`, which belongs to the command alone; beside them `out/.jobs/<name>.json` says what was
started, and `.log` holds what the process said.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from metalab.experiments.store.directory import CANCEL, MANIFEST, PROGRESS
from metalab.experiments.store.files import encode_json, write_atomic
from metalab.ui.inputs.exploration import Recipe, write_toml, write_value
from metalab.ui.inputs.limits import RUNNING_JOBS, LimitError

ROOT = Path(__file__).resolve().parents[2]
NOTES = ".jobs"
INPUT = "proposal.toml"
WORLD = "scenario.toml"
SHOWN = 50
"""Earlier jobs that are listed."""
CANCELLED = "cancelled"
"""In a note: it was ended before its process could write that it was."""
ACTIVE = ("starting", "running", "stopping")


class JobStatus(NamedTuple):
    """How far a job is. `state` is starting, running, stopping, done, cancelled, failed or interrupted."""

    state: str
    done: int = 0
    total: int = 0
    unit: str = "runs"
    left_s: float = 0.0
    message: str = ""

    @property
    def is_active(self) -> bool:
        """Whether a process works on it."""
        return self.state in ACTIVE

    @property
    def share(self) -> float:
        """Part that is done."""
        return min(1.0, self.done / self.total) if self.total else 0.0


class Job(NamedTuple):
    """One job: its name, what it is, when it was started."""

    name: str
    kind: str
    title: str
    words: tuple[str, ...]
    pid: int
    started: float
    extra: dict[str, Any]

    @property
    def path(self) -> Path:
        """Where its results are."""
        return get_out() / self.name


def get_out() -> Path:
    """The directory of all results: METALAB_OUT, or out/ in the checkout."""
    return Path(os.environ.get("METALAB_OUT") or ROOT / "out").resolve()


def _get_note(name: str, tail: str) -> Path:
    return get_out() / NOTES / f"{name}{tail}"


def make_name(kind: str, slug: str) -> str:
    """A new directory's name; never one that a browser chose."""
    stem = f"{kind}-{slug}-{datetime.now():%Y%m%d-%H%M%S}"
    taken = {path.name for path in get_out().glob(f"{stem}*")} | {job.name for job in list_jobs()}
    return next(name for k in range(1, 1_000) if (name := stem if k == 1 else f"{stem}-{k}") not in taken)


def write_input(name: str, text: str, file: str = INPUT) -> Path:
    """Put a file that the command reads beside the job, under a name of our own."""
    folder = _get_note(name, "")
    folder.mkdir(parents=True, exist_ok=True)
    write_atomic(folder / file, text.encode(), durable=False)
    return folder / file


def name_scenario(name: str, recipe: Recipe) -> tuple[str, list[str]]:
    """SCENARIO of a command line and its options: a preset with its changes, or a file where days of their own are planned."""
    if recipe.calendar:
        return str(write_input(name, write_toml(recipe), WORLD)), []
    return recipe.preset, [word for path, value in sorted(recipe.changes.items()) for word in ("--set", f"{path}={write_value(value)}")]


def start_job(name: str, kind: str, title: str, words: Sequence[str], extra: dict[str, Any] | None = None) -> Job:
    """Start `python -m experiments <words> --out out/<name>`. Raises `LimitError` while too many are running."""
    running = sum(read_status(job).is_active for job in list_jobs(kind=""))
    if running >= RUNNING_JOBS:
        raise LimitError(f"{running} jobs are running; wait for one of them or cancel it")
    (get_out() / NOTES).mkdir(parents=True, exist_ok=True)
    job = Job(name, kind, title, tuple(words), 0, time.time(), extra or {})
    return _launch(job)


def resume_job(job: Job) -> Job:
    """Run the same command again, which resumes it. A job that is running already, resumed in another tab, is left alone."""
    job = renew_job(job)
    if is_alive(job):
        return job
    return start_job(job.name, job.kind, job.title, job.words, {key: value for key, value in job.extra.items() if key != CANCELLED})


def _launch(job: Job) -> Job:
    command = [sys.executable, "-m", "metalab", *job.words, "--out", str(job.path)]
    with _get_note(job.name, ".log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    job = job._replace(pid=process.pid, started=time.time())
    _write_note(job)
    return job


def _write_note(job: Job) -> None:
    write_atomic(_get_note(job.name, ".json"), encode_json(job._asdict() | {"words": list(job.words)}), durable=False)


def list_jobs(kind: str = "") -> list[Job]:
    """Earlier and present jobs, the newest first."""
    notes = sorted((get_out() / NOTES).glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    jobs = [job for path in notes[:SHOWN] if (job := _read_note(path)) is not None]
    return sorted((job for job in jobs if kind in ("", job.kind)), key=lambda job: -job.started)


def renew_job(job: Job) -> Job:
    """The job as its note says now: another tab may have resumed it, and then it is another process."""
    return _read_note(_get_note(job.name, ".json")) or job


def _read_note(path: Path) -> Job | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Job(**(data | {"words": tuple(data["words"])}))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def read_date(job: Job) -> date | None:
    """The date of day 0 of a job's scenario, where its note tells."""
    try:
        return date.fromisoformat(job.extra["start"])
    except (KeyError, TypeError, ValueError):
        return None


def is_alive(job: Job) -> bool:
    """Whether the job's process still works. A finished child is reaped; a number that went to another process does not count."""
    if job.pid <= 0:
        return False
    with contextlib.suppress(ChildProcessError):
        if os.waitpid(job.pid, os.WNOHANG)[0] == job.pid:
            return False
    try:
        os.kill(job.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False
    return _is_ours(Path(f"/proc/{job.pid}"), job.name)


def _is_ours(process: Path, name: str) -> bool:
    """Whether a running process is the job's, where the system tells. In its first instant it has no command line yet."""
    if not process.parent.joinpath("self").exists():
        return True
    try:
        command = (process / "cmdline").read_bytes()
        return name.encode() in command if command else b") Z " not in (process / "stat").read_bytes()
    except OSError:
        return False


def read_status(job: Job) -> JobStatus:
    """How far it is, from its files and its process; another tab may have resumed it."""
    job = renew_job(job)
    progress = _read_json(job.path / PROGRESS)
    numbers = {key: progress[key] for key in ("done", "total", "unit", "left_s") if key in progress}
    if is_alive(job):
        return JobStatus(_tell_active(job, progress.get("state", "")), **numbers)
    if _read_json(job.path / MANIFEST).get("status") == "complete":
        return JobStatus("done", **numbers)
    if CANCELLED in job.extra or (progress.get("state") == "cancelled" and _has_begun(job)):
        return JobStatus("cancelled", **numbers)
    message = read_error(job)
    return JobStatus("failed" if message else "interrupted", **numbers, message=message)


def _tell_active(job: Job, told: str) -> str:
    """What a living process does; `told` is what the progress file says."""
    if CANCELLED in job.extra:
        return "stopping"
    if not _has_begun(job):
        return "starting"
    # One that has all its runs still writes.
    return "running" if told in ("running", "done") and not (job.path / CANCEL).exists() else "stopping"


def _has_begun(job: Job) -> bool:
    """Whether the progress file is this process's own. A resumed job finds that of the process before it."""
    try:
        return (job.path / PROGRESS).stat().st_mtime >= job.started
    except OSError:
        return False


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def read_error(job: Job) -> str:
    """The line in which the process reported an error; empty without one."""
    try:
        text = _get_note(job.name, ".log").read_bytes()[-8_000:].decode("utf-8", "replace")
    except OSError:
        return ""
    lines = [line for line in text.replace("\r", "\n").splitlines() if line.strip()]
    told = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    if told:
        return told[-1][:300]
    return lines[-1].strip()[:300] if any(line.startswith("Traceback") for line in lines) else ""


def cancel_job(job: Job) -> None:
    """Ask the process to stop; what is done is kept. One that has not begun its runs would not hear it and is ended."""
    job = renew_job(job)
    if not is_alive(job):
        return
    if _has_begun(job):
        (job.path / CANCEL).touch()
    else:
        job.extra[CANCELLED] = True
        _write_note(job)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(job.pid, signal.SIGTERM)
