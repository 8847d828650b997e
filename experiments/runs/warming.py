"""Compile every rule ahead of time, with progress."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from metalab.econ.day import DAY, run_days
from metalab.econ.genesis import create_world
from metalab.econ.kernel.daily import COLUMNS
from metalab.econ.kernel.world import allocate
from metalab.experiments.inputs.scenario import load_scenario
from metalab.experiments.runs.version import ROOT
from metalab.protocol.kernel.compiling import compile_rule, prune_cache

KEPT_DAYS = 30.0
"""How long compiled rules of sources that are gone are kept: going back to yesterday's code should cost nothing."""
STEP = 25
"""Functions between two lines where there is no terminal."""


def warm(engines: str = "all", parallel: bool = True) -> float:
    """Compile what `engines` (compiled, mesa, all) need; returns the seconds it took.

    A second process compiles the phases of a day from the last one back, then the opening, while this one goes forward: what
    one has done the other finds in the cache, so that they meet somewhere.
    """
    start = time.monotonic()
    helper = _start_helper() if parallel and (os.cpu_count() or 1) > 1 else None
    try:
        with show_compiling() as count:
            _warm_phases(DAY)
            _warm_days()
            if helper is not None:
                helper.wait()
            _warm_opening()
            if engines != "compiled":
                _warm_objects()
            seconds = time.monotonic() - start
            print(f"compiled {count()} rules in {seconds:.1f} s" if count() else f"all rules are compiled ({seconds:.1f} s)")
            if engines == "all":
                forget_old_rules(time.time())
    finally:
        if helper is not None and helper.poll() is None:
            helper.kill()
    return seconds


def forget_old_rules(now: float) -> None:
    """Delete what was compiled long before `now` (seconds since 1970) from sources that are gone; tells when there was any.

    Only after everything was compiled: rules that are in use are known by having been imported.
    """
    removed = prune_cache(KEPT_DAYS, now)
    if removed:
        print(f"deleted the compiled rules of {removed} old version{'s' if removed > 1 else ''} of modules")


def _start_helper() -> "subprocess.Popen[bytes]":
    """What it compiles is found in the cache; whatever it fails at, this process does itself and reports."""
    return subprocess.Popen(
        [sys.executable, "-c", "from metalab.experiments.runs.warming import _help; _help()"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _help() -> None:
    _warm_phases(DAY[::-1])
    _warm_opening()


def _warm_phases(phases: tuple[Callable[..., None], ...]) -> None:
    """Compile phases as far as can be done apart: they are optimised in the entry of the whole day."""
    world = allocate(load_scenario("minimal").parameters)
    for phase in phases:
        compile_rule(phase, world)


def _warm_opening() -> None:
    create_world(load_scenario("minimal"), 1)


def _warm_days() -> None:
    """No day is run: compiling needs the types of the tables only."""
    run_days(allocate(load_scenario("minimal").parameters), 0, np.zeros((0, len(COLUMNS))))


def _warm_objects() -> None:
    """The entries through which Mesa's agents cross, and those of the phases around them."""
    from metalab.experiments.runs.runner import run

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
