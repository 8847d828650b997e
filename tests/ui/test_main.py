"""The app's own start."""

import subprocess
import sys

import pytest

from metalab.ui.__main__ import APP, load_ahead


def test_what_the_first_page_needs_is_there_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # The rules are compiled by then; a second process that says so would make the pages of other tests wait.
    start = subprocess.Popen
    begun: list[list[str]] = []

    def note(command: list[str], **options: object) -> "subprocess.Popen[bytes]":
        begun.append(command)
        return start([sys.executable, "-c", ""], **options)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(subprocess, "Popen", note)
    assert APP.name == "app.py"
    assert APP.exists()
    load_ahead()
    assert [command[1:] for command in begun] == [["-m", "metalab", "warm"]]
    assert {"altair", "pyarrow.parquet", "metalab.ui.inputs.exploration"} <= set(sys.modules)
