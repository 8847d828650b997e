"""The app's own start."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from metalab.experiments.runs import compile_progress
from metalab.experiments.runs.compile_progress import is_compiling, read_progress, write_progress
from metalab.ui.__main__ import APP, load_ahead


@pytest.mark.parametrize("is_finished", [True, False])
def test_what_the_first_page_needs_is_there_before_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, is_finished: bool) -> None:
    start = subprocess.Popen
    begun: list[list[str]] = []

    def note(command: list[str], **options: object) -> "subprocess.Popen[bytes]":
        begun.append(command)
        return start([sys.executable, "-c", ""], **options)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(compile_progress, "find_file", lambda: tmp_path / "progress.json")
    monkeypatch.setattr(subprocess, "Popen", note)
    write_progress(1, 31, time.time(), is_finished)
    load_ahead()
    assert APP.is_file()
    assert [command[1:] for command in begun] == ([] if is_finished else [["-m", "metalab", "warm"]])
    assert {"altair", "pyarrow.parquet", "metalab.ui.inputs.exploration"} <= set(sys.modules)


def test_progress_is_told_until_it_is_finished(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(compile_progress, "find_file", lambda: tmp_path / "progress.json")
    assert read_progress() is None
    write_progress(3, 31, 5.0)
    assert is_compiling()
    write_progress(31, 31, 5.0, is_finished=True)
    write_progress(0, 31, 9.0)
    progress = read_progress()
    assert progress is not None
    assert (progress.done, progress.is_finished) == (31, True)


def test_a_compiler_that_has_gone_silent_makes_no_page_wait(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(compile_progress, "find_file", lambda: tmp_path / "progress.json")
    write_progress(3, 31, 5.0)
    monkeypatch.setattr(compile_progress, "SILENT_S", -1.0)
    assert not is_compiling()
    (tmp_path / "progress.json").write_text("torn")
    assert read_progress() is None
