"""How scenarios, runs, studies and decisions show themselves."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure

from metalab.econ.kernel.scenario import PlannedUnlock, Scenario
from metalab.experiments import StudyOptions, compare_proposals, load_scenario, run
from metalab.experiments.errors import UnknownNameError
from metalab.experiments.notebooks.cards import HEADLINES
from metalab.experiments.notebooks.decisions import Decision, choose_metrics
from metalab.experiments.notebooks.scenarios import find_differences
from metalab.experiments.runs.runner import Result
from metalab.experiments.runs.summary import UNITS

HOSTILE = "<script>x</script>"


def render(value: Any) -> str:
    return str(value._repr_html_())


@pytest.fixture(scope="module")
def result(tiny: Scenario) -> Result:
    return run(tiny, seed=3, days=6)


def test_launch_differs_in_nothing_from_itself() -> None:
    launch = load_scenario("launch")
    assert find_differences(launch) == {}
    assert repr(launch) == "<Scenario 'launch', day 0 is 2025-07-17: 0 parameters other than in launch>"
    assert "no parameter differs" in render(launch)


def test_a_scenario_shows_what_differs_as_people_write_it() -> None:
    world = load_scenario("launch", {"fees.message_fee_usd": 0.25, "slashing.schedule": "ethereum"})
    assert find_differences(world)["slashing.schedule"] == ("progressive", "ethereum")
    assert re.search(r"<td>fees.message_fee_usd</td><td>[\d.]+</td><td>0.25</td>", render(world))


def test_a_scenario_shows_schedule_and_shocks() -> None:
    world = load_scenario("stress-unlock")
    text = render(world)
    assert len(world.changes) + len(world.shocks) > 0
    assert ("Schedule" in text, "Shocks" in text) == (bool(world.changes), bool(world.shocks))
    for shock in world.shocks:
        assert f"<td>{shock.day}</td>" in text


def test_a_scenario_s_name_is_escaped(tiny: Scenario) -> None:
    assert HOSTILE not in render(replace(tiny, name=HOSTILE))


def test_a_result_shows_its_headlines_with_units(result: Result) -> None:
    text = render(result)
    assert all(f"<td>{name}</td>" in text for name in HEADLINES)
    assert " USD</td>" in text
    assert repr(result).startswith("<Result of 'minimal', seed 3, 6 days; on the last: price_usd ")


def test_the_daily_table_knows_its_units(result: Result) -> None:
    assert result.daily.attrs["units"] == UNITS
    assert set(result.daily.columns) - {"day", "date"} <= set(UNITS)


def test_a_figure_has_units_and_the_values(result: Result) -> None:
    figure = result.plot("price_usd", "messages")
    assert isinstance(figure, Figure)
    assert [panel.get_ylabel() for panel in figure.axes] == ["price_usd [USD]", "messages"]
    assert figure.axes[-1].get_xlabel() == "day"
    assert list(figure.axes[0].lines[0].get_ydata()) == result.daily["price_usd"].tolist()
    assert figure._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]


def test_the_price_is_drawn_as_worth_and_premium(result: Result) -> None:
    assert "What the price is made of" in render(result)
    figure = result.plot_price()
    plain, factors, worth = figure.axes
    assert [line.get_ydata().tolist() for line in plain.lines] == [
        result.daily["fundamental_usd"].tolist(),
        pytest.approx(result.daily["price_usd"].tolist()),
    ]
    assert factors.get_yscale() == "log"
    assert list(worth.lines[-1].get_ydata()) == pytest.approx(result.daily["fundamental_usd"].tolist())
    assert figure._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]


def test_a_figure_is_nobody_elses(result: Result) -> None:
    import sys

    result.plot()
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or pyplot.get_fignums() == []


def test_a_metric_that_is_not_there_is_told(result: Result) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'price_usd'"):
        result.plot("price_usdd")


def test_a_title_with_dollars_is_no_formula(tiny: Scenario) -> None:
    figure = replace(run(tiny, days=2), scenario=replace(tiny, name=r"$\frac{$")).plot("price_usd")
    assert figure._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def decision(tiny: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Decision:
    folder = tmp_path_factory.mktemp("decision")
    (folder / "bad.toml").write_text(f'title = "{HOSTILE}"\n[[changes]]\nparameter = "fees.message_fee_usd"\nvalue = 0.9\n')
    (folder / "empty.toml").write_text('title = "Nothing"\n')
    files = [folder / "bad.toml", folder / "empty.toml"]
    return compare_proposals(files, [tiny], folder / "out", StudyOptions(6, days=20), at=5)


def test_a_decision_is_a_dictionary_with_a_face(decision: Decision) -> None:
    assert isinstance(decision, dict)
    assert repr(decision) == "<Decision on 'bad', 'empty' in 'minimal': 6 pairs of futures, 20 days>"
    text = render(decision)
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text
    assert "the futures part on day 5" in text
    assert "the futures never part" in text
    assert text.count("What moves the price") == 1
    assert "same chance in both futures" in text


def test_a_decision_shows_the_headlines_first_and_then_what_is_sure(decision: Decision) -> None:
    changed, empty = (choose_metrics(proposal["metrics"]) for proposal in decision["proposals"])
    assert empty == list(HEADLINES)
    assert changed[: len(HEADLINES)] == list(HEADLINES)
    for name in changed[len(HEADLINES) :]:
        low, high = decision["proposals"][0]["metrics"][name]["difference"]["interval"]
        assert low > 0 or high < 0


def test_several_worlds_are_all_shown(tiny: Scenario, tmp_path: Path) -> None:
    (tmp_path / "empty.toml").write_text('title = "Nothing"\n')
    worlds = [tiny, replace(tiny, name="other")]
    text = render(compare_proposals([tmp_path / "empty.toml"], worlds, tmp_path / "out", StudyOptions(2, days=3), at=1))
    assert "world minimal" in text
    assert "world other" in text


def test_a_scenario_shows_its_table_of_unlocks(tiny: Scenario) -> None:
    world = replace(tiny, unlocks=(PlannedUnlock(3, 365, 1_500_000, 24, 1, HOSTILE), PlannedUnlock(3, 365, 2_000_000)))
    assert "2 unlocks" in repr(world)
    text = render(world)
    assert "<td>365</td><td>1.5</td><td>24 months</td>" in text
    assert "<td>2</td><td>at once</td>" in text
    assert HOSTILE not in text
