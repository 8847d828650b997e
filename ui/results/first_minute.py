"""What a page shows while the rules are compiled: stored results that say what they are, and how far compiling is."""

import streamlit as st

from metalab.experiments.runs.compile_progress import is_compiling, read_progress
from metalab.experiments.runs.version import compute_code_version
from metalab.ui.charts.formatting import count_things
from metalab.ui.charts.stacked_areas import render_stacks
from metalab.ui.charts.time_series import Panel, render_legend, render_panels
from metalab.ui.inputs.exploration import Recipe
from metalab.ui.inputs.page_parts import read_start
from metalab.ui.results.price_view import PricePaths, describe_paths, list_stacks, name_run
from metalab.ui.results.stored import StoredResults, read_stored

POLL_S = 1.0
"""Seconds between two looks at how far compiling is."""


def is_waiting() -> bool:
    """Whether another process is compiling what a run needs."""
    return is_compiling()


@st.fragment(run_every=POLL_S)
def watch_compiling() -> None:
    """How far it is; the page begins again once it is done."""
    progress = read_progress()
    if progress is None or progress.is_finished:
        st.rerun()
    st.progress(
        progress.done / progress.steps,
        text=f"Compiling the rules, once for this version of the code: step {progress.done} of {progress.steps}. "
        "Your own runs start when it is done.",
    )


def describe_stored(stored: StoredResults, is_changed: bool) -> str:
    """What the charts below are, in full."""
    which = "this version of the code" if stored.code_version == compute_code_version() else "an earlier version of the code"
    text = (
        f"Stored results of the preset, not a run of yours: {count_things(stored.runs, 'run')} over {stored.days:,} days, "
        f"seed {stored.seed}, made with {which} ({stored.code_version[:8]})."
    )
    return text + " Your changes are not in them." if is_changed else text


def render_first_minute(recipe: Recipe) -> None:
    """Stored charts of the preset under the progress of compiling."""
    watch_compiling()
    stored = read_stored(recipe.preset)
    if stored is None:
        return
    st.caption(describe_stored(stored, not recipe.is_same_world(Recipe(recipe.preset))))
    start = read_start(recipe.preset)
    if stored.paths:
        paths = PricePaths(stored.paths["day"], stored.paths, name_run(stored.run, stored.runs))
        st.markdown(describe_paths(paths))
        render_stacks(list_stacks(paths), "stored-price", start)
    render_legend(stored.runs, False, False)
    render_panels([Panel(metric, band) for metric, band in stored.bands.items()], "stored", start)
