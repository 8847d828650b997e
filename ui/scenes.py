"""Parts that pages share: the scenario in the side bar, headlines, messages."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import streamlit as st

from experiments.errors import ProblemError
from experiments.scenario import list_scenarios, load_scenario
from experiments.schema import show_parameters
from experiments.version import compute_code_version
from ui.bands import Rows, describe_values
from ui.charts import METRIC_INFO
from ui.forms import Values, get_changes, render_changes, render_form, set_changes
from ui.recipes import USUAL_PRESET
from ui.words import PERCENT, name_thing, name_unit, show_plain, show_range, show_signed

FORM = "scenario"
"""The one scenario that a session works on, on every page."""
HEADLINES = ("price_usd", "apr_core", "apr_flex", "apr_guardian", "rollups_live", "revenue_era")


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
        st.subheader("Parameters", anchor=False)
        render_form(FORM, usual)


def name_preset(name: str) -> str:
    """A preset as people read it."""
    return name.replace("-", " ").capitalize()


def describe_choice() -> str:
    """The scenario in a few words."""
    count = len(get_changes(FORM))
    return f"**{name_preset(get_preset())}**" + (f" with {count} change{'s' if count > 1 else ''}" if count else "")


@contextmanager
def show_problems() -> Iterator[None]:
    """What is wrong with a request becomes one clear line; the rest of the page stays."""
    try:
        yield
    except ProblemError as problem:
        render_problem(str(problem))


def render_problem(text: str) -> None:
    """One line."""
    st.error(text.removeprefix("--set").strip(), icon=":material/error:")


def render_empty(icon: str, title: str, text: str) -> None:
    """A place that has nothing to show yet, and how to change that."""
    with st.container(border=True, horizontal_alignment="center"):
        st.space("small")
        st.markdown(f"### :gray[:material/{icon}:]", width="content")
        st.markdown(f"**{title}**", width="content")
        st.caption(text, width="content")
        st.space("small")


def render_headlines(values: dict[str, Rows], differences: dict[str, Rows], when: str) -> None:
    """One card per headline: the median at the end over runs and its interval; under a pinned baseline the paired difference."""
    names = [name for name in HEADLINES if name in values and len(values[name])]
    for column, name in zip(st.columns(len(names) or 1), names, strict=True):
        with column, st.container(border=True, gap="xxsmall", height="stretch"):
            _render_headline(name, values[name], differences.get(name), when)


def _render_headline(name: str, values: Rows, difference: Rows | None, when: str) -> None:
    info = METRIC_INFO[name]
    low, mid, high = describe_values(values)
    unit = name_unit(info.unit) if info.unit not in PERCENT else ""
    st.metric(f"{name_thing(name)} ({unit})" if unit else name_thing(name), show_plain(mid, info.unit), help=f"{info.doc} Median {when}.")
    st.caption(f"90 %: {show_range(low, high, info.unit, False)}")
    if difference is not None and np.any(difference):
        low, mid, high = describe_values(difference)
        st.markdown(
            f"<small>{_colour(show_signed(mid, info.unit, False), mid, info.better)} vs baseline<br>"
            f"{show_signed(low, info.unit, False)} to {show_signed(high, info.unit, False)}</small>",
            unsafe_allow_html=True,
        )


def _colour(text: str, value: float, better: str) -> str:
    """Good is blue and bad is orange; the sign says it too."""
    sign = {"high": 1.0, "low": -1.0}.get(better, 0.0) * value
    return f":{'blue' if sign > 0 else 'orange' if sign < 0 else 'gray'}[**{text}**]"


def render_title(title: str, text: str) -> None:
    """The head of a page; less empty space above it than usual."""
    st.html("<style>.stMainBlockContainer{padding:3.5rem 2rem 3rem}[data-testid='stSidebarHeader']{padding-bottom:0}</style>")
    st.title(title, anchor=False)
    st.markdown(text)
