"""How far compiling is, as a file in the cache: who opens the app meanwhile can see it, and nobody compiles twice."""

import json
import os
import time
from pathlib import Path
from typing import NamedTuple

from metalab.experiments.runs.version import compute_code_version
from metalab.experiments.store.files import encode_json, write_atomic
from metalab.protocol.kernel.compiling import cache_root

SILENT_S = 120.0
"""A process that has written nothing for so long is taken for gone; the slowest single step takes about half of it."""


class CompileProgress(NamedTuple):
    """Steps done and how many there are, whether that is all, and since when (seconds since 1970)."""

    done: int
    steps: int
    is_finished: bool
    started: float
    written: float


def find_file() -> Path:
    """Where the progress of this code version is kept."""
    return cache_root() / f"progress-{compute_code_version()[:20]}.json"


def write_progress(done: int, steps: int, started: float, is_finished: bool = False) -> None:
    """Say how far it is. A cache that cannot be written is no reason to stop: then nobody is told.

    What is finished stays so: who compiles again what is there makes no page wait.
    """
    before = read_progress()
    if before is not None and before.is_finished:
        return
    now = time.time()
    data = {"done": done, "steps": steps, "is_finished": is_finished, "started": started, "written": now, "pid": os.getpid()}
    try:
        find_file().parent.mkdir(parents=True, exist_ok=True)
        write_atomic(find_file(), encode_json(data), durable=False)
    except OSError:
        return


def read_progress() -> CompileProgress | None:
    """How far it is; None where nobody has begun, or whoever had is gone."""
    try:
        data = json.loads(find_file().read_text())
        times = float(data["started"]), float(data["written"])
        found = CompileProgress(int(data["done"]), int(data["steps"]), bool(data["is_finished"]), *times)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    is_gone = not found.is_finished and time.time() - found.written > SILENT_S
    return None if is_gone else found


def is_compiling() -> bool:
    """Whether somebody is at it right now."""
    progress = read_progress()
    return progress is not None and not progress.is_finished
