"""Compiling ahead of time, and tidying up after it."""

import os
from pathlib import Path

import pytest

from metalab.experiments.runs import warming
from metalab.experiments.runs.warming import KEPT_DAYS, forget_old_rules, warm

DAY = 86_400.0
NOW = 1_800_000_000.0


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with rules of two versions of a module that is gone: one too old to keep, one just young enough."""
    monkeypatch.setenv("METALAB_CACHE", str(tmp_path))
    monkeypatch.setattr("time.time", lambda: NOW)
    for name, days in (("econ.gone-old", KEPT_DAYS + 1.0), ("econ.gone-young", KEPT_DAYS - 1.0)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (NOW - days * DAY, NOW - days * DAY))
    return tmp_path


@pytest.fixture
def nothing_to_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    for step in ("_warm_phases", "_warm_days", "_warm_opening", "_warm_objects"):
        monkeypatch.setattr(warming, step, lambda *_: None)


def test_old_rules_are_deleted_once_and_told_of(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forget_old_rules(NOW)
    assert [folder.name for folder in cache.iterdir()] == ["econ.gone-young"]
    assert capsys.readouterr().out == "deleted 1 compiled rule of old versions\n"
    forget_old_rules(NOW)
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("nothing_to_compile")
@pytest.mark.parametrize(("engines", "left"), [("all", 1), ("compiled", 2), ("mesa", 2)])
def test_only_compiling_everything_tidies_up(cache: Path, engines: str, left: int) -> None:
    warm(engines, parallel=False)
    assert len([path for path in cache.iterdir() if path.is_dir()]) == left


@pytest.mark.usefixtures("nothing_to_compile")
def test_what_failed_to_compile_deletes_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("no compiler")

    monkeypatch.setattr(warming, "_warm_days", fail)
    with pytest.raises(RuntimeError):
        warm(parallel=False)
    assert len([path for path in cache.iterdir() if path.is_dir()]) == 2
