"""Tables for other programs: every value arrives, with its unit, and nothing is overwritten."""

import io
import zipfile
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pyarrow.parquet as pq
import pytest

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments import StudyOptions, run_study
from metalab.experiments.cli import main
from metalab.experiments.errors import BadValueError
from metalab.experiments.exports import workbook
from metalab.experiments.exports.workbook import EPOCH, make_workbook
from metalab.experiments.store.directory import MANIFEST

DAYS = 9
NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("export") / "run"
    assert main(["run", "minimal", "--days", str(DAYS), "--set", "incidents.hazard=[9, 9, 9, 9]", "--out", str(out)]) == 0
    return out


def export(stored: Path, out: Path, *words: str) -> Path:
    assert main(["export", str(stored), "--out", str(out), *words]) == 0
    return out


def test_csv_holds_every_value(stored: Path, tmp_path: Path) -> None:
    out = export(stored, tmp_path / "csv")
    names = {path.stem for path in stored.glob("*.parquet")}
    assert {path.name for path in out.iterdir()} == {f"{name}.csv" for name in names} | {"units.csv"}
    for name in names:
        there = pd.read_parquet(stored / f"{name}.parquet")
        dates = [column for column in there if column == "date" or column.endswith("_date")]
        here = pd.read_csv(out / f"{name}.csv", parse_dates=dates, keep_default_na=True)
        assert list(here) == list(there)
        for column in there:
            if there[column].dtype.kind in "fi":
                assert here[column].astype(float).tolist() == pytest.approx(there[column].astype(float).tolist(), rel=0, abs=0, nan_ok=True)
            elif column in dates:
                assert here[column].tolist() == there[column].tolist() or there[column].isna().any()
    text = (out / "daily.csv").read_text(encoding="utf-8")
    assert text.splitlines()[1].startswith("0.0,2025-07-17,")
    assert "\r" not in text


def test_units_go_with_the_tables(stored: Path, tmp_path: Path) -> None:
    out = export(stored, tmp_path / "csv", "--tables", "daily,incidents")
    assert sorted(path.name for path in out.iterdir()) == ["daily.csv", "incidents.csv", "units.csv"]
    units = pd.read_csv(out / "units.csv").set_index(["table", "column"])
    assert units.loc[("daily", "price_usd"), "unit"] == "USD"
    assert tuple(units.loc["incidents", "lost_usd"]) == ("USD", "lost by the rollup's users on that day, after insurance")
    assert set(units.loc["daily"].index) == set(pd.read_csv(out / "daily.csv").columns)
    assert units["unit"].notna().all()


def test_excel_gets_a_mark_semicolons_and_decimal_commas(stored: Path, tmp_path: Path) -> None:
    out = export(stored, tmp_path / "excel", "--format", "excel", "--decimal-comma")
    data = (out / "daily.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfday;date;")
    assert data.count(b"\r\n") == data.count(b"\n") == DAYS + 1
    here = pd.read_csv(out / "daily.csv", sep=";", decimal=",")
    assert here["price_usd"].tolist() == pd.read_parquet(stored / "daily.parquet")["price_usd"].tolist()


def read_sheet(book: zipfile.ZipFile, name: str) -> list[list[str | None]]:
    sheets = [sheet.attrib["name"] for sheet in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{{{NS['m']}}}sheet")]
    tree = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{sheets.index(name) + 1}.xml"))
    return [["".join(cell.itertext()) or None for cell in row] for row in tree.iter(f"{{{NS['m']}}}row")]


def test_a_workbook_has_a_sheet_for_each_table(stored: Path, tmp_path: Path) -> None:
    out = export(stored, tmp_path / "book", "--format", "xlsx")
    with zipfile.ZipFile(out / "tables.xlsx") as book:
        assert book.testzip() is None
        rows = read_sheet(book, "daily")
        there = pd.read_parquet(stored / "daily.parquet")
        assert rows[0] == list(there)
        column = rows[0].index("price_usd")
        assert [float(row[column] or "nan") for row in rows[1:]] == there["price_usd"].tolist()
        assert float(rows[1][1] or "nan") == (datetime(2025, 7, 17) - EPOCH).days == 45_855
        assert read_sheet(book, "units")[0] == ["table", "column", "unit", "meaning"]
        assert read_sheet(book, "incidents")[1][4] in ("exploit", "outage", "forgery", "data_loss") or ", " in str(
            read_sheet(book, "incidents")[1][4]
        )
    assert (out / "tables.xlsx").read_bytes() == (export(stored, tmp_path / "again", "--format", "xlsx") / "tables.xlsx").read_bytes()


def test_a_sheet_has_its_limit_and_takes_any_text(monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow as pa

    texts = ["<a> & 'b'", "\x00\x1b", "=1+1", "é漢", "", None]
    with zipfile.ZipFile(io.BytesIO(make_workbook({"t": pa.table({"x": texts})}))) as book:
        assert read_sheet(book, "t") == [["x"], ["<a> & 'b'"], ["  "], ["=1+1"], ["é漢"], [None], [None]]
    monkeypatch.setattr(workbook, "MOST_ROWS", 6)
    with pytest.raises(BadValueError, match="t has 6 rows, a sheet holds 5"):
        make_workbook({"t": pa.table({"x": texts})})


def test_a_studys_parts_become_one_table(tiny: Scenario, tmp_path: Path) -> None:
    run_study(tiny, tmp_path / "study", StudyOptions(18, days=4, every=2))
    out = export(tmp_path / "study", tmp_path / "out", "--format", "parquet")
    daily = pq.read_table(out / "daily.parquet").to_pandas()
    assert len(daily) == 18 * 2
    assert daily["date"].tolist() == [pd.Timestamp("2025-07-17"), pd.Timestamp("2025-07-19")] * 18
    assert b"units" in pq.read_schema(out / "daily.parquet").metadata
    units = pd.read_csv(out / "units.csv").set_index(["table", "column"])["unit"]
    assert units["runs", "price_usd.last"] == "USD"


def test_what_cannot_be_exported_is_refused_and_nothing_written(stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = export(stored, tmp_path / "taken")
    (taken / "units.csv").unlink()
    before = {path.name: path.read_bytes() for path in taken.iterdir()}
    half = tmp_path / "half"
    half.mkdir()
    (half / MANIFEST).write_text((stored / MANIFEST).read_text().replace('"complete"', '"incomplete"'))
    for words, message in (
        ([str(stored), "--out", str(taken)], "is there already; choose another directory"),
        (
            [str(stored), "--format", "ods", "--out", str(tmp_path / "no")],
            "--format = ods is not allowed; give one of csv, excel, xlsx, parquet",
        ),
        ([str(stored), "--tables", "dayly", "--out", str(tmp_path / "no")], "did you mean 'daily'?"),
        ([str(stored), "--format", "xlsx", "--decimal-comma", "--out", str(tmp_path / "no")], "--decimal-comma = xlsx is not allowed"),
        ([str(tmp_path / "none"), "--out", str(tmp_path / "no")], "has no manifest.json"),
        ([str(half), "--out", str(tmp_path / "no")], "is incomplete"),
        ([str(stored), "--out", str(stored / MANIFEST)], "cannot be created"),
    ):
        assert main(["export", *words]) == 2
        captured = capsys.readouterr()
        assert message in captured.err
        assert captured.err.count("\n") == 1
    assert {path.name: path.read_bytes() for path in taken.iterdir()} == before
    assert not (tmp_path / "no").exists()
