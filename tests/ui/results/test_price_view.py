"""What the price is made of, on a page."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from metalab.experiments.decisions.decision import compare
from metalab.experiments.runs.price_parts import BALANCES, METRICS, PREMIUM, PRICE, REVENUE, WORTH
from metalab.ui.charts.quantile_bands import thin_days
from metalab.ui.charts.time_series import OVERVIEW
from metalab.ui.results.price_view import PricePaths, average, describe_paths, list_change_charts, list_stacks, name_run, pick_run
from metalab.ui.results.stored import read_stored

DAYS = np.arange(400.0)


def make_rows() -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    revenue = np.outer([0.004, 0.005, 0.006], np.linspace(1.0, 2.0, 400))
    rows = {REVENUE: revenue, BALANCES: 0.01 * revenue, WORTH: 1.01 * revenue, PREMIUM: 200.0 * revenue}
    return rows | {PRICE: rows[WORTH] + rows[PREMIUM]}


@pytest.mark.parametrize("is_mean", [True, False])
def test_the_stacks_add_up_to_price_and_worth(is_mean: bool) -> None:
    rows = make_rows()
    get = rows.__getitem__
    paths = average(DAYS, get, "means", thin_days) if is_mean else pick_run(DAYS, get, 1, "run 1", thin_days)
    price, logarithm, worth = list_stacks(paths)
    assert logarithm.is_log
    for stack, metric in ((price, PRICE), (logarithm, PRICE), (worth, WORTH)):
        assert sum(part.values for part in stack.parts) == pytest.approx(paths.values[metric])
        assert len(stack.days) == len(paths.values[metric]) < 240
    assert [part.name for part in worth.parts] == ["revenue", "balances"]


def test_what_has_no_logarithm_has_no_such_chart() -> None:
    rows = make_rows()
    rows[WORTH] = 0.0 * rows[WORTH]
    paths = pick_run(DAYS, rows.__getitem__, 0, "run 0", thin_days)
    assert [stack.is_log for stack in list_stacks(paths)] == [False, False]
    assert [stack.is_log for stack in list_stacks(pick_run(DAYS, make_rows().__getitem__, 0, "", thin_days), None, True)] == [False, False]


def test_a_worth_that_is_not_divided_is_one_part() -> None:
    rows = make_rows() | {REVENUE: np.zeros((3, 400)), BALANCES: np.zeros((3, 400))}
    assert [part.name for part in list_stacks(pick_run(DAYS, rows.__getitem__, 0, "", thin_days))[-1].parts] == ["worth"]


def test_the_baseline_is_dashed_in_each() -> None:
    paths = pick_run(DAYS, make_rows().__getitem__, 0, "", thin_days)
    assert all(stack.baseline is not None for stack in list_stacks(paths, paths))


def test_the_changes_are_told_in_usd_and_in_per_cent() -> None:
    pairs = [({"x": value}, {"x": 0.9 * value}) for value in (1.0, 2.0)]
    charts = list_change_charts({name: compare(pairs, "x", "none") for name in METRICS})
    assert [[bar.name for bar in chart.bars] for chart in charts] == [
        ["price", "worth", "premium"], ["worth", "from revenue", "from balances"], ["price", "worth", "premium"],
    ]  # fmt: skip
    assert [bar.mid for bar in charts[2].bars] == pytest.approx([-10.0] * 3)


def test_stored_results_have_the_price_of_one_run() -> None:
    stored = read_stored("launch")
    assert stored is not None
    assert set(stored.bands) == set(OVERVIEW)
    assert set(stored.paths) == {*METRICS, "day"}
    assert 0 <= stored.run < stored.runs
    assert stored.paths[WORTH] + stored.paths[PREMIUM] == pytest.approx(stored.paths[PRICE])
    text = describe_paths(PricePaths(stored.paths["day"], stored.paths, "run"))
    assert text.startswith("**Price on day 0**: worth 0.00")
    assert "Price on day 364" in text


def test_a_run_is_named() -> None:
    assert name_run(0, 1) == "the only run"
    assert name_run(4, 8) == "run 4, whose price stays nearest to the median of 8"


def show_first_minute() -> None:
    from metalab.ui.inputs.exploration import Recipe
    from metalab.ui.results.first_minute import render_first_minute

    render_first_minute(Recipe("launch"))


def test_the_first_minute_shows_the_price_as_a_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metalab.ui.results.first_minute.watch_compiling", lambda: None)
    at = AppTest.from_function(show_first_minute).run()
    assert not at.exception
    assert any("Price on day 0" in text.value for text in at.markdown)
    assert len(at.get("vega_lite_chart")) == 3 + len(OVERVIEW)
