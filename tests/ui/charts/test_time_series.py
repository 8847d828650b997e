"""Bands are quantiles over runs; charts are valid, small and described in words."""

from datetime import date

import altair as alt
import numpy as np
import pytest

from metalab.ui.charts.formatting import describe_chance
from metalab.ui.charts.interval_bars import Bar, Chart, describe_bars, draw_bars, find_side
from metalab.ui.charts.quantile_bands import POINTS, find_every, make_band, pick_days, thin_days
from metalab.ui.charts.time_series import DARK, LIGHT, METRIC_INFO, Panel, describe_panel, draw_panel, list_views
from metalab.ui.results.decision_view import describe_better


def test_a_band_is_the_quantiles_over_runs() -> None:
    values = np.arange(101.0)[:, None] * np.array([1.0, 2.0])
    band = make_band(np.array([0.0, 1.0]), values)
    assert (band.low.tolist(), band.mid.tolist(), band.high.tolist(), band.runs) == ([5.0, 10.0], [50.0, 100.0], [95.0, 190.0], 101)


@pytest.mark.parametrize("days", [1, 30, 240, 241, 365, 1_096, 3_650, 10_000])
def test_long_runs_become_weekly_means_and_stay_small(days: int) -> None:
    at = np.arange(float(days))
    where, values = thin_days(at, np.stack([at, at + 10]))
    every = find_every(days)
    assert len(where) <= POINTS
    assert where[-1] == days - 1
    assert every == 1 or every % 7 == 0
    starts = range(0, days - every + 1, every)
    expected = [float(np.mean(at[start : days if start == starts[-1] else start + every])) for start in starts]
    assert values[0].tolist() == pytest.approx(expected, abs=1e-9)
    assert np.allclose(values[1] - values[0], 10)


def test_stored_rows_are_picked_not_averaged() -> None:
    days, values = pick_days(np.arange(1_000.0), np.arange(1_000.0)[None, :])
    assert len(days) <= POINTS
    assert values[0].tolist() == days.tolist()


@pytest.mark.parametrize("metric", sorted(METRIC_INFO))
def test_every_metric_has_a_valid_small_chart_with_words(metric: str) -> None:
    band = make_band(*thin_days(np.arange(1_096.0), np.random.default_rng(1).random((8, 1_096))))
    panel = Panel(metric, band, band)
    spec = draw_panel(panel, LIGHT)
    assert sum(len(data) for data in spec["datasets"].values()) <= 500
    text = describe_panel(panel)
    assert "8 runs" in text
    assert "median" in text


@pytest.mark.parametrize("colours", [LIGHT, DARK])
@pytest.mark.parametrize("is_difference", [False, True])
def test_charts_follow_the_schema(colours: object, is_difference: bool) -> None:
    band = make_band(np.arange(5.0), np.ones((3, 5)))
    spec = draw_panel(Panel("apr_core", band, None if is_difference else band, is_difference, 3), colours)  # type: ignore[arg-type]
    spec["datasets"] = {name: data if isinstance(data, list) else data.to_dict("records") for name, data in spec["datasets"].items()}
    assert len(spec["datasets"]) == (3 if is_difference else 2)
    chart = alt.LayerChart.from_dict(spec)
    assert chart.to_dict()
    assert spec["title"]["subtitle"] == ("percentage points a year" if is_difference else "% a year")


def test_points_have_dates_where_day_0_has_one() -> None:
    band = make_band(np.arange(5.0), np.ones((3, 5)))
    points = draw_panel(Panel("apr_core", band, band), LIGHT, date(2025, 12, 30))["datasets"]["scenario"]
    assert points["date"].tolist() == ["30 Dec 2025", "31 Dec 2025", "1 Jan 2026", "2 Jan 2026", "3 Jan 2026"]
    assert points["mid_base"].tolist() == [100.0] * 5


@pytest.mark.parametrize(("ends", "side"), [((1, 2, 3), "gain"), ((-3, -2, -1), "loss"), ((-1, 2, 3), "none"), ((0, 0, 0), "none")])
def test_a_side_is_told_only_where_the_interval_is_on_it(ends: tuple[float, float, float], side: str) -> None:
    low, mid, high = ends
    bar = Bar("x", mid, low, high)
    assert find_side(bar) == side
    chart = Chart("Who", "ERA", ("mean", "interval"), [bar])
    assert alt.LayerChart.from_dict(draw_bars(chart, DARK))
    assert "x" in describe_bars(chart)


def test_every_metric_with_a_chart_is_in_its_room_once() -> None:
    views = list_views()
    shown = [name for view, names in list(views.items())[1:] for name in names]
    assert sorted(shown) == sorted(name for name, info in METRIC_INFO.items() if info.chart)
    assert len(next(iter(views.values()))) >= 6


@pytest.mark.parametrize(("share", "word"), [(1.0, "almost certainly"), (0.5, "about as likely as not"), (0.0, "almost certainly not")])
def test_chances_in_words(share: float, word: str) -> None:
    assert describe_chance(share) == word


def test_what_did_not_change_is_not_called_likely() -> None:
    assert describe_better({"changed": 0, "better": "high", "probability_better": 0.5}) == "unchanged"
    assert describe_better({"changed": 8, "better": "high", "probability_better": 1.0}) == "almost certainly (100%)"
