"""A sum over time as its parts on top of each other, each with an edge that shows where a part is too thin for an area."""

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import streamlit as st

from metalab.ui.charts.formatting import show_number
from metalab.ui.charts.page_style import PANELS
from metalab.ui.charts.quantile_bands import Rows
from metalab.ui.charts.time_series import HEIGHT, LEGEND, Colours, get_colours, show_date

if TYPE_CHECKING:
    import pandas as pd

Spec = dict[str, Any]
TONES = {"worth": "#009E73", "premium": "#AA5C8F", "revenue": "#009E73", "balances": "#B87A00"}
DARK_TONES = {"worth": "#2FC79B", "premium": "#D98BBB", "revenue": "#2FC79B", "balances": "#E69F00"}
"""Inks of parts for both themes, after Okabe and Ito; none is that of a scenario or a baseline."""
OPACITY = 0.45
LOWEST = 0.5
"""Where a logarithmic axis begins, as a part of the smallest first part."""


class Part(NamedTuple):
    """One summand by day; its name is that of its ink."""

    name: str
    values: Rows


class Stack(NamedTuple):
    """A chart of a sum. `about`: whose values they are; `baseline`: the sum elsewhere, dashed; `decided`: a day to mark."""

    title: str
    total: str
    about: str
    days: Rows
    parts: tuple[Part, ...]
    baseline: Rows | None = None
    is_log: bool = False
    is_difference: bool = False
    decided: int = -1
    subtitle: str = "USD"


def compute_edges(stack: Stack) -> list[Rows]:
    """Where the parts begin and end; the first begins at zero, or where a logarithmic axis does."""
    edges = [np.zeros(len(stack.days)), *np.cumsum([part.values for part in stack.parts], axis=0)]
    if not stack.is_log:
        return edges
    floor = LOWEST * float(edges[1].min())
    return [np.maximum(edge, floor) for edge in edges]


def list_points(stack: Stack, start: date | None = None) -> "pd.DataFrame":
    """The table behind the chart."""
    import pandas as pd

    columns: dict[str, Any] = {"day": stack.days.astype("int32"), "total": np.sum([part.values for part in stack.parts], axis=0)}
    columns |= {f"edge{k}": edge for k, edge in enumerate(compute_edges(stack))}
    columns |= {part.name: part.values for part in stack.parts}
    if stack.baseline is not None:
        columns["baseline"] = stack.baseline
    if start is not None:
        columns["date"] = [show_date(start, day) for day in stack.days.tolist()]
    return pd.DataFrame(columns)


def draw_stack(stack: Stack, colours: Colours, start: date | None = None) -> Spec:
    """A Vega-Lite specification with its data. `start` is the date of day 0."""
    tones = DARK_TONES if colours.is_dark else TONES
    x = {"field": "day", "type": "quantitative", "title": "day", "scale": {"nice": False}}
    x["axis"] = {"tickCount": 5, "format": "d", "grid": False, "titlePadding": 2, "titleFontSize": 11, "labelFlush": False}
    layers = [_draw_rule(colours, "y", 0)] if stack.is_difference else []
    layers += [_draw_rule(colours, "x", stack.decided)] if stack.decided >= 0 else []
    for k, part in enumerate(stack.parts):
        layers += _draw_part(stack, k, tones[part.name])
    if stack.baseline is not None:
        layers.append(_draw_line(stack, "baseline", colours.baseline, [5, 3]))
    layers.append(_draw_reader(stack, colours, start is not None))
    return {
        "title": {
            "text": stack.title, "subtitle": "USD, log scale: a height is a factor" if stack.is_log else stack.subtitle, "anchor": "start",
            "fontSize": 14, "fontWeight": 600, "subtitleFontSize": 12, "subtitleColor": colours.rule, "offset": 8,
        },
        "width": "container",
        "height": HEIGHT,
        "datasets": {"stack": list_points(stack, start)},
        "data": {"name": "stack"},
        "encoding": {"x": x},
        "layer": layers,
    }  # fmt: skip


def _draw_rule(colours: Colours, axis: str, at: float) -> Spec:
    other: Spec = {"x": {"value": 0}, "x2": {"value": "width"}} if axis == "y" else {"y": {"value": 0}, "y2": {"value": "height"}}
    return {"mark": {"type": "rule", "color": colours.rule, "strokeDash": [4, 3]}, "encoding": other | {axis: {"datum": at}}}


