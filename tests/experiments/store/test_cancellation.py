"""Progress of a long simulation in its directory, and stopping it."""

import json
from pathlib import Path

import pytest

from metalab.experiments.errors import InterruptedByUserError, RunError
from metalab.experiments.store.cancellation import watching
from metalab.experiments.store.directory import CANCEL, PROGRESS


def read_state(path: Path) -> tuple[str, int, int]:
    told = json.loads((path / PROGRESS).read_text())
    return told["state"], told["done"], told["total"]


def test_what_is_done_is_told_and_the_end_too(tmp_path: Path) -> None:
    with watching(tmp_path, 59.7, "simulated seconds") as watch:
        assert not watch(12.4)
        assert read_state(tmp_path) == ("running", 12, 60)
        assert not watch(60.0)
    assert read_state(tmp_path) == ("done", 60, 60)


def test_the_cancel_file_stops_it(tmp_path: Path) -> None:
    with watching(tmp_path, 10, "days") as watch:
        assert not watch(1)
        (tmp_path / CANCEL).touch()
        assert watch(2)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (RunError("day", "no price", 1, 0), "failed"),
        (ZeroDivisionError(), "failed"),
        (InterruptedByUserError("cancelled"), "cancelled"),
        (KeyboardInterrupt(), "cancelled"),
        (SystemExit(143), "cancelled"),
    ],
)
def test_how_it_ended_is_told_apart(tmp_path: Path, error: BaseException, state: str) -> None:
    def work() -> None:
        with watching(tmp_path, 10, "days") as watch:
            watch(3)
            raise error

    with pytest.raises(type(error)):
        work()
    assert read_state(tmp_path) == (state, 3, 10)
