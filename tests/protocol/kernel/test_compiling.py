"""The compiler's cache and the checked run, each in a process of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from metalab.protocol.kernel.compiling import Rule, entry, plain, prune_cache, rule
from tests.support import ROOT

CALLED = "from metalab.protocol.kernel.compiling import rule\n\n\n@rule\ndef give() -> int:\n    return {}\n"
CALLER = (
    "from metalab.econ.called import give\n"
    "from metalab.protocol.kernel.compiling import rule\n\n\n"
    "@rule\ndef ask() -> int:\n    return give() + 1\n"
)


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


def list_compiled(folder: Path, module: str, call: str, **environment: str) -> tuple[str, str]:
    """What a call prints in a fresh interpreter, and the functions that were compiled for it."""
    code = (
        f"import numba.core.event as e; from {module} import *\n"
        f"r = e.RecordingListener(); e.register('numba:compile', r); print({call})\n"
        "functions = {v.data['dispatcher'].py_func for _, v in r.buffer}\n"
        "print(*sorted(f.__name__ for f in functions if not f.__module__.startswith('numba')))"
    )
    outcome = run_python(code, folder, **environment)
    assert outcome.returncode == 0, outcome.stderr
    value, names = outcome.stdout.splitlines()
    return value, names


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A tiny project of this test alone."""
    return make_project(tmp_path)


def make_project(tmp_path: Path) -> Path:
    """The real compiling modules and two rules, one calling the other in another file."""
    kernel = tmp_path / "metalab" / "protocol" / "kernel"
    kernel.mkdir(parents=True)
    (tmp_path / "metalab" / "econ").mkdir()
    for name in ("compiling.py", "linking.py", "declare.py", "rule_keys.py"):
        shutil.copy(ROOT / "protocol" / "kernel" / name, kernel)
    for package in (kernel, kernel.parent, kernel.parents[1], kernel.parents[1] / "econ"):
        (package / "__init__.py").write_text("")
    (tmp_path / "metalab" / "econ" / "called.py").write_text(CALLED.format(1))
    (tmp_path / "metalab" / "econ" / "caller.py").write_text(CALLER)
    return tmp_path


def test_an_edit_of_a_called_file_reaches_the_caller(project: Path) -> None:
    ask = "from metalab.econ.caller import ask; print(ask())"
    assert run_python(ask, project).stdout == "2\n"
    (project / "metalab" / "econ" / "called.py").write_text(CALLED.format(41))
    assert run_python(ask, project).stdout == "42\n"


def test_a_second_process_loads_machine_code_from_the_cache(project: Path) -> None:
    assert list_compiled(project, "metalab.econ.caller", "ask()") == ("2", "ask give")
    assert list_compiled(project, "metalab.econ.caller", "ask()") == ("2", "")


def test_an_entry_links_a_rule_that_another_process_compiled(project: Path) -> None:
    assert list_compiled(project, "metalab.econ.caller", "ask()") == ("2", "ask give")
    (project / "metalab" / "econ" / "caller.py").write_text(CALLER.replace("+ 1", "* 7"))
    assert list_compiled(project, "metalab.econ.caller", "ask()") == ("7", "ask")


def test_an_unknown_numba_is_refused_in_one_line(project: Path) -> None:
    code = "import numba; numba.__version__ = '0.99.1'; import metalab.protocol.kernel.compiling"
    assert run_python(code, project).stderr.endswith(
        "ImportError: numba 0.99.1 is installed; the rules need numba 0.68 (see requirements.txt)\n"
    )
    assert run_python(code, project, NUMBA_DISABLE_JIT="1").returncode == 0


def test_the_numba_that_is_asked_for_is_the_one_that_is_known() -> None:
    assert "\nnumba>=0.68,<0.69" in (ROOT / "requirements.txt").read_text()


def test_the_checked_run_catches_a_read_outside_and_does_not_share_its_cache(project: Path) -> None:
    (project / "metalab" / "econ" / "reader.py").write_text(
        "from metalab.protocol.kernel.compiling import rule\n\n\n@rule\ndef read(v, k):\n    return v[k]\n"
    )
    read = "import numpy as np; from metalab.econ.reader import read; print(read(np.zeros(3), {}))"
    assert run_python(read.format(1), project).returncode == 0
    checked = run_python(read.format(7), project, NUMBA_BOUNDSCHECK="1")
    assert checked.returncode != 0
    assert "IndexError" in checked.stderr


def test_a_rule_called_from_python_goes_through_an_entry() -> None:
    assert isinstance(quadruple, Rule)
    assert quadruple(3) == 12
    assert entry(quadruple) is entry(quadruple)
    assert not isinstance(entry(quadruple), Rule)


def test_an_edit_of_ours_reaches_a_rule_of_somebody_else(project: Path) -> None:
    (project / "mine.py").write_text(CALLER)
    ask = "from mine import ask; print(ask())"
    assert run_python(ask, project).stdout == "2\n"
    (project / "metalab" / "econ" / "called.py").write_text(CALLED.format(41))
    assert run_python(ask, project).stdout == "42\n"


def test_threads_that_make_entries_at_once_find_each_its_own_cache(project: Path) -> None:
    names = [f"made_{k}" for k in range(24)]
    for name in names:
        (project / "metalab" / "econ" / f"{name}.py").write_text(CALLED.format(1))
    code = (
        "import sys, threading; from importlib import import_module; from metalab.protocol.kernel.compiling import entry\n"
        f"rules = [import_module('metalab.econ.' + name).give for name in {names}]\n"
        "sys.setswitchinterval(1e-6); gate = threading.Barrier(8); made = [[] for _ in range(8)]\n"
        "def work(k):\n"
        "    gate.wait()\n"
        "    made[k] = [entry(rules[(i + 3 * k) % 24]) for i in range(24)]\n"
        "workers = [threading.Thread(target=work, args=(k,)) for k in range(8)]\n"
        "for w in workers: w.start()\n"
        "for w in workers: w.join()\n"
        "entries = {id(e): e for group in made for e in group}.values()\n"
        "print(len(entries), sum(f'{e.py_func.__module__}.give-' in e._cache.cache_path for e in entries))\n"
    )
    outcome = run_python(code, project)
    assert outcome.stdout == "24 24\n", outcome.stderr


def test_pruning_removes_old_folders_of_rules_that_are_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METALAB_CACHE", str(tmp_path))
    rules: list[Any] = [double, entry(double), quadruple]
    own = [Path(known._cache.cache_path) for known in rules]
    old, young = tmp_path / "econ.day.gone-1", tmp_path / "econ.day.new-2"
    for folder in (old, young, *own):
        folder.mkdir(parents=True)
        (folder / "a.nbc").write_bytes(b"x")
    now = young.stat().st_mtime + 10 * 86_400
    os.utime(young, (now, now))
    assert len({*own}) == 3
    assert prune_cache(5.0, now) == 1
    assert sorted(tmp_path.iterdir()) == sorted([young, *own])


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
