"""Charts and tables of the two laboratories of the fast clock: distributions, lines over time, figures with their meaning."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from metalab.protocol.kernel.declare import Info
from metalab.ui.charts.formatting import name_scale, name_thing, show_plain
from metalab.ui.charts.page_style import LABS
from metalab.ui.charts.quantile_bands import Rows
from metalab.ui.charts.time_series import DARK, HEIGHT, LEGEND, Colours, get_colours

BINS = 24
FINE = 0.01
"""Smallest value of a logarithmic axis."""
LINES = {
    "hysteresis": ("#0072B2", "#56B4E9"),
    "proportional": ("#C4560A", "#E69F00"),
    "pi": ("#00795A", "#35C79C"),
    "fixed": ("#444444", "#D0D6DC"),
    "fixed at most": ("#8A8A8A", "#8A949E"),
    "arrivals": ("#9AA3AC", "#7C8894"),
    "mean rate": ("#17212B", "#E4EAF0"),
}
"""Ink of each line, on light and on dark ground; they remain apart for the colour-blind."""


class Spread(NamedTuple):
    """How often which value: shares of all between the edges of bins."""

    edges: Rows
    shares: Rows


def count_bins(values: Sequence[float], is_log: bool) -> Spread:
    """Shares of the values in bins of equal width, or of equal ratio."""
    low, high = min(values), max(values)
    if is_log:
        low = max(low, FINE)
        edges = np.geomspace(low, max(high, low * 1.01), BINS + 1)
    else:
        edges = np.linspace(low, high if high > low else low + 1.0, BINS + 1)
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
    return Spread(edges, counts / len(values))


def draw_spread(title: str, spread: Spread, is_log: bool, colours: Colours) -> dict[str, Any]:
    """A histogram as a Vega-Lite specification with its data."""
    rows = [
        {"from": float(low), "to": float(high), "share": float(share) * 100}
        for low, high, share in zip(spread.edges[:-1], spread.edges[1:], spread.shares, strict=True)
    ]
    axis = {"title": "seconds", "format": ",.4~g", "grid": False, "tickCount": 6, "titleFontSize": 11}
    scale = {"type": "log", "nice": False} if is_log else {"nice": False, "zero": False}
    tooltip = [{"field": "from", "format": ",.4~r"}, {"field": "to", "format": ",.4~r"}, {"field": "share", "title": "%", "format": ".3~r"}]
    return {
        "title": make_title(title, "% of all", colours),
        "width": "container",
        "height": HEIGHT,
        "datasets": {"bins": rows},
        "data": {"name": "bins"},
        "mark": {"type": "bar", "color": colours.scenario, "binSpacing": 1},
        "encoding": {
            "x": {"field": "from", "type": "quantitative", "bin": {"binned": True}, "axis": axis, "scale": scale},
            "x2": {"field": "to"},
            "y": {"field": "share", "type": "quantitative", "axis": {"title": None, "tickCount": 4, "format": ",.4~g"}},
            "tooltip": [item | {"type": "quantitative"} for item in tooltip],
        },
    }


def make_title(title: str, unit: str, colours: Colours) -> dict[str, Any]:
    """The head of a chart, as in the other pages."""
    return {
        "text": title, "subtitle": unit, "anchor": "start", "fontSize": 14, "fontWeight": 600,
        "subtitleFontSize": 12, "subtitleColor": colours.rule, "offset": 8,
    }  # fmt: skip


def draw_lines(title: str, unit: str, time: Any, lines: Mapping[str, Any], axis: str, is_log: bool = False) -> dict[str, Any]:
    """Steps over time, one line per name."""
    colours = get_colours()
    ink = [get_ink(name) for name in lines]
    rows = [
        {"time": at, "value": value, "name": name}
        for name, values in lines.items()
        for at, value in zip(time.tolist(), np.asarray(values, dtype=float).tolist(), strict=True)
    ]
    names = {"field": "name", "type": "nominal", "legend": None}
    dashes = [[5, 3] if is_dashed(name) else [1, 0] for name in lines]
    return {
        "title": make_title(title, unit, colours),
        "width": "container",
        "height": HEIGHT,
        "datasets": {"lines": rows},
        "data": {"name": "lines"},
        "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 1.8},
        "encoding": {
            "x": {
                "field": "time", "type": "quantitative", "scale": {"nice": False},
                "axis": {"title": axis, "grid": False, "format": ",.4~g"},
            },
            "y": {
                "field": "value", "type": "quantitative", "scale": {"type": "symlog", "constant": 10} if is_log else {"zero": True},
                "axis": {"title": None, "tickCount": 4, "format": ".3~s"},
            },
            "color": names | {"scale": {"domain": list(lines), "range": ink}},
            "strokeDash": names | {"scale": {"domain": list(lines), "range": dashes}},
            "tooltip": [
                {"field": "name", "type": "nominal"},
                {"field": "time", "title": axis, "type": "quantitative", "format": ",.4~r"},
                {"field": "value", "title": unit, "type": "quantitative", "format": ",.4~r"},
            ],
        },
    }  # fmt: skip


def get_ink(name: str) -> str:
    """The colour of a line on the ground that the browser shows."""
    return LINES[name][get_colours() is DARK]


def is_dashed(name: str) -> bool:
    """Fixed sets are, so that they can be told from controllers without colour."""
    return name.startswith("fixed")


def render_names(names: Sequence[str]) -> None:
    """A legend of lines, one for several charts."""
    marks = "".join(
        f"<span><span style='display:inline-block;width:1.4rem;border-top:3px {'dashed' if is_dashed(name) else 'solid'} {get_ink(name)};"
        f"vertical-align:middle'></span> {name_thing(name)}</span>"
        for name in names
    )
    st.html(f"<div style='{LEGEND}'>{marks}</div>")


def render_charts(charts: Mapping[str, dict[str, Any]], place: str) -> None:
    """In a grid; each with a sentence for those who do not see it."""
    with st.container(key=f"{LABS}-{place}"):
        for column, (words, spec) in zip(st.columns(len(charts)), charts.items(), strict=True):
            with column:
                st.vega_lite_chart(spec=spec, alt=words, key=f"{place}.{spec['title']['text']}")


def make_figures(infos: Mapping[str, Info], values: Mapping[str, float]) -> pd.DataFrame:
    """Every figure with its unit and meaning."""
    return pd.DataFrame(
        [
            {"Figure": name_thing(name), "Value": show_plain(values[name], info.unit), "Unit": name_scale(info.unit), "Meaning": info.doc}
            for name, info in infos.items()
        ]
    )
