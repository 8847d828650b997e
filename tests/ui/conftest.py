"""Results lie in a directory of the test's own, and no job outlives its test."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from metalab.ui.jobs.processes import is_alive, list_jobs


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the app puts its results."""
    monkeypatch.setenv("METALAB_OUT", str(tmp_path))
    yield tmp_path
    for job in filter(is_alive, list_jobs()):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(job.pid, signal.SIGKILL)
