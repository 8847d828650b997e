"""Charts: bands over runs as small multiples, paired differences with a zero line. Colours are those of Okabe and Ito."""

import json
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import streamlit as st

from metalab.econ.kernel.records import METRIC_ROOMS, METRICS, ROOMS
from metalab.protocol.kernel.declare import Info
from metalab.ui.charts.formatting import PERCENT, count_things, name_scale, name_thing, show_number, show_range
from metalab.ui.charts.page_style import PANELS
from metalab.ui.charts.quantile_bands import Band

if TYPE_CHECKING:
    import pandas as pd

METRIC_INFO: dict[str, Info] = {leaf.path.split(".")[-1]: leaf.info for leaf in METRICS}
OVERVIEW = (
    "price_usd", "circulating_effective_era", "volume_usd", "messages", "users_active", "revenue_era",
    "apr_core", "apr_flex", "apr_guardian", "staked_core_era", "rollups_live", "treasury_era",
)  # fmt: skip
"""What people ask for first; those of them that exist are shown together."""
OVERVIEW_NAME = "Main outcomes"
HEIGHT = 190


class Colours(NamedTuple):
    """Ink of the two series and of the zero line."""

    scenario: str
    baseline: str
    rule: str
    is_dark: bool = False


LIGHT = Colours("#0072B2", "#C4560A", "#767676")
DARK = Colours("#56B4E9", "#E69F00", "#9d9d9d", True)


class Panel(NamedTuple):
    """One small chart: a metric with the band of the scenario and, where there is one, of the baseline. `decided`: a day to mark."""

    metric: str
    band: Band
    baseline: Band | None = None
    is_difference: bool = False
    decided: int = -1


def get_colours() -> Colours:
    """The colours for the theme that the browser shows."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def list_views() -> dict[str, list[str]]:
    """Metrics with a chart by their room, the overview first."""
    views: dict[str, list[str]] = {OVERVIEW_NAME: [name for name in OVERVIEW if name in METRIC_INFO]}
    for room in ROOMS:
        shown = [name for name, info in METRIC_INFO.items() if info.chart and METRIC_ROOMS[name] == room]
        if shown:
            views[name_thing(room)] = shown
    return views


def describe_panel(panel: Panel) -> str:
    """The chart in words, for those who do not see it."""
    info = METRIC_INFO[panel.metric]
    band = panel.band
    what = "difference from the baseline in " if panel.is_difference else ""
    ends = f"median ends at {show_number(band.mid[-1], info.unit)}, 5 to 95 % of runs {show_range(band.low[-1], band.high[-1], info.unit)}"
    span = f"{count_things(band.runs, 'run')}, day {band.days[0]:.0f} to {band.days[-1]:.0f}"
    text = f"{name_thing(panel.metric)}: {what}{info.doc} {span}; {ends}."
    if panel.baseline is not None:
        text += f" Baseline median ends at {show_number(panel.baseline.mid[-1], info.unit)}."
    return text


class Shape(NamedTuple):
    """All of a chart but its numbers. Altair takes 100 ms to build and check one, so each is built once."""

    metric: str
    number_format: str
    has_baseline: bool
    is_difference: bool
    decided: int
    has_dates: bool
    colours: Colours


def draw_panel(panel: Panel, colours: Colours, start: date | None = None) -> dict[str, Any]:
    """Band, median and a dot that follows the pointer, as a Vega-Lite specification with its data. `start` is the date of day 0."""
    factor = _get_factor(METRIC_INFO[panel.metric])
    form = _find_format(panel.band, factor)
    shape = Shape(panel.metric, form, panel.baseline is not None, panel.is_difference, panel.decided, start is not None, colours)
    spec: dict[str, Any] = json.loads(_draw_shape(shape))
    # The pointer reads both at once, so they share a table; the days are the same.
    bands = {"": panel.band} | ({"_base": panel.baseline} if panel.baseline is not None else {})
    points = _list_points(bands, factor)
    if start is not None:
        points["date"] = [show_date(start, day) for day in panel.band.days.tolist()]
    # The shape brings small data sets of its own: the marks at zero and at the decision.
    spec["datasets"] = spec.get("datasets", {}) | {"scenario": points}
    return spec


@lru_cache(maxsize=16_384)
def show_date(start: date, day: float) -> str:
    """The date of a day."""
    at = start + timedelta(days=day)
    return f"{at.day} {at:%b %Y}"


def _get_factor(info: Info) -> float:
    return 100.0 if info.unit in PERCENT else 1.0


@lru_cache(maxsize=1_024)
def _draw_shape(shape: Shape) -> str:
    import altair as alt

    info, colours = METRIC_INFO[shape.metric], shape.colours
    layers: list[Any] = [_draw_rule(colours, y=0)] if shape.is_difference else []
    layers += [_draw_rule(colours, x=shape.decided)] if shape.decided >= 0 else []
    if shape.has_baseline:
        layers += _draw_band("_base", shape.number_format, colours.baseline)
    layers += _draw_band("", shape.number_format, colours.scenario)
    layers.append(_draw_reader(shape))
    unit = name_scale(info.unit)
    title = alt.TitleParams(
        text=name_thing(shape.metric) + (" · difference" if shape.is_difference else ""),
        subtitle=unit.replace("%", "percentage points") if shape.is_difference else unit,
        anchor="start", fontSize=14, fontWeight=600, subtitleFontSize=12, subtitleColor=colours.rule, offset=8,
    )  # fmt: skip
    chart: str = alt.layer(*layers).properties(title=title, height=HEIGHT, width="container").to_json(indent=None, validate=False)
    return chart


def _draw_rule(colours: Colours, **at: int) -> Any:
    import altair as alt

    return (
        alt.Chart(alt.InlineData(values=[at])).mark_rule(color=colours.rule, strokeDash=[4, 3]).encode(**{axis: f"{axis}:Q" for axis in at})
    )


def _place() -> Any:
    import altair as alt

    axis = alt.Axis(tickCount=5, format="d", grid=False, titlePadding=2, titleFontSize=11, labelFlush=False)
    return alt.Chart(alt.NamedData("scenario")).encode(x=alt.X("day:Q", title="day", axis=axis, scale=alt.Scale(nice=False)))


def _draw_band(tail: str, number_format: str, colour: str) -> list[Any]:
    """Area and median of the columns whose names end in `tail`: the baseline's are paler and dashed."""
    import altair as alt

    axis = alt.Axis(title=None, format=number_format, tickCount=4, labelExpr="replace(datum.label, 'G', 'bn')")
    scale = alt.Scale(zero=False)
    area = _place().mark_area(color=colour, opacity=0.13 if tail else 0.22)
    area = area.encode(y=alt.Y(f"low{tail}:Q", axis=axis, scale=scale), y2=f"high{tail}:Q")
    line = _place().mark_line(color=colour, strokeWidth=2, strokeDash=[5, 3] if tail else [1, 0])
    return [area, line.encode(y=alt.Y(f"mid{tail}:Q", axis=axis, scale=scale))]


