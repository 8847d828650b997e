"""Parts that pages share: the scenario in the side bar, headlines, messages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import numpy as np
import streamlit as st

from metalab.experiments.errors import ProblemError
from metalab.experiments.inputs.scenario import list_scenarios, load_scenario
from metalab.experiments.inputs.schema import show_parameters
from metalab.experiments.runs.version import compute_code_version
from metalab.protocol.kernel.declare import Info
from metalab.ui.charts.formatting import PERCENT, count_things, name_thing, name_unit, show_plain, show_range, show_signed, show_span
from metalab.ui.charts.page_style import CARDS, render_style
from metalab.ui.charts.quantile_bands import Rows, describe_values
from metalab.ui.charts.time_series import METRIC_INFO
from metalab.ui.inputs.exploration import USUAL_PRESET, Recipe
from metalab.ui.inputs.parameter_forms import Values, get_changes, render_changes, render_form, set_changes
from metalab.ui.inputs.schedule import EMPTY, Calendar, describe_entry, list_entries

FORM = "scenario"
"""The one scenario that a session works on, on every page."""
CALENDAR_SHOWN = 8
NOTHING = 1e-4
"""Differences smaller than this part of the level are not worth a number."""
HEADLINES = ("price_usd", "apr_core", "apr_flex", "apr_guardian", "rollups_live", "revenue_era")


@st.cache_data(show_spinner=False)
def _read_start(preset: str, code: str) -> date:
    return load_scenario(preset).start_date


def read_start(preset: str) -> date:
    """The date of a preset's day 0."""
    return _read_start(preset, compute_code_version())


@st.cache_data(show_spinner=False)
def _read_usual(preset: str, code: str) -> Values:
    return show_parameters(load_scenario(preset).parameters)


def read_usual(preset: str) -> Values:
    """A preset's parameters as people write them."""
    return _read_usual(preset, compute_code_version())


def get_preset() -> str:
    """The chosen preset."""
    return str(st.session_state.get(f"{FORM}.preset", USUAL_PRESET))


def _choose_preset() -> None:
    st.session_state[f"{FORM}.preset"] = st.session_state["preset"]
    set_changes(FORM, {})
    set_calendar(EMPTY)


def get_calendar() -> Calendar:
    """Scheduled changes and shocks of an opened file."""
    return st.session_state.get(f"{FORM}.calendar", EMPTY)


def set_calendar(calendar: Calendar) -> None:
    """Replace it."""
    st.session_state[f"{FORM}.calendar"] = calendar


def get_world() -> Recipe:
    """The scenario that the session works on; seed, days and runs are a page's own."""
    return Recipe(get_preset(), get_changes(FORM), calendar=get_calendar())


def render_scenario() -> None:
    """Preset, what was changed, and all parameters, in the side bar."""
    presets = list_scenarios()
    names = list(presets)
    with st.sidebar:
        chosen = get_preset()
        st.selectbox(
            "Start from", names, index=names.index(chosen), key="preset", on_change=_choose_preset, format_func=name_preset,
            help="A preset is a complete world. Choosing another one drops your changes.",
        )  # fmt: skip
        st.caption(presets[chosen] + ".")
        usual = read_usual(chosen)
        with st.container(border=True):
            render_changes(FORM, usual)
            render_calendar()
        st.subheader("Parameters", anchor=False)
        render_form(FORM, usual)


def render_calendar() -> None:
    """Scheduled changes and shocks, and a button that removes them."""
    calendar = get_calendar()
    if not calendar:
        return
    st.markdown(f"**Scheduled changes, grants and shocks** :blue-badge[{sum(map(len, calendar))}]")
    lines = [describe_entry(entry) for entry in list_entries(calendar)]
    st.markdown("  \n".join(f":small[{day} · {what.replace('_', ' ')}]" for day, what in lines[:CALENDAR_SHOWN]))
    if len(lines) > CALENDAR_SHOWN:
        st.caption(f"and {len(lines) - CALENDAR_SHOWN} more")
    icon, key = ":material/event_busy:", f"{FORM}.calendar.remove"
    st.button("Remove these", icon=icon, key=key, on_click=set_calendar, args=(EMPTY,), width="stretch")


def name_preset(name: str) -> str:
    """A preset as people read it."""
    return name.replace("-", " ").capitalize()


def describe_choice() -> str:
    """The scenario in a few words."""
    count = len(get_changes(FORM)) + sum(map(len, get_calendar()))
    return f"**{name_preset(get_preset())}**" + (f" with {count_things(count, 'change')}" if count else "")


@contextmanager
def show_problems() -> Iterator[None]:
    """What is wrong with a request becomes one clear line; the rest of the page stays."""
    try:
        yield
    except ProblemError as problem:
        render_problem(str(problem))


def render_problem(text: str) -> None:
    """One line."""
    st.error(text.removeprefix("--set: "), icon=":material/error:")


def render_empty(icon: str, title: str, text: str) -> None:
    """A place that has nothing to show yet, and how to change that."""
    with st.container(border=True, horizontal_alignment="center"):
        st.space("small")
        st.markdown(f"### :gray[:material/{icon}:]", width="content")
        st.markdown(f"**{title}**", width="content")
        st.caption(text, width="content")
        st.space("small")


def render_headlines(values: dict[str, Rows], differences: dict[str, Rows], when: str, against: str = "") -> None:
    """One card per headline: the median over runs and where most runs lie; `against` a pinned baseline the paired difference too."""
    names = [name for name in HEADLINES if name in values and len(values[name])]
    if not names:
        return
    more = f"; in bold the median difference from the baseline ({against}), and 90 % of the differences" if differences else ""
    st.caption(f"{when[0].upper()}{when[1:]}: the median, and where 90 % of runs lie{more}.")
    with st.container(key=CARDS):
        for column, name in zip(st.columns(len(names)), names, strict=True):
            with column, st.container(border=True, gap="xxsmall", height="stretch"):
                _render_headline(name, values[name], differences.get(name))


def _render_headline(name: str, values: Rows, difference: Rows | None) -> None:
    info = METRIC_INFO[name]
    low, mid, high = describe_values(values)
    unit = name_unit(info.unit) if info.unit not in PERCENT else ""
    st.metric(f"{name_thing(name)} ({unit})" if unit else name_thing(name), show_plain(mid, info.unit), help=info.doc)
    text = f"<small>{show_range(low, high, info.unit, False)}</small>"
    if difference is not None:
        text += f"<br>{_describe_difference(info, difference, abs(mid))}"
    st.markdown(text, unsafe_allow_html=True)


def _describe_difference(info: Info, difference: Rows, level: float) -> str:
    """The median difference, in colour where most runs agree on its sign, and where most differences lie."""
    low, mid, high = describe_values(difference)
    if max(abs(low), abs(high)) <= level * NOTHING:
        return "<small>no difference</small>" if not np.any(difference) else "<small>almost no difference</small>"
    text = _colour(show_signed(mid, info.unit, False), mid if low > 0 or high < 0 else 0.0, info.better)
    return f"{text}<br><small>{show_span(low, high, info.unit, False)}</small>"


def _colour(text: str, value: float, better: str) -> str:
    """Good is blue and bad is orange; the sign says it too."""
    sign = {"high": 1.0, "low": -1.0}.get(better, 0.0) * value
    return f":{'blue' if sign > 0 else 'orange' if sign < 0 else 'gray'}[**{text}**]"


def render_title(title: str, text: str) -> None:
    """The head of a page."""
    render_style()
    st.title(title, anchor=False)
    st.markdown(text)
