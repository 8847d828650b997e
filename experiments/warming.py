"""Compile every rule ahead of time, with progress."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from experiments.scenario import load_scenario

STEP = 25
"""Functions between two lines where there is no terminal."""


def warm(engines: str = "all") -> float:
    """Compile what `engines` (compiled, mesa, all) need; returns the seconds it took."""
    start = time.monotonic()
    with show_compiling() as count:
        if engines in ("compiled", "all"):
            _warm_compiled()
        if engines in ("mesa", "all"):
            _warm_mesa()
        seconds = time.monotonic() - start
        print(f"compiled {count()} functions in {seconds:.1f} s" if count() else f"all rules are compiled ({seconds:.1f} s)")
    return seconds


def _warm_compiled() -> None:
    from experiments.runner import run

    run(load_scenario("minimal"), days=1)


def _warm_mesa() -> None:
    from experiments.runner import run

    run(load_scenario("minimal"), days=1, engine="mesa")


@contextmanager
def show_compiling() -> Iterator[Callable[[], int]]:
    """Tell on standard error which functions numba compiles; yields a count of them."""
    from numba.core import event

    listener = _make_listener(sys.stderr.isatty())
    event.register("numba:compile", listener)
    try:
        yield lambda: listener.done
    finally:
        event.unregister("numba:compile", listener)
        if listener.done and sys.stderr.isatty():
            print(file=sys.stderr)


def _make_listener(on_terminal: bool) -> Any:
    from numba.core.event import Listener

    class Progress(Listener):  # type: ignore[misc]
        """Counts finished functions; those from the cache are not compiled and not told."""

        done = 0

        def on_start(self, event: Any) -> None:
            """Nothing yet."""

        def on_end(self, event: Any) -> None:
            """One more."""
            self.done += 1
            name = getattr(event.data["dispatcher"].py_func, "__name__", "")
            if on_terminal:
                print(f"\rcompiling rule {self.done}: {name:<40.40}", end="", file=sys.stderr, flush=True)
            elif self.done % STEP == 0:
                print(f"compiling: {self.done} rules", file=sys.stderr, flush=True)

    return Progress()
