"""A study as an object: the same directories and bytes as `run_study`, read back as tables."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments import Study, StudyOptions, run, run_study
from metalab.experiments.errors import BadValueError, OutputError, ResultError, UnknownNameError
from metalab.experiments.limits import USUAL_DAYS
from metalab.experiments.runs.summary import METRIC_NAMES, UNITS
from metalab.experiments.store.directory import MANIFEST
from metalab.experiments.studies.parts import get_part_name

DAYS, RUNS = 8, 18


@pytest.fixture(scope="module")
def study(tiny: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Study:
    return Study(tiny, RUNS, seed=4, days=DAYS, out=tmp_path_factory.mktemp("handle") / "one", every=3).run()


@pytest.fixture(scope="module")
def pair(tiny: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Study:
    return Study([tiny, replace(tiny, name="other")], 6, days=DAYS, out=tmp_path_factory.mktemp("handle") / "two").run()


def test_it_writes_what_run_study_writes(study: Study, tiny: Scenario, tmp_path: Path) -> None:
    run_study(tiny, tmp_path / "out", StudyOptions(RUNS, seed=4, days=DAYS, every=3))
    for name in ("summary.json", "runs.parquet", "parts.sha256", get_part_name(0), get_part_name(1)):
        assert (Path(study.out) / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


def test_the_table_has_a_row_a_run(study: Study, tiny: Scenario) -> None:
    assert study.table["run"].tolist() == list(range(RUNS))
    assert study.table["digest"][5] == run(tiny, 4, DAYS, replication=5).digest


def test_the_days_are_those_of_the_runs(study: Study, tiny: Scenario) -> None:
    assert list(study.daily.columns) == ["scenario", "run", "day", "date", *METRIC_NAMES]
    assert study.daily.attrs["units"] == UNITS
    there = study.daily[study.daily["run"] == 17]
    assert there["day"].tolist() == [0, 3, 6]
    assert there["price_usd"].tolist() == run(tiny, 4, DAYS, replication=17).daily["price_usd"].iloc[::3].tolist()


@pytest.mark.parametrize("statistic", ["last", "mean"])
def test_the_summary_is_that_of_the_directory(study: Study, statistic: str) -> None:
    sample = json.loads((Path(study.out) / "summary.json").read_text())["metrics"]["price_usd"][statistic]
    row = study.summary(statistic).loc[("minimal", "price_usd")]
    assert (row["unit"], row["mean"], [row["low"], row["high"]]) == ("USD", sample["mean"], sample["interval"])
    assert (row["p05"], row["median"]) == (sample["quantiles"]["0.05"], sample["quantiles"]["0.5"])


def test_only_what_can_be_added_has_a_total(study: Study) -> None:
    assert "price_usd" in study.summary("total").index.get_level_values("metric")
    assert "apr_core" not in study.summary("total").index.get_level_values("metric")
    with pytest.raises(BadValueError, match="one of mean, last"):
        study.summary("middle")


def test_several_scenarios_have_a_folder_each(pair: Study) -> None:
    assert sorted(path.name for path in Path(pair.out).iterdir()) == ["minimal", "other"]
    assert pair.table.groupby("scenario").size().to_dict() == {"minimal": 6, "other": 6}
    assert pair.summary().index.get_level_values("scenario").unique().tolist() == ["minimal", "other"]


def test_an_interrupted_study_is_resumed_to_the_same_bytes(study: Study, tiny: Scenario, tmp_path: Path) -> None:
    begun = Study(tiny, RUNS, seed=4, days=DAYS, out=tmp_path / "out", every=3)
    with pytest.raises(ResultError, match="nothing was begun there"):
        begun.resume()
    begun.run()
    (tmp_path / "out" / get_part_name(1)).unlink()
    manifest = json.loads((tmp_path / "out" / MANIFEST).read_text())
    (tmp_path / "out" / MANIFEST).write_text(json.dumps(manifest | {"status": "incomplete"}))
    assert not begun.is_complete
    with pytest.raises(ResultError, match="not complete"):
        begun.summary()
    assert begun.resume().is_complete
    assert (tmp_path / "out" / "summary.json").read_bytes() == (Path(study.out) / "summary.json").read_bytes()


def test_a_study_is_opened_from_its_directory(study: Study, pair: Study) -> None:
    again = Study.open(study.out)
    assert (again.runs, again.seed, again.every, again.lengths) == (RUNS, 4, 3, {"minimal": DAYS})
    pd.testing.assert_frame_equal(again.resume().table, study.table)
    assert list(Study.open(pair.out).worlds) == ["minimal", "other"]


def test_a_directory_that_holds_no_study_is_refused(tmp_path: Path, tiny: Scenario, study: Study) -> None:
    with pytest.raises(ResultError, match="has no manifest"):
        Study.open(tmp_path)
    with pytest.raises(OutputError, match="seed is 4 there, 5 here"):
        Study(tiny, RUNS, seed=5, days=DAYS, out=study.out, every=3).run()


def test_days_are_the_scenario_s_own_unless_given(tiny: Scenario, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('extends = "minimal"\ndays = 33\n')
    assert Study(tmp_path / "mine.toml").lengths == {"mine": 33}
    assert Study(tmp_path / "mine.toml", days=5).lengths == {"mine": 5}
    assert Study(tiny).lengths == {"minimal": USUAL_DAYS}


@pytest.mark.parametrize("sources", [[], ["minimal", "minimal"]])
def test_scenarios_are_told_apart_by_name(sources: list[str]) -> None:
    with pytest.raises(BadValueError, match="each name once"):
        Study(sources)


def test_its_faces(study: Study, pair: Study, tiny: Scenario) -> None:
    assert repr(study) == f"<Study of 'minimal' (8 days): 18 runs, seed 4, in {str(study.out)!r}, complete>"
    assert study._repr_html_().count("<table>") == 1
    assert pair._repr_html_().count("<table>") == 2
    fresh = Study(replace(tiny, name="<b>x"), out="out/<i>nowhere")
    assert "<i>" not in fresh._repr_html_()
    assert "not complete" in fresh._repr_html_()


def test_the_price_of_its_middle_run_is_drawn_as_worth_and_premium(pair: Study) -> None:
    panel = pair.plot_price("other").axes[0]
    drawn = panel.lines[1].get_ydata()
    runs = [prices.tolist() for _, prices in pair.daily[pair.daily["scenario"] == "other"].groupby("run")["price_usd"]]
    assert any(drawn == pytest.approx(prices) for prices in runs)


def test_its_figure_has_a_band_for_each_scenario(pair: Study) -> None:
    figure = pair.plot("price_usd", "messages")
    assert [panel.get_ylabel() for panel in figure.axes] == ["price_usd [USD]", "messages"]
    assert [len(panel.collections) for panel in figure.axes] == [2, 2]
    middle = pair.daily[pair.daily["scenario"] == "other"].groupby("day")["price_usd"].quantile(0.5)
    assert list(figure.axes[0].lines[1].get_ydata()) == middle.tolist()
    with pytest.raises(UnknownNameError):
        pair.plot("nothing")


def test_progress_is_told_on_a_terminal_only(tiny: Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Study(tiny, 2, days=2, out=tmp_path / "out").run()
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")
