"""Studies: many runs in a process of their own, watched, cancelled, resumed, read."""

from typing import Any

import pandas as pd
import streamlit as st

from econ.daily import COLUMNS
from experiments.errors import ProblemError
from ui.bands import make_band, pick_days
from ui.charts import METRIC_INFO, OVERVIEW_NAME, Panel, list_views, render_legend, render_panels
from ui.forms import get_changes
from ui.jobs import Job, Status, list_jobs, make_name, start_job
from ui.limits import LARGEST_SEED, STUDY_DAYS, STUDY_RUNS, STUDY_WORK, check_whole, check_work
from ui.recipes import Recipe, make_slug, write_value
from ui.results import list_parts, read_summary, read_values
from ui.scenes import (
    FORM,
    HEADLINES,
    describe_choice,
    get_preset,
    render_empty,
    render_headlines,
    render_scenario,
    render_title,
    show_problems,
)
from ui.watching import choose_job, watch_job
from ui.words import count_things, name_scale, name_thing

KIND = "study"
STATISTICS = {"last": "on the last day", "mean": "mean of all days", "total": "sum of all days", "min": "lowest day", "max": "highest day"}


def make_words(recipe: Recipe, every: int) -> list[str]:
    """The command line of a study."""
    words = ["monte-carlo", recipe.preset, "--runs", str(recipe.runs), "--days", str(recipe.days), "--seed", str(recipe.seed)]
    words += ["--every", str(every)]
    for path, value in sorted(recipe.changes.items()):
        words += ["--set", f"{path}={write_value(value)}"]
    return words


def start(runs: Any, days: Any, seed: Any) -> Job:
    """Check and start a study."""
    recipe = Recipe(
        get_preset(), get_changes(FORM), check_whole("seed", seed, 0, LARGEST_SEED),
        check_whole("days", days, 1, STUDY_DAYS), check_whole("runs", runs, 1, STUDY_RUNS),
    )  # fmt: skip
    check_work(recipe.load().parameters, recipe.days, recipe.runs, STUDY_WORK)
    title = f"{recipe.describe()} · {count_things(recipe.runs, 'run')} · {recipe.days:,} days · seed {recipe.seed}"
    return start_job(make_name(KIND, make_slug(recipe.preset)), KIND, title, make_words(recipe, 1 if recipe.days < 120 else 7))


def render_start() -> None:
    """The form of a new study."""
    with st.container(border=True):
        st.markdown(f"**New study** of {describe_choice()}")
        row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
        runs = row.number_input(
            "Runs", 1, STUDY_RUNS, 64, step=16, key="studies.runs", width=160, help="Results come in chunks of 16 runs."
        )
        days = row.number_input("Days", 1, STUDY_DAYS, 1_096, step=30, key="studies.days", width=160)
        seed = row.number_input("Seed", 0, LARGEST_SEED, 1, key="studies.seed", width=160, help="Run k is replication k of this seed.")
        if row.button("Start study", type="primary", icon=":material/play_arrow:", key="studies.start"):
            try:
                st.session_state[f"{KIND}.chosen"] = start(runs, days, seed).name
            except ProblemError as problem:
                st.error(str(problem), icon=":material/error:")


def render_bands(job: Job, status: Status) -> None:
    """Bands of the runs so far."""
    views = list_views()
    place = st.container()
    view = st.pills("View", list(views), default=OVERVIEW_NAME, key="studies.view", required=True, label_visibility="collapsed", wrap=True)
    names = views[view or OVERVIEW_NAME]
    headlines = [name for name in HEADLINES if name in COLUMNS]
    stored = read_values(job.path, sorted({*names, *headlines}))
    days, values = stored.days, stored.values
    if not len(days):
        render_empty("hourglass_top", "No results yet", "Bands appear with the first 16 runs and narrow as more come in.")
        return
    runs = len(stored.runs)
    so_far = f"the first {count_things(runs, 'run')}" if status.state != "done" else f"all {count_things(runs, 'run')}"
    with place:
        render_headlines({name: values[name][:, -1] for name in headlines}, {}, f"on day {days[-1]:,.0f} over {so_far}")
    st.markdown(f"What happens in {so_far} over {days[-1] + 1:,.0f} days: the middle run and where 90 % of runs lie.")
    render_legend(runs, baseline=False, is_difference=False)
    render_panels([Panel(name, make_band(*pick_days(days, values[name]))) for name in names], "studies")


def render_summary(job: Job) -> None:
    """The table of a finished study: means with their intervals."""
    summary = read_summary(job.path)
    if not summary.get("metrics"):
        return
    with st.expander("All metrics as a table", icon=":material/table:"):
        word = st.segmented_control(
            "Statistic", list(STATISTICS), default="last", format_func=lambda name: STATISTICS[name], key="studies.word", required=True
        )
        table = make_table(summary, word or "last")
        st.markdown(f"Each metric {STATISTICS[word or 'last']}, over {count_things(summary['runs'] - summary['failed'], 'run')}.")
        st.dataframe(table, hide_index=True, height=420, alt="Mean, interval and quantiles of every metric")
        st.download_button(
            "Table (CSV)", table.to_csv(index=False), f"{job.name}.csv", "text/csv", on_click="ignore", icon=":material/download:"
        )
    st.caption(f"Stored in `out/{job.name}` · digest `{summary['digest'][:16]}…`")


def make_table(summary: dict[str, Any], word: str) -> pd.DataFrame:
    """One row per metric."""
    rows = []
    for name, words in summary["metrics"].items():
        if name in METRIC_INFO:
            sample = words[word]
            rows.append(
                {
                    "Metric": name_thing(name),
                    "Unit": name_scale(METRIC_INFO[name].unit).replace("%", "share"),
                    "Mean": sample["mean"],
                    "95 % interval, from": sample["interval"][0],
                    "to": sample["interval"][1],
                    "5 % of runs below": sample["quantiles"]["0.05"],
                    "Median": sample["quantiles"]["0.5"],
                    "95 % below": sample["quantiles"]["0.95"],
                }
            )
    return pd.DataFrame(rows)


def main() -> None:
    """The page."""
    render_title("Studies", "Run a scenario many times in the background. You may close this page; the study goes on and is listed here.")
    with show_problems():
        render_scenario()
    with show_problems():
        render_start()
    job = choose_job(KIND, list_jobs(KIND))
    if job is None:
        render_empty("stacked_line_chart", "No study yet", "Choose a scenario on the left, the number of runs above, and start.")
        return
    status = watch_job(job, lambda: len(list_parts(job.path)))
    with show_problems():
        render_bands(job, status)
        if status.state == "done":
            render_summary(job)


main()
