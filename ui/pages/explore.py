"""Explore: change anything, see a few runs at once, compare with a pinned baseline."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from metalab.econ.kernel.records import COLUMNS
from metalab.experiments.errors import ProblemError
from metalab.experiments.runs.price_parts import PRICE, find_middle, read_rule
from metalab.experiments.validation.notices import find_notices
from metalab.ui.charts.formatting import count_things
from metalab.ui.charts.quantile_bands import POINTS, Band, make_band, thin_days
from metalab.ui.charts.stacked_areas import Stack, render_stacks
from metalab.ui.charts.time_series import Panel, list_views, render_legend, render_panels
from metalab.ui.inputs.exploration import Recipe, make_slug, read_baseline, read_query, read_upload, write_link, write_query, write_toml
from metalab.ui.inputs.limits import EXPLORE_DAYS, EXPLORE_RUNS, LARGEST_SEED
from metalab.ui.inputs.page_parts import (
    FORM,
    HEADLINES,
    describe_choice,
    get_preset,
    get_world,
    read_start,
    render_empty,
    render_headlines,
    render_problem,
    render_scenario,
    render_title,
    set_calendar,
    show_problems,
)
from metalab.ui.inputs.parameter_forms import set_changes
from metalab.ui.inputs.proposal_draft import list_examples, read_draft
from metalab.ui.results.first_minute import is_waiting, render_first_minute
from metalab.ui.results.live_runs import Futures, compare, pair, simulate
from metalab.ui.results.notices import render_notices
from metalab.ui.results.outcomes import render_all, render_flows, render_stakeholders
from metalab.ui.results.price_view import average, list_stacks, name_run, pick_run, render_change, render_price

LEVELS, DIFFERENCE = "Levels", "Difference from baseline"
CHARTS = "Charts"
PARTS: dict[str, Callable[[Futures, Futures | None, int], None]] = {
    "All outcomes": render_all,
    "Stakeholders": render_stakeholders,
    "Token flows": render_flows,
}
"""What there is besides the charts over time."""
SHOWN = {"part": (CHARTS, *PARTS), "view": tuple(list_views()), "shown": (LEVELS, DIFFERENCE)}
"""What a person has chosen to look at; the first of each is the usual one, and a link carries the others."""


def apply_recipe(recipe: Recipe) -> None:
    """Make a recipe the session's own."""
    st.session_state[f"{FORM}.preset"] = recipe.preset
    st.session_state.pop("preset", None)
    set_changes(FORM, recipe.changes)
    set_calendar(recipe.calendar)
    st.session_state.update({"explore.seed": recipe.seed, "explore.days": recipe.days, "explore.runs": recipe.runs})


def open_link() -> None:
    """Take over what the link says, once a session; what it says wrong is told and left out."""
    if "explore.seed" in st.session_state:
        return
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    recipe, problems = read_query(query)
    baseline, more = read_baseline(query)
    apply_recipe(recipe)
    if baseline is not None:
        st.session_state["explore.pinned"] = baseline
    for name, allowed in SHOWN.items():
        if query.get(name, [""])[-1] in allowed:
            st.session_state[f"explore.{name}"] = query[name][-1]
    st.session_state["explore.problems"] = problems + more


def get_recipe() -> Recipe:
    """What the page shows."""
    state = st.session_state
    return replace(get_world(), seed=state["explore.seed"], days=state["explore.days"], runs=state["explore.runs"])


def write_state() -> dict[str, list[str]]:
    """All that the page shows, as the parameters of a link."""
    chosen = {name: st.session_state.get(f"explore.{name}") for name in SHOWN}
    query = write_query(get_recipe(), st.session_state.get("explore.pinned"))
    return query | {name: [value] for name, value in chosen.items() if value in SHOWN[name][1:]}


def render_controls() -> None:
    """Seed, days, runs; they stand above the charts they govern."""
    state = st.session_state

    def keep(name: str) -> None:
        if state[f"explore.{name}.widget"] is not None:
            state[f"explore.{name}"] = state[f"explore.{name}.widget"]

    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    for name, options, label in (("days", EXPLORE_DAYS, "Days"), ("runs", EXPLORE_RUNS, "Runs")):
        row.segmented_control(
            label, options, default=state[f"explore.{name}"], key=f"explore.{name}.widget", required=True, on_change=keep, args=(name,)
        )
    row.number_input(
        "Seed", 0, LARGEST_SEED, state["explore.seed"], key="explore.seed.widget", on_change=keep, args=("seed",), width=120,
        help="Run k is replication k of this seed; the same seed gives the same futures.",
    )  # fmt: skip
    render_actions(row, get_recipe())


