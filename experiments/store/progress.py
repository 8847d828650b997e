"""Tell how far a long piece of work is: a bar on a terminal, plain lines elsewhere, a file for programs that watch the directory."""

import sys
import threading
import time
from pathlib import Path
from typing import Any

from metalab.experiments.store.files import encode_json, write_atomic

LINE_EVERY = 5.0
FILE_EVERY = 0.25


class Progress:
    """Counts finished units; safe to call from several threads. `path` is the progress file, if one is wanted."""

    def __init__(self, total: int, unit: str, done: int = 0, path: Path | None = None, quiet: bool = False, delay: float = 0.0) -> None:
        self.total, self.unit, self.path, self.quiet, self.delay = total, unit, path, quiet, delay
        self.begun_with = self.done = done
        self._start = self._line = time.monotonic()
        self._file = 0.0
        self._lock = threading.Lock()
        self._bar: Any = self._open_bar() if sys.stderr.isatty() and not quiet else None

    def _open_bar(self) -> Any:
        from tqdm import tqdm

        return tqdm(total=self.total, initial=self.done, unit=f" {self.unit}", file=sys.stderr, dynamic_ncols=True, delay=self.delay)

    def advance(self, count: int = 1) -> None:
        """Count units that are done."""
        with self._lock:
            self.done += count
            if self._bar is not None:
                self._bar.update(count)
            self._tell()

    def _tell(self) -> None:
        now = time.monotonic()
        if self._bar is None and not self.quiet and now - self._line >= LINE_EVERY:
            self._line = now
            print(self.describe(), file=sys.stderr, flush=True)
        if now - self._file >= FILE_EVERY:
            self._file = now
            self._write("running", "")

    def get_rate(self) -> float:
        """Units a second since the start."""
        return (self.done - self.begun_with) / max(time.monotonic() - self._start, 1e-9)

    def get_left(self) -> float:
        """Seconds left at this rate; 0 while nothing is known."""
        rate = self.get_rate()
        return (self.total - self.done) / rate if rate > 0 else 0.0

    def describe(self) -> str:
        """One line."""
        rate, left = self.get_rate(), self.get_left()
        return f"{self.done}/{self.total} {self.unit}, {rate:.3g} a second, {_show_time(left)} left"

    def _write(self, state: str, message: str) -> None:
        if self.path is None:
            return
        data = {"state": state, "done": self.done, "total": self.total, "unit": self.unit, "message": message}
        write_atomic(self.path, encode_json(data | {"rate": self.get_rate(), "left_s": self.get_left()}), durable=False)

    def close(self, state: str, message: str = "") -> None:
        """The end: done, cancelled or failed."""
        with self._lock:
            if self._bar is not None:
                self._bar.close()
            self._write(state, message)


def _show_time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3_600:.1f} h"
