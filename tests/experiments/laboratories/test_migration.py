"""Real files move to the cold folder by their fingerprints, or not, and the command says so."""

from pathlib import Path

import pytest

from metalab.experiments.cli import main
from metalab.experiments.errors import BadFileError, BadValueError, OutputError
from metalab.experiments.laboratories.migration import check_migration


@pytest.fixture
def hot(tmp_path: Path) -> Path:
    folder = tmp_path / "hot"
    (folder / "deep").mkdir(parents=True)
    for k, name in enumerate(("a", "b", "c", "deep/d", "e")):
        (folder / name).write_bytes(bytes([k]) * 10 * k)
    return folder


def test_files_arrive_byte_for_byte(hot: Path, tmp_path: Path) -> None:
    cold = tmp_path / "cold"
    found = check_migration(hot, cold)
    assert (found.result.waiting, found.result.damaged, found.result.lost, found.unreadable) == ((), (), (), [])
    assert {name: (cold / name).read_bytes() for name in found.result.moved} == found.result.moved
    assert (cold / "deep" / "d").read_bytes() == (hot / "deep" / "d").read_bytes()


def test_damaged_late_and_fresh_files_do_not_move(hot: Path, tmp_path: Path) -> None:
    cold = tmp_path / "cold"
    result = check_migration(hot, cold, damage=1, late=1, fresh=1).result
    assert (result.damaged, result.lost, result.waiting, list(result.moved)) == (("a",), ("b",), ("c",), ["deep/d", "e"])
    assert sorted(path.name for path in cold.rglob("*") if path.is_file()) == ["d", "e"]


def test_the_command_tells_what_became_of_each_file(hot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migration", str(hot), "--damage", "2", "--out", str(tmp_path / "cold")]) == 0
    text = capsys.readouterr().out
    assert "3 moved to" in text
    assert "2 damaged" in text
    assert "b  damaged: the copy does not match" in text
    assert "read back: all as recorded" in text


def test_what_cannot_be_migrated_is_refused(hot: Path, tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match="no folder"):
        check_migration(tmp_path / "nowhere", tmp_path / "cold")
    with pytest.raises(BadValueError, match="at most the 5 files"):
        check_migration(hot, tmp_path / "cold", damage=3, late=3)
    with pytest.raises(OutputError, match="not an empty folder"):
        check_migration(hot, hot)
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadFileError, match="no files"):
        check_migration(tmp_path / "empty", tmp_path / "cold")
