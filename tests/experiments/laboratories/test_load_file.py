"""A user's own load: what is read, what is refused and how it is said."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.experiments.errors import BadFileError, BadValueError
from metalab.experiments.laboratories.load_file import LARGEST_BYTES, LoadFile, read_load_file, sample_rates


def write(folder: Path, text: str) -> Path:
    path = folder / "load.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_read(tmp_path: Path) -> None:
    load = read_load_file(write(tmp_path, "\ufeffsecond, tps\n0,50\n\n600, 200.5\n900,0\n"))
    assert load == LoadFile([0.0, 600.0, 900.0], [50.0, 200.5, 0.0], 1_200.0)
    assert load.minutes == 20


CASES = {
    "iso": ("timestamp,requests\n2021-06-01T00:00:00Z,5120\n2021-06-01T00:01:00Z,5344\n2021-06-01T00:02:00Z,7020\n", "1/min"),
    "european": ("second;tps\n0;40,5\n60;55,1\n", ""),
    "comment": ("# from an explorer\nsecond,tps\n0,40\n60,55\n", ""),
}
"""What explorers, spreadsheets and hands write."""


def test_files_of_other_programs_are_read(tmp_path: Path) -> None:
    loads = {name: read_load_file(write(tmp_path, text), unit) for name, (text, unit) in CASES.items()}
    assert loads["iso"] == LoadFile([0.0, 60.0, 120.0], [5_120 / 60, 5_344 / 60, 7_020 / 60], 180.0)
    assert loads["european"] == LoadFile([0.0, 60.0], [40.5, 55.1], 120.0)
    assert loads["comment"] == LoadFile([0.0, 60.0], [40.0, 55.0], 120.0)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_same_load_in_any_writing_is_the_same(tmp_path: Path, separator: str, end: str) -> None:
    rows = [("Chain", "Second", "TPS", "note"), ("a", "0", "40.5", '"x, y; z"'), ("", "60", "55.25", ""), ("# no", "120", "7", "")]
    text = end.join(separator.join(row) for row in rows[:3]) + end + separator * 3 + end
    path = write(tmp_path, text)
    assert read_load_file(path) == LoadFile([0.0, 60.0], [40.5, 55.25], 120.0)
    if separator != ",":
        path.write_text(text.replace("40.5", "40,5").replace("55.25", "55,25"))
        assert read_load_file(path) == LoadFile([0.0, 60.0], [40.5, 55.25], 120.0)


def test_units_are_factors(tmp_path: Path) -> None:
    for unit, factor in (("1/s", 1), ("1/min", 60), ("1/h", 3_600), ("count", 120)):
        text = f"second,requests [{unit}]\n0,{12 * factor}\n120,{24 * factor}\n"
        assert read_load_file(write(tmp_path, text)) == LoadFile([0.0, 120.0], [12.0, 24.0], 240.0)
        plain = write(tmp_path, text.replace(f" [{unit}]", ""))
        assert read_load_file(plain, unit) == LoadFile([0.0, 120.0], [12.0, 24.0], 240.0)
    with pytest.raises(BadValueError, match="--load-unit = 1/week"):
        read_load_file(plain, "1/week")
    with pytest.raises(BadValueError, match="1/s, which the header says"):
        read_load_file(write(tmp_path, "second,tps\n0,5\n"), "1/min")


def test_gaps_go_on_as_before(tmp_path: Path) -> None:
    full = "second,requests [count]\n0,60\n60,120\n120,120\n180,30\n"
    expected = [1.0, 2.0, 2.0, 0.5]
    for text in (full, full.replace("120,120", "120,"), full.replace("120,120", "120,NaN")):
        assert read_load_file(write(tmp_path, text)).rates == expected
    missing = read_load_file(write(tmp_path, full.replace("120,120\n", "")))
    assert missing == LoadFile([0.0, 60.0, 180.0], [1.0, 2.0, 0.5], 300.0)


def test_time_zones_are_understood(tmp_path: Path) -> None:
    text = "timestamp,tps\n2021-06-01T02:00:00+02:00,5\n2021-06-01T00:00:30Z,6\n"
    assert read_load_file(write(tmp_path, text)).seconds == [0.0, 30.0]


def test_a_single_row_holds_a_minute(tmp_path: Path) -> None:
    assert read_load_file(write(tmp_path, "second,tps\n0,5\n")).end == 60.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("when,tps\n0,5\n", "line 1: the columns are when,tps; give second or timestamp for the time"),
        ("second,load\n0,5\n", "line 1: the columns are second,load; give one of tps, requests, transactions, messages for the load"),
        ("second,tps,requests\n0,5,5\n", "give one of tps"),
        ("second,tps,tps\n0,5,5\n", "line 1: the column tps is there 2 times"),
        ("", "line 1: the columns are missing"),
        ("# nothing\n", "line 1: the columns are missing"),
        ("# by hand\nsecond,tps\n0,5\n60,-1\n", "line 4: tps = -1 is not allowed"),
        ("second,requests\n0,5\n", "line 1: the column requests has no unit; call it 'requests [1/min]' or give --load-unit"),
        ("second,requests [1/day]\n0,5\n", "has the unit 1/day; call it"),
        ("second,requests [1/min]\n0,6000001\n", "line 2: requests [1/min] = 6000001 is not allowed; give a number from 0 to 6,000,000"),
        ("second,tps\n0,40,5\n", "line 2: has 3 cells; give 2: second,tps; with a decimal comma separate by semicolons"),
        ("second;tps\n0;1.000,5\n", "line 2: tps = 1.000,5 is not allowed"),
        ("second;tps\n0;40,5\n60;1.000\n", "line 3: tps = 1.000 is not allowed; give a number from 0 to 100,000 with the decimal sign ,"),
        ("second,tps\n0,\n60,5\n", "line 2: tps =  is not allowed; give a load in the first row"),
        ("second,tps\nna,5\n", "line 2: second = na is not allowed; give a number of seconds"),
        ("time,tps\n0,5\n", "line 2: time = 0 is not allowed; give a time such as 2025-07-17T09:30:00Z"),
        (
            "time,tps\n2021-06-01T00:00:00Z,5\n2021-06-01T00:01:00,5\n",
            "line 3: time = 2021-06-01T00:01:00 is not allowed; give a time zone",
        ),
        (
            "time,tps\n2021-06-01T00:01,5\n2021-06-01T00:00,5\n",
            "line 3: time = 2021-06-01T00:00 is not allowed; give more than the row before",
        ),
        ("time,tps\n2021-06-01,5\n2021-07-01,5\n", "line 3: time = 2021-07-01 is not allowed; give at most 10,080 minutes"),
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
