"""Charts: bands over runs as small multiples, paired differences with a zero line. Colours are those of Okabe and Ito."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import streamlit as st

from econ.daily import METRICS
from protocol.declare import Info
from ui.bands import Band
from ui.words import PERCENT, count_things, name_scale, name_thing, show_number, show_range

if TYPE_CHECKING:
    import altair as alt

METRIC_INFO: dict[str, Info] = {leaf.path.split(".")[-1]: leaf.info for leaf in METRICS}
OVERVIEW = (
    "price_usd", "circulating_effective_era", "volume_usd", "messages", "users_active", "revenue_era",
    "apr_core", "apr_flex", "apr_guardian", "staked_core_era", "rollups_live", "treasury_era",
)  # fmt: skip
"""What people ask for first; those of them that exist are shown together."""
OVERVIEW_NAME = "Main outcomes"
COLUMNS_WIDE = 3
HEIGHT = 210


class Colours(NamedTuple):
    """Ink of the two series and of the zero line."""

    scenario: str
    baseline: str
    rule: str


LIGHT = Colours("#0072B2", "#C4560A", "#767676")
DARK = Colours("#56B4E9", "#E69F00", "#8b8b8b")


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
    """Metrics by the view that they declare, the overview first."""
    views: dict[str, list[str]] = {OVERVIEW_NAME: [name for name in OVERVIEW if name in METRIC_INFO]}
    for name, info in METRIC_INFO.items():
        if info.view:
            views.setdefault(name_thing(info.view), []).append(name)
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


def draw_panel(panel: Panel, colours: Colours) -> "alt.LayerChart":
    """Band, median and a reading line that follows the pointer."""
    import altair as alt

    info = METRIC_INFO[panel.metric]
    factor = 100.0 if info.unit in PERCENT else 1.0
    layers: list[Any] = [_draw_rule(colours, y=0)] if panel.is_difference else []
    layers += [_draw_rule(colours, x=panel.decided)] if panel.decided >= 0 else []
    if panel.baseline is not None:
        layers += _draw_series(panel.baseline, factor, colours.baseline, "baseline", info)
    layers += _draw_series(panel.band, factor, colours.scenario, "difference" if panel.is_difference else "this scenario", info)
    unit = name_scale(info.unit)
    title = alt.TitleParams(
        text=name_thing(panel.metric) + (" · difference" if panel.is_difference else ""),
        subtitle=unit if factor == 1.0 or not panel.is_difference else unit.replace("%", "percentage points"),
        anchor="start", fontSize=14, fontWeight=600, subtitleFontSize=12, offset=8,
    )  # fmt: skip
    return alt.layer(*layers).properties(title=title, height=HEIGHT, width="container")


def _draw_rule(colours: Colours, **at: int) -> Any:
    import altair as alt

    return alt.Chart(alt.Data(values=[at])).mark_rule(color=colours.rule, strokeDash=[4, 3]).encode(**{axis: f"{axis}:Q" for axis in at})


def _draw_series(band: Band, factor: float, colour: str, name: str, info: Info) -> list[Any]:
    import altair as alt

    axis = alt.Axis(title=None, format=_find_format(band, factor), tickCount=4, labelExpr="replace(datum.label, 'G', 'bn')")
    x = alt.X(
        "day:Q",
        title="day",
        axis=alt.Axis(tickCount=5, format="d", grid=False, titlePadding=2, titleFontSize=11, labelFlush=False),
        scale=alt.Scale(nice=False),
    )
    base = alt.Chart(alt.Data(values=_list_points(band, factor))).encode(x=x)
    y = alt.Y("mid:Q", axis=axis, scale=alt.Scale(zero=False))
    hover = alt.selection_point(
        name=f"hover_{'baseline' if name == 'baseline' else 'main'}", nearest=True, on="pointermove", fields=["day"], empty=False
    )
    shown = [alt.Tooltip("day:Q", title="day", format="d")]
    shown += [
        alt.Tooltip(f"{key}:Q", title=f"{name}, {label}", format=",.4~g")
        for key, label in (("mid", "median"), ("low", "5 %"), ("high", "95 %"))
    ]
    area = base.mark_area(color=colour, opacity=0.2).encode(y=alt.Y("low:Q", axis=axis, scale=alt.Scale(zero=False)), y2="high:Q")
    line = base.mark_line(color=colour, strokeWidth=2, strokeDash=[5, 3] if name == "baseline" else [1, 0]).encode(y=y)
    if name == "baseline":
        return [area, line]
    dots = base.mark_circle(color=colour, size=45).encode(y=y, tooltip=shown, opacity=alt.condition(hover, alt.value(1), alt.value(0)))
    return [area, line, dots.add_params(hover)]


def _list_points(band: Band, factor: float) -> list[dict[str, float]]:
    columns = (band.days, band.low * factor, band.mid * factor, band.high * factor)
    return [
        {"day": day, "low": _trim(low), "mid": _trim(mid), "high": _trim(high)}
        for day, low, mid, high in zip(*(column.tolist() for column in columns), strict=True)
    ]


def _trim(value: float) -> float:
    """Six digits are more than a chart can show, and half the bytes."""
    return float(f"{value:.6g}")


def _find_format(band: Band, factor: float) -> str:
    largest = float(np.max(np.abs(np.concatenate((band.low, band.high))))) * factor if len(band.days) else 0.0
    return "~s" if largest >= 10_000 else ",.4~g"


def render_panels(panels: list[Panel], place: str) -> None:
    """Small multiples, three in a row."""
    colours = get_colours()
    for start in range(0, len(panels), COLUMNS_WIDE):
        columns = st.columns(COLUMNS_WIDE, gap="medium")
        for column, panel in zip(columns, panels[start : start + COLUMNS_WIDE], strict=False):
            with column:
                st.altair_chart(draw_panel(panel, colours), alt=describe_panel(panel), key=f"{place}.{panel.metric}")


def render_legend(runs: int, baseline: bool, is_difference: bool) -> None:
    """What the lines and areas are; the colours are those of the charts."""
    colours = get_colours()
    if is_difference:
        marks = _mark(colours.scenario, "median difference", "5 to 95 % of the differences")
        st.html(f"<div style='{LEGEND}'>{marks}<span>dashed: no difference</span></div>")
        return
    marks = _mark(colours.scenario, "this scenario: median", f"5 to 95 % of {count_things(runs, 'run')}")
    if baseline:
        marks += _mark(colours.baseline, "pinned baseline", "the same", dashed=True)
    st.html(f"<div style='{LEGEND}'>{marks}</div>")


LEGEND = "display:flex;flex-wrap:wrap;gap:.4rem 1.4rem;align-items:center;font-size:.85rem;opacity:.9"


def _mark(colour: str, line: str, area: str, dashed: bool = False) -> str:
    style = "dashed" if dashed else "solid"
    return (
        f"<span><span style='display:inline-block;width:1.4rem;border-top:3px {style} {colour};vertical-align:middle'></span> {line}</span>"
        f"<span><span style='display:inline-block;width:1.4rem;height:.8rem;background:{colour};opacity:.25;vertical-align:middle'></span> "
        f"{area}</span>"
    )
