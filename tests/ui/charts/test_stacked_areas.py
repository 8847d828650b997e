"""Stacked parts add up, thin ones have an edge, and the charts are valid and told in words."""

from datetime import date

import altair as alt
import numpy as np
import pytest

from metalab.ui.charts.stacked_areas import LABELS, LOWEST, TONES, Part, Stack, compute_edges, describe_stack, draw_stack, list_points
from metalab.ui.charts.time_series import DARK, LIGHT

DAYS = np.arange(4.0)
STACK = Stack(
    "Price",
    "price",
    "run 3",
    DAYS,
    (Part("worth", np.array([0.006, 0.005, 0.004, 0.008])), Part("premium", np.array([1.5, 1.0, -0.001, 2.0]))),
)


def test_edges_are_running_sums() -> None:
    edges = compute_edges(STACK)
    assert edges[0].tolist() == [0.0] * 4
    assert edges[1].tolist() == STACK.parts[0].values.tolist()
    assert edges[2] == pytest.approx(STACK.parts[0].values + STACK.parts[1].values)
    assert list_points(STACK)["total"].tolist() == pytest.approx(edges[2].tolist())


def test_a_logarithmic_axis_begins_below_the_smallest_worth() -> None:
    edges = compute_edges(STACK._replace(is_log=True))
    assert edges[0].tolist() == [LOWEST * 0.004] * 4
    assert edges[1].tolist() == STACK.parts[0].values.tolist()


@pytest.mark.parametrize("colours", [LIGHT, DARK])
@pytest.mark.parametrize("change", [{}, {"is_log": True}, {"is_difference": True, "decided": 2}, {"baseline": np.ones(4)}])
def test_charts_follow_the_schema(colours: object, change: dict[str, object]) -> None:
    spec = draw_stack(STACK._replace(**change), colours, date(2025, 12, 30))  # type: ignore[arg-type]
    points = spec["datasets"]["stack"]
    assert points["date"].tolist()[:2] == ["30 Dec 2025", "31 Dec 2025"]
    spec["datasets"] = {"stack": points.to_dict("records")}
    assert alt.LayerChart.from_dict(spec).to_dict()
    assert len(spec["layer"]) == 2 * len(STACK.parts) + 1 + ("baseline" in change) + 2 * ("decided" in change)


def test_a_chart_is_told_in_words() -> None:
    assert describe_stack(STACK) == "Price, run 3: day 0 to 3; at the end worth 0.00800 USD + premium 2 USD = price 2.01 USD."
    assert describe_stack(STACK._replace(baseline=np.ones(4))).endswith("Baseline 1 USD.")


def test_every_part_has_an_ink_and_a_label() -> None:
    assert set(LABELS) == set(TONES)