def _draw_reader(shape: Shape) -> Any:
    """The dot nearest to the pointer, with its numbers."""
    import altair as alt

    hover = alt.selection_point(name="hover", nearest=True, on="pointermove", fields=["day"], empty=False, clear="pointerout")
    shown = [alt.Tooltip("day:Q", title="day", format="d")] + ([alt.Tooltip("date:N", title="date")] if shape.has_dates else [])
    names = [("", "difference" if shape.is_difference else "this scenario")] + ([("_base", "baseline")] if shape.has_baseline else [])
    for tail, name in names:
        for key, label in (("mid", "median"), ("low", "5 %"), ("high", "95 %")):
            shown.append(alt.Tooltip(f"{key}{tail}:Q", title=f"{name}, {label}", format=",.4~r"))
    opacity = alt.condition(hover, alt.value(1), alt.value(0))
    dot = _place().mark_circle(color=shape.colours.scenario, size=45)
    return dot.encode(y="mid:Q", tooltip=shown, opacity=opacity).add_params(hover)


def _list_points(bands: dict[str, Band], factor: float) -> "pd.DataFrame":
    """In single precision, half the bytes and more than a chart can show."""
    import pandas as pd

    columns = {"day": bands[""].days.astype("int32")}
    for tail, band in bands.items():
        for name, column in (("low", band.low), ("mid", band.mid), ("high", band.high)):
            columns[name + tail] = (column * factor).astype("float32")
    return pd.DataFrame(columns)


def _find_format(band: Band, factor: float) -> str:
    largest = float(np.max(np.abs(np.concatenate((band.low, band.high))))) * factor if len(band.days) else 0.0
    return ".3~s" if largest >= 10_000 else ",.5~g"


def render_panels(panels: list[Panel], place: str, start: date | None = None) -> None:
    """Small multiples in a grid. `start` is the date of day 0, if the days have dates."""
    colours = get_colours()
    if not panels:
        return
    with st.container(key=f"{PANELS}-{place}"):
        for column, panel in zip(st.columns(len(panels)), panels, strict=True):
            with column:
                st.vega_lite_chart(spec=draw_panel(panel, colours, start), alt=describe_panel(panel), key=f"{place}.{panel.metric}")


def render_legend(runs: int, baseline: bool, is_difference: bool) -> None:
    """What the lines and areas are; the colours are those of the charts."""
    colours = get_colours()
    if is_difference:
        marks = _mark(colours.scenario, "median difference", "5 to 95 % of the differences")
        st.html(f"<div style='{LEGEND}'>{marks}<span>dashed: no difference</span></div>")
        return
    marks = _mark(colours.scenario, "this scenario: median", f"5 to 95 % of {count_things(runs, 'run')}")
    if baseline:
        marks += _mark(colours.baseline, "pinned baseline: median", "5 to 95 % of its runs", dashed=True)
    st.html(f"<div style='{LEGEND}'>{marks}</div>")


LEGEND = "display:flex;flex-wrap:wrap;gap:.4rem 1.4rem;align-items:center;font-size:.85rem;opacity:.9"


def _mark(colour: str, line: str, area: str, dashed: bool = False) -> str:
    style = "dashed" if dashed else "solid"
    return (
        f"<span><span style='display:inline-block;width:1.4rem;border-top:3px {style} {colour};vertical-align:middle'></span> {line}</span>"
        f"<span><span style='display:inline-block;width:1.4rem;height:.8rem;background:{colour};opacity:.25;vertical-align:middle'></span> "
        f"{area}</span>"
    )
