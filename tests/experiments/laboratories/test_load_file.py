"""A user's own load: what is read, what is refused and how it is said."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.experiments.errors import BadFileError
from metalab.experiments.laboratories.load_file import LARGEST_BYTES, LoadFile, read_load_file, sample_rates


def write(folder: Path, text: str) -> Path:
    path = folder / "load.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_read(tmp_path: Path) -> None:
    load = read_load_file(write(tmp_path, "\ufeffsecond, tps\n0,50\n\n600, 200.5\n900,0\n"))
    assert load == LoadFile([0.0, 600.0, 900.0], [50.0, 200.5, 0.0], 1_200.0)
    assert load.minutes == 20


def test_a_single_row_holds_a_minute(tmp_path: Path) -> None:
    assert read_load_file(write(tmp_path, "second,tps\n0,5\n")).end == 60.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("time,tps\n0,5\n", "line 1: the columns are time,tps; they must be second,tps"),
        ("", "line 1: the columns are"),
        ("second,tps\n", "line 1: there is no row"),
        ("second,tps\n0,5\n60,-1\n", "line 3: tps = -1 is not allowed; give a number from 0 to 100,000"),
        ("second,tps\n0,five\n", "line 2: tps = five is not allowed"),
        ("second,tps\n0,nan\n", "line 2: tps = nan is not allowed"),
        ("second,tps\n0,inf\n", "line 2: tps = inf is not allowed"),
        ("second,tps\n0,1e9\n", "line 2: tps = 1e9 is not allowed"),
        ("second,tps\n5,1\n", "line 2: second = 5 is not allowed; the first row begins at 0"),
        ("second,tps\n0,1\n0,2\n", "line 3: second = 0 is not allowed; give more than the row before, 0"),
        ("second,tps\n0,1\n604800,2\n", "line 3: second = 604800 is not allowed; give a number from 0 to 604,797"),
        ("second,tps\n0,1,2\n", "line 2: has 3 cells"),
        ("second,tps\n0\n", "line 2: has 1 cells"),
    ],
)
def test_a_wrong_file_is_refused_by_row_and_column(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadFileError) as caught:
        read_load_file(write(tmp_path, text))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_text_missing_or_huge_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "load.csv"
    with pytest.raises(BadFileError, match="cannot be read"):
        read_load_file(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadFileError, match="is not UTF-8 text"):
        read_load_file(path)
    path.write_bytes(b"0" * (LARGEST_BYTES + 1))
    with pytest.raises(BadFileError, match="at most 2,000,000"):
        read_load_file(path)


def test_a_step_within_a_tick_is_shared_out() -> None:
    load = LoadFile([0.0, 4.0], [30.0, 90.0], 12.0)
    assert list(sample_rates(load, 5)) == pytest.approx([30.0, (30.0 + 2 * 90.0) / 3, 90.0, 90.0, 0.0])


@given(st.lists(st.tuples(st.floats(0.1, 500), st.floats(0, 900)), min_size=1, max_size=30))
def test_sampling_keeps_the_volume(steps: list[tuple[float, float]]) -> None:
    seconds, now = [], 0.0
    for length, _ in steps:
        seconds.append(now)
        now += length
    load = LoadFile(seconds, [rate for _, rate in steps], now)
    volume = sum(length * rate for length, rate in steps)
    assert sample_rates(load, int(now // 3) + 1).sum() * 3 == pytest.approx(volume, rel=1e-6, abs=1e-6)
