"""What a long simulation tells its progress to, and how a directory asks it to stop."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from metalab.experiments.errors import InterruptedByUserError
from metalab.experiments.store.directory import CANCEL, PROGRESS
from metalab.experiments.store.progress import Progress

PATIENCE = 2.0
"""Seconds of work after which progress is shown."""


@contextmanager
def watching(path: Path, total: float, unit: str) -> Iterator[Callable[[float], bool]]:
    """Yields what takes how many of `total` units are done and returns whether to stop: when the cancel file has appeared."""
    progress = Progress(round(total), unit, path=path / PROGRESS, delay=PATIENCE)

    def watch(done: float) -> bool:
        progress.advance(round(done) - progress.done)
        return (path / CANCEL).exists()

    state = "failed"
    try:
        yield watch
        state = "done"
    except (KeyboardInterrupt, SystemExit, InterruptedByUserError):
        state = "cancelled"
        raise
    finally:
        progress.close(state)
