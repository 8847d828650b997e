"""The compiler's cache and the checked run, each in a process of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from protocol.compiling import Rule, entry, hash_closure, plain, rule
from tests.support import ROOT

CALLED = "from protocol.compiling import rule\n\n\n@rule\ndef give() -> int:\n    return {}\n"
CALLER = "from econ.called import give\nfrom protocol.compiling import rule\n\n\n@rule\ndef ask() -> int:\n    return give() + 1\n"


@rule
def read_row(values: np.ndarray, k: int) -> float:  # type: ignore[type-arg]
    return values[k]  # type: ignore[no-any-return]


@rule
def double(x: int) -> int:
    return 2 * x


@rule
def quadruple(x: int) -> int:
    return double(double(x))


def run_python(code: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter that sees `folder` first and keeps its cache there."""
    settings = os.environ | {"METALAB_CACHE": str(folder / "cache"), "PYTHONPATH": str(folder)} | environment
    return subprocess.run([sys.executable, "-c", code], cwd=folder, env=settings, capture_output=True, text=True, timeout=120)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A tiny project: the real compiling module and two rules, one calling the other in another file."""
    (tmp_path / "protocol").mkdir()
    (tmp_path / "econ").mkdir()
    shutil.copy(ROOT / "protocol" / "compiling.py", tmp_path / "protocol")
    for package in ("protocol", "econ"):
        (tmp_path / package / "__init__.py").write_text("")
    (tmp_path / "econ" / "called.py").write_text(CALLED.format(1))
    (tmp_path / "econ" / "caller.py").write_text(CALLER)
    return tmp_path


def test_an_edit_of_a_called_file_reaches_the_caller(project: Path) -> None:
    ask = "from econ.caller import ask; print(ask())"
    assert run_python(ask, project).stdout == "2\n"
    (project / "econ" / "called.py").write_text(CALLED.format(41))
    assert run_python(ask, project).stdout == "42\n"


def test_a_second_process_loads_machine_code_from_the_cache(project: Path) -> None:
    count = (
        "import numba.core.event as e; "
        "from econ.caller import ask; r = e.RecordingListener(); e.register('numba:compile', r); ask(); print(len(r.buffer))"
    )
    first, second = (int(run_python(count, project).stdout) for _ in range(2))
    assert first > 0
    assert second == 0


def test_the_checked_run_catches_a_read_outside_and_does_not_share_its_cache(project: Path) -> None:
    (project / "econ" / "reader.py").write_text(
        "from protocol.compiling import rule\n\n\n@rule\ndef read(v, k):\n    return v[k]\n"
    )
    read = "import numpy as np; from econ.reader import read; print(read(np.zeros(3), {}))"
    assert run_python(read.format(1), project).returncode == 0
    checked = run_python(read.format(7), project, NUMBA_BOUNDSCHECK="1")
    assert checked.returncode != 0
    assert "IndexError" in checked.stderr


def test_the_key_covers_the_import_closure() -> None:
    assert hash_closure("econ.day") != hash_closure("econ.world")
    assert len(hash_closure("econ.day")) == 20


def test_a_rule_called_from_python_goes_through_an_entry() -> None:
    assert isinstance(quadruple, Rule)
    assert quadruple(3) == 12
    assert entry(quadruple) is entry(quadruple)
    assert not isinstance(entry(quadruple), Rule)


def test_plain_runs_callees_as_python_too(monkeypatch: pytest.MonkeyPatch) -> None:
    version = plain(quadruple)
    monkeypatch.setitem(version.__globals__, "double", lambda x: x + 1)
    assert version(3) == 5


def test_division_by_zero_raises_compiled_as_in_python() -> None:
    @rule
    def divide(a: int, b: int) -> int:
        return a // b

    for function in (divide, plain(divide)):
        with pytest.raises(ZeroDivisionError):
            function(1, 0)
