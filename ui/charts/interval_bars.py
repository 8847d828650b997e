"""Amounts side by side: a dot with its interval per line, a zero rule, gains and losses told apart by colour and side."""

from typing import Any, NamedTuple

import streamlit as st

from metalab.ui.charts.formatting import show_number
from metalab.ui.charts.page_style import BARS
from metalab.ui.charts.time_series import Colours, get_colours

STEP = 24
"""Height of a line, in pixels."""
FRAME = 72
"""Height of title and axis."""
LARGE = 10_000


class Bar(NamedTuple):
    """One line: what, how much, and the interval around it."""

    name: str
    mid: float
    low: float
    high: float


class Chart(NamedTuple):
    """Lines under a title. `meaning` says what dot and interval are, for the tooltip and for those who do not see the chart."""

    title: str
    unit: str
    meaning: tuple[str, str]
    bars: list[Bar]


def find_side(bar: Bar) -> str:
    """Gain or loss where the whole interval is on one side of zero."""
    return "gain" if bar.low > 0 else "loss" if bar.high < 0 else "none"


def draw_bars(chart: Chart, colours: Colours) -> dict[str, Any]:
    """A Vega-Lite specification with its data."""
    rows = [bar._asdict() | {"side": find_side(bar)} for bar in chart.bars]
    y = {"field": "name", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 150, "ticks": False, "domain": False}}
    largest = max(abs(value) for bar in chart.bars for value in (bar.low, bar.mid, bar.high))
    axis = {"title": None, "format": "~s" if largest >= LARGE else ",.4~g", "tickCount": 4, "labelExpr": "replace(datum.label, 'G', 'bn')"}
    ink = {
        "field": "side",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": ["gain", "loss", "none"], "range": [colours.scenario, colours.baseline, colours.rule]},
    }
    dot, interval = chart.meaning
    ends = (("mid", dot), ("low", f"{interval}, from"), ("high", "to"))
    tooltip: list[dict[str, Any]] = [{"field": "name", "title": chart.title}]
    tooltip += [{"field": key, "title": label, "format": ",.4~r"} for key, label in ends]
    zero = {"x": {"datum": 0, "type": "quantitative"}}

    def layer(mark: dict[str, Any], **encoding: Any) -> dict[str, Any]:
        return {"mark": mark, "encoding": {"y": y, "color": ink, "tooltip": tooltip} | encoding}

    return {
        "title": {
            "text": chart.title, "subtitle": chart.unit, "anchor": "start", "fontSize": 14, "fontWeight": 600,
            "subtitleFontSize": 12, "subtitleColor": colours.rule, "offset": 8,
        },
        "width": "container",
        "height": STEP * len(rows) + FRAME,
        "datasets": {"bars": rows},
        "data": {"name": "bars"},
        "layer": [
            {"mark": {"type": "rule", "color": colours.rule, "strokeDash": [4, 3]}, "encoding": zero},
            layer({"type": "bar", "height": 10, "opacity": 0.35}, x={"field": "mid", "type": "quantitative", "axis": axis}),
            layer({"type": "rule", "strokeWidth": 2}, x={"field": "low", "type": "quantitative"}, x2={"field": "high"}),
            layer({"type": "point", "filled": True, "size": 55, "opacity": 1}, x={"field": "mid", "type": "quantitative"}),
        ],
    }  # fmt: skip


def describe_bars(chart: Chart) -> str:
    """The chart in words."""
    dot, interval = chart.meaning
    lines = [f"{bar.name} {show_number(bar.mid)} ({show_number(bar.low)} to {show_number(bar.high)})" for bar in chart.bars]
    return f"{chart.title} in {chart.unit}, {dot} and {interval}: " + "; ".join(lines) + "."


def render_bars(charts: list[Chart], place: str) -> None:
    """Small multiples in a grid; one without lines is left out."""
    shown = [chart for chart in charts if chart.bars]
    if not shown:
        return
    colours = get_colours()
    dot, interval = shown[0].meaning
    st.caption(f"Dot: {dot}. Line: {interval}. Blue is more than nothing, orange less, grey is not sure.")
    with st.container(key=f"{BARS}-{place}"):
        for column, chart in zip(st.columns(len(shown)), shown, strict=True):
            with column:
                st.vega_lite_chart(spec=draw_bars(chart, colours), alt=describe_bars(chart), key=f"{place}.{chart.title}.{chart.unit}")