def render_actions(row: Any, recipe: Recipe) -> None:
    """Pin, share, save."""
    if "explore.pinned" in st.session_state:
        row.button("Unpin", icon=":material/keep_off:", on_click=lambda: st.session_state.pop("explore.pinned"), help="Drop the baseline.")
    else:
        row.button(
            "Pin as baseline", icon=":material/keep:", type="primary", on_click=lambda: st.session_state.update({"explore.pinned": recipe}),
            help="Keep this scenario; what you change next is compared with it, run by run under the same chance.",
        )  # fmt: skip
    with row.popover("Share", icon=":material/ios_share:", help="A link, files to keep, a file to open"):
        st.caption("This link opens the same scenario, baseline, seed, days, runs and view.")
        st.code(write_link(st.context.url or "http://localhost:8501/", write_state()), language=None, wrap_lines=True)
        render_files(recipe)


def render_starters() -> None:
    """For first-time users: a change to try, made and compared at a click."""
    if st.session_state.get("explore.pinned") or not get_recipe().is_same_world(Recipe(get_preset())):
        return
    names = list(list_changes())
    st.pills(
        "New here? Try a change and see what it does:", names, key="explore.starter", on_change=try_starter, wrap=True,
        help="Pins what you see as the baseline and makes the changes of an example proposal.",
    )  # fmt: skip


@st.cache_data(show_spinner=False)
def list_changes() -> dict[str, dict[str, Any]]:
    """What the example proposals change, by name; left out are those of which a world's parameters could not show the whole."""
    drafts = {name: read_draft(path.read_bytes()) for name, path in list_examples().items()}
    whole = {name: draft for name, draft in drafts.items() if draft.changes and not (draft.grants or draft.flows or draft.ends)}
    return {name: {change.path: change.value for change in draft.changes} for name, draft in whole.items()}


def try_starter() -> None:
    """Pin what is shown and make the changes."""
    name = st.session_state.get("explore.starter")
    if name:
        st.session_state["explore.pinned"] = get_recipe()
        set_changes(FORM, list_changes()[name])
        st.session_state["explore.starter"] = None


def render_files(recipe: Recipe) -> None:
    """Downloads, and a scenario file to open."""
    name = make_slug(f"{recipe.preset}-seed-{recipe.seed}")
    st.download_button(
        "Scenario (TOML)", write_toml(recipe), f"{name}.toml", "application/toml", on_click="ignore", width="stretch", key="save.toml"
    )
    st.download_button(
        "All runs, daily (CSV)", lambda: save_csv(recipe), f"{name}.csv", "text/csv", on_click="ignore", width="stretch", key="save.csv"
    )
    st.download_button(
        "All runs, daily (Parquet)", lambda: save_parquet(recipe), f"{name}.parquet", "application/vnd.apache.parquet",
        on_click="ignore", width="stretch", key="save.parquet",
    )  # fmt: skip
    number = st.session_state.get("explore.uploads", 0)
    st.file_uploader("Open a scenario (TOML)", type="toml", key=f"explore.upload.{number}", on_change=open_upload, args=(number,))


def open_upload(number: int) -> None:
    """Take over an uploaded scenario, or say why not."""
    file = st.session_state.get(f"explore.upload.{number}")
    st.session_state["explore.uploads"] = number + 1
    if file is None:
        return
    try:
        apply_recipe(read_upload(file.getvalue()))
        st.session_state["explore.problems"] = []
    except ProblemError as problem:
        st.session_state["explore.problems"] = [str(problem)]


def make_table(recipe: Recipe) -> pd.DataFrame:
    """All runs: one row per run and day."""
    futures = simulate(recipe)
    table = pd.DataFrame(futures.rows.reshape(-1, len(COLUMNS)), columns=list(COLUMNS))
    table.insert(0, "run", np.repeat(np.arange(futures.count), recipe.days))
    return table.astype({"day": int})


def save_csv(recipe: Recipe) -> bytes:
    """As CSV."""
    return make_table(recipe).to_csv(index=False).encode()


def save_parquet(recipe: Recipe) -> bytes:
    """As Parquet."""
    buffer = BytesIO()
    make_table(recipe).to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def get_baseline(recipe: Recipe) -> Futures | None:
    """The pinned scenario under the seed, days and runs of now; None when there is none, it is this one, or no run succeeded."""
    pinned: Recipe | None = st.session_state.get("explore.pinned")
    if pinned is None or pinned.is_same_world(recipe):
        return None
    found = simulate(replace(pinned, seed=recipe.seed, days=recipe.days, runs=recipe.runs))
    return found if found.count else None


def make_panel(metric: str, futures: Futures, baseline: Futures | None, is_difference: bool) -> Panel:
    """The chart of one metric."""

    def band(values: Any) -> Band:
        return make_band(*thin_days(futures.days, values))

    if is_difference and baseline is not None:
        return Panel(metric, band(pair(futures, baseline, metric)), is_difference=True)
    return Panel(metric, band(futures.get(metric)), None if baseline is None else band(baseline.get(metric)))


def describe_view(recipe: Recipe, futures: Futures, is_difference: bool) -> str:
    """A sentence above the charts."""
    runs = count_things(futures.count, "run")
    points = "Amounts that flow are per day" + (", as means over a week." if recipe.days > POINTS else ".")
    if is_difference:
        return f"The difference from the pinned baseline in each of {runs}, both under the same chance. {points}"
    return f"{runs} over {recipe.days:,} days: the median and the range of 90 % of runs. {points}"


