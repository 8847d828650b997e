"""The compiler's cache and the checked run, each in a process of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from metalab.protocol.kernel.compiling import _KEYS, Rule, entry, hash_closure, plain, prune_cache, rule
from tests.support import ROOT

CALLED = "from protocol.kernel.compiling import rule\n\n\n@rule\ndef give() -> int:\n    return {}\n"
CALLER = "from econ.called import give\nfrom protocol.kernel.compiling import rule\n\n\n@rule\ndef ask() -> int:\n    return give() + 1\n"


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
    for name in ("compiling.py", "linking.py"):
        shutil.copy(ROOT / "protocol" / name, tmp_path / "protocol")
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


def test_an_entry_links_a_rule_that_another_process_compiled(project: Path) -> None:
    names = (
        "import numba.core.event as e; "
        "from econ.caller import ask; r = e.RecordingListener(); e.register('numba:compile', r); value = ask(); "
        "print(value, *sorted({v.data['dispatcher'].py_func.__name__ for _, v in r.buffer}))"
    )
    assert run_python(names, project).stdout == "2 ask give\n"
    (project / "econ" / "caller.py").write_text(CALLER.replace("+ 1", "* 7"))
    assert run_python(names, project).stdout == "7 ask\n"


def test_an_unknown_numba_compiles_to_the_same_result(project: Path) -> None:
    module = project / "protocol" / "compiling.py"
    module.write_text(module.read_text().replace('startswith("0.68.")', 'startswith("unknown")'))
    assert run_python("from econ.caller import ask; print(ask())", project).stdout == "2\n"


def test_the_checked_run_catches_a_read_outside_and_does_not_share_its_cache(project: Path) -> None:
    (project / "econ" / "reader.py").write_text("from protocol.kernel.compiling import rule\n\n\n@rule\ndef read(v, k):\n    return v[k]\n")
    read = "import numpy as np; from econ.reader import read; print(read(np.zeros(3), {}))"
    assert run_python(read.format(1), project).returncode == 0
    checked = run_python(read.format(7), project, NUMBA_BOUNDSCHECK="1")
    assert checked.returncode != 0
    assert "IndexError" in checked.stderr


def test_the_key_covers_the_import_closure() -> None:
    assert hash_closure("econ.day") != hash_closure("econ.kernel.world")
    assert len(hash_closure("econ.day")) == 20


def test_a_rule_called_from_python_goes_through_an_entry() -> None:
    assert isinstance(quadruple, Rule)
    assert quadruple(3) == 12
    assert entry(quadruple) is entry(quadruple)
    assert not isinstance(entry(quadruple), Rule)


def test_an_edit_of_ours_reaches_a_rule_of_somebody_else(project: Path) -> None:
    (project / "mine.py").write_text(CALLER)
    ask = "from mine import ask; print(ask())"
    assert run_python(ask, project).stdout == "2\n"
    (project / "econ" / "called.py").write_text(CALLED.format(41))
    assert run_python(ask, project).stdout == "42\n"


def test_threads_that_make_entries_at_once_find_each_its_own_cache(project: Path) -> None:
    names = [f"made_{k}" for k in range(24)]
    for name in names:
        (project / "econ" / f"{name}.py").write_text(CALLED.format(1))
    code = (
        "import sys, threading; from importlib import import_module; from protocol.kernel.compiling import entry\n"
        f"rules = [import_module('econ.' + name).give for name in {names}]\n"
        "sys.setswitchinterval(1e-6); gate = threading.Barrier(8); made = [[] for _ in range(8)]\n"
        "def work(k):\n"
        "    gate.wait()\n"
        "    made[k] = [entry(rules[(i + 3 * k) % 24]) for i in range(24)]\n"
        "workers = [threading.Thread(target=work, args=(k,)) for k in range(8)]\n"
        "for w in workers: w.start()\n"
        "for w in workers: w.join()\n"
        "entries = {id(e): e for group in made for e in group}.values()\n"
        "print(len(entries), sum(f'{e.py_func.__module__}-' in e._cache.cache_path for e in entries))\n"
    )
    outcome = run_python(code, project)
    assert outcome.stdout == "24 24\n", outcome.stderr


def test_pruning_removes_old_folders_of_sources_that_are_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METALAB_CACHE", str(tmp_path))
    old, young, own = tmp_path / "econ.gone-1", tmp_path / "econ.new-2", tmp_path / f"econ.day-{hash_closure('econ.day')}"
    monkeypatch.setitem(_KEYS, "econ.day", hash_closure("econ.day"))
    for folder in (old, young, own):
        (folder / "rules").mkdir(parents=True)
        (folder / "rules" / "a.nbc").write_bytes(b"x")
    now = young.stat().st_mtime + 10 * 86_400
    os.utime(young, (now, now))
    assert prune_cache(5.0, now) == 1
    assert not old.exists()
    assert young.exists()
    assert own.exists()


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