def _scale(stack: Stack) -> Spec:
    """The value axis."""
    axis: Spec = {"title": None, "format": ",.4~g", "tickCount": 4}
    if not stack.is_log:
        return {"type": "quantitative", "axis": axis, "scale": {"zero": True}}
    edges = compute_edges(stack)
    low, high = float(edges[0][0]), float(np.max(edges))
    powers = [10.0**k for k in range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)]
    axis["values"] = [power for power in powers if low <= power <= high * 1.2]
    return {"type": "quantitative", "axis": axis, "scale": {"type": "log", "domain": [low, high * 1.2], "nice": False}}


def _draw_part(stack: Stack, k: int, colour: str) -> list[Spec]:
    area = {"y": {"field": f"edge{k + 1}"} | _scale(stack), "y2": {"field": f"edge{k}"}}
    mark = {"type": "area", "color": colour, "opacity": OPACITY}
    return [{"mark": mark, "encoding": area}, _draw_line(stack, f"edge{k + 1}", colour)]


def _draw_line(stack: Stack, field: str, colour: str, dash: list[int] | None = None) -> Spec:
    mark = {"type": "line", "color": colour, "strokeWidth": 1.5} | ({"strokeDash": dash} if dash else {})
    return {"mark": mark, "encoding": {"y": {"field": field} | _scale(stack)}}


def _draw_reader(stack: Stack, colours: Colours, has_dates: bool) -> Spec:
    """The dot nearest to the pointer, with its numbers."""
    shown: list[Spec] = [{"field": "day", "format": "d"}] + ([{"field": "date", "type": "nominal"}] if has_dates else [])
    numbers = [(part.name, part.name) for part in stack.parts] + [("total", stack.total)]
    numbers += [("baseline", f"{stack.total} of the baseline")] if stack.baseline is not None else []
    shown += [{"field": field, "title": title, "type": "quantitative", "format": ",.3~r"} for field, title in numbers]
    select = {"type": "point", "nearest": True, "on": "pointermove", "fields": ["day"], "clear": "pointerout"}
    return {
        "mark": {"type": "circle", "color": colours.scenario, "size": 45},
        "params": [{"name": "hover", "select": select}],
        "encoding": {
            "y": {"field": f"edge{len(stack.parts)}"} | _scale(stack),
            "tooltip": shown,
            "opacity": {"condition": {"param": "hover", "empty": False, "value": 1}, "value": 0},
        },
    }


def describe_stack(stack: Stack) -> str:
    """The chart in words, for those who do not see it."""
    ends = " + ".join(f"{part.name} {show_number(part.values[-1], 'USD')}" for part in stack.parts)
    total = show_number(float(sum(part.values[-1] for part in stack.parts)), "USD")
    text = f"{stack.title}, {stack.about}: day {stack.days[0]:.0f} to {stack.days[-1]:.0f}; at the end {ends} = {stack.total} {total}."
    return text + (f" Baseline {show_number(stack.baseline[-1], 'USD')}." if stack.baseline is not None else "")


def render_stacks(stacks: list[Stack], place: str, start: date | None = None) -> None:
    """A legend, and small multiples in a grid."""
    colours = get_colours()
    render_stack_legend(stacks, colours)
    with st.container(key=f"{PANELS}-{place}"):
        for column, stack in zip(st.columns(len(stacks)), stacks, strict=True):
            with column:
                key = f"{place}.{stack.title}.{'log' if stack.is_log else 'plain'}"
                st.vega_lite_chart(spec=draw_stack(stack, colours, start), alt=describe_stack(stack), key=key)


def render_stack_legend(stacks: list[Stack], colours: Colours) -> None:
    """What each ink is."""
    tones = DARK_TONES if colours.is_dark else TONES
    found = {part.name for stack in stacks for part in stack.parts}
    names = [name for name in LABELS if name in found and not (name == "revenue" and "worth" in found)]
    square = "display:inline-block;width:1.4rem;height:.8rem;vertical-align:middle;opacity:.6;background:"
    marks = "".join(f"<span><span style='{square}{tones[name]}'></span> {LABELS[name]}</span>" for name in names)
    if any(stack.baseline is not None for stack in stacks):
        line = f"display:inline-block;width:1.4rem;border-top:3px dashed {colours.baseline};vertical-align:middle"
        marks += f"<span><span style='{line}'></span> the same run of the baseline</span>"
    st.html(f"<div style='{LEGEND}'>{marks}</div>")


LABELS = {
    "worth": "worth: what is paid to the token (alone: the part from revenue paid to stakers)",
    "premium": "speculative premium",
    "revenue": "worth from revenue paid to stakers",
    "balances": "worth from balances of payers",
}