def render_results(recipe: Recipe) -> None:
    """Headlines, and the chosen part."""
    with st.spinner(f"Running {recipe.runs} futures of {recipe.days:,} days …"):
        futures, baseline = simulate(recipe), get_baseline(recipe)
    for failure in futures.failures[:3]:
        render_problem(failure)
    if not futures.count:
        render_empty("error", "No run succeeded", "Undo the last change or choose another seed.")
        return
    ends = {name: futures.get(name)[:, -1] for name in HEADLINES if name in COLUMNS}
    differences = {} if baseline is None else {name: pair(futures, baseline, name)[:, -1] for name in ends}
    last = read_start(recipe.preset) + timedelta(days=recipe.days - 1)
    when = f"on day {recipe.days - 1:,} ({last.day} {last:%b %Y}) over {count_things(futures.count, 'run')}"
    render_headlines(ends, differences, when, st.session_state["explore.pinned"].describe() if baseline is not None else "")
    explain_price(recipe, futures, baseline)
    render_notices(find_notices([*recipe.changes.items(), *recipe.list_planned_values()]))
    row = st.container(horizontal=True)
    part = choose("part", row)
    if part == CHARTS:
        is_difference = baseline is not None and choose("shown", row) == DIFFERENCE
        render_charts(recipe, futures, baseline, is_difference)
    else:
        PARTS[part](futures, baseline, recipe.days)


def explain_price(recipe: Recipe, futures: Futures, baseline: Futures | None) -> None:
    """The price on the last day as worth and premium; against a baseline what moves it."""
    render_price(futures.get, futures.numbers, futures.days)
    if baseline is not None:
        effect = compare(futures, baseline) | {"price_rule": read_rule(recipe.load().parameters)}
        about = f"Price, mean over all days of {count_things(futures.count, 'pair')}"
        render_change(effect, 0, about)


def list_price_stacks(futures: Futures, baseline: Futures | None, is_difference: bool) -> list[Stack]:
    """The parts of the price over time: of the middle run, with the same run of the baseline; or the mean paired differences."""
    days, runs = futures.days, count_things(futures.count, "pair")
    if is_difference and baseline is not None:
        paths = average(days, lambda name: pair(futures, baseline, name), f"the mean difference of {runs}", thin_days)
        return list_stacks(paths, is_difference=True)
    place = find_middle(futures.get(PRICE))
    paths = pick_run(days, futures.get, place, name_run(futures.numbers[place], futures.count), thin_days)
    if baseline is None or futures.numbers[place] not in baseline.numbers:
        return list_stacks(paths)
    there = baseline.numbers.index(futures.numbers[place])
    return list_stacks(paths, pick_run(days, baseline.get, there, paths.about, thin_days))


def choose(name: str, place: Any) -> str:
    """What to look at; the choice survives a visit to another page."""
    options, key = SHOWN[name], f"explore.{name}"

    def keep() -> None:
        st.session_state[key] = st.session_state[f"{key}.widget"]

    chosen = st.session_state.get(key, options[0])
    draw = place.pills if name == "view" else place.segmented_control
    draw(name, options, default=chosen, key=f"{key}.widget", required=True, on_change=keep, label_visibility="collapsed", wrap=True)
    return str(chosen)


def render_charts(recipe: Recipe, futures: Futures, baseline: Futures | None, is_difference: bool) -> None:
    """The charts of the chosen view."""
    view = choose("view", st)
    start = read_start(recipe.preset)
    if PRICE in list_views()[view]:
        stacks = list_price_stacks(futures, baseline, is_difference)
        st.caption(f"What the price is made of: {stacks[0].about}.")
        render_stacks(stacks, "explore-price", start)
    st.caption(describe_view(recipe, futures, is_difference))
    render_legend(futures.count, baseline is not None, is_difference)
    panels = [make_panel(name, futures, baseline, is_difference) for name in list_views()[view]]
    render_panels(panels, "explore", start)


def render_pin(recipe: Recipe) -> None:
    """Says what to do next once a baseline is pinned."""
    pinned: Recipe | None = st.session_state.get("explore.pinned")
    if pinned is not None and pinned.is_same_world(recipe):
        st.caption(f":material/keep: Baseline pinned: {pinned.describe()}. Change a parameter to see what it does.")


def main() -> None:
    """The page."""
    open_link()
    render_title("Explore", f"Change a parameter on the left and see what follows. You are looking at {describe_choice()}.")
    render_controls()
    render_starters()
    for problem in st.session_state.get("explore.problems", [])[:5]:
        render_problem(problem)
    with show_problems():
        render_scenario()
    recipe = get_recipe()
    st.query_params.from_dict(write_state())
    render_pin(recipe)
    with show_problems():
        if is_waiting():
            render_first_minute(recipe)
        else:
            render_results(recipe)


main()
