"""The engine without a compiler: the same digest, and nothing compiled."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments import load_scenario, run
from metalab.experiments.errors import InterruptedByUserError
from tests.support import ROOT


def run_cli(engine: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`experiments run minimal` for five days, in a process of its own with an empty cache."""
    settings = os.environ | {"METALAB_CACHE": str(folder / "cache")} | environment
    words = ["run", "minimal", "--engine", engine, "--days", "5", "--out", str(folder / "out")]
    command = [sys.executable, "-m", "experiments", *words]
    return subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, timeout=300)


def test_plain_has_the_digest_of_compiled(tiny: Scenario) -> None:
    plain, compiled = run(tiny, seed=3, days=20, engine="plain"), run(tiny, seed=3, days=20)
    assert plain.digest == compiled.digest
    assert plain.rows.tobytes() == compiled.rows.tobytes()


@pytest.mark.slow
def test_plain_has_the_digest_of_compiled_on_the_default_world() -> None:
    launch = load_scenario("launch")
    assert run(launch, days=3, engine="plain").digest == run(launch, days=3).digest


def test_a_watcher_is_told_every_day_and_can_stop(tiny: Scenario) -> None:
    seen: list[int] = []

    def watch(day: int) -> bool:
        seen.append(day)
        return day == 2

    with pytest.raises(InterruptedByUserError, match="day 2"):
        run(tiny, days=3, engine="plain", watch=watch)
    assert seen == [1, 2]


@pytest.mark.parametrize("switch", [{}, {"NUMBA_DISABLE_JIT": "1"}])
def test_plain_compiles_nothing_with_or_without_numba(tmp_path: Path, tiny: Scenario, switch: dict[str, str]) -> None:
    outcome = run_cli("plain", tmp_path, **switch)
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.splitlines()[-1] == f"digest {run(tiny, seed=1, days=5).digest}"
    assert not (tmp_path / "cache").exists()
    assert "compil" not in outcome.stderr


@pytest.mark.parametrize("engine", ["compiled", "mesa"])
def test_other_engines_are_refused_in_one_line_where_numba_is_off(tmp_path: Path, engine: str) -> None:
    outcome = run_cli(engine, tmp_path, NUMBA_DISABLE_JIT="1")
    assert outcome.returncode == 2
    message = f"error: --engine = {engine} is not allowed; give plain, since numba is switched off (NUMBA_DISABLE_JIT)\n"
    assert outcome.stderr == message
    assert not (tmp_path / "out").exists()
