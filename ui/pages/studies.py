"""Studies: many runs in a process of their own, watched, cancelled, resumed, read."""

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from metalab.econ.kernel.records import COLUMNS
from metalab.experiments.runs.price_parts import METRICS, PRICE, find_middle
from metalab.experiments.runs.summary import METRIC_NAMES, list_statistics
from metalab.experiments.studies.plan import parse_until
from metalab.ui.charts.formatting import count_things, name_scale, name_thing, name_unit, show_plain, show_range
from metalab.ui.charts.quantile_bands import make_band, pick_days
from metalab.ui.charts.stacked_areas import render_stacks
from metalab.ui.charts.time_series import METRIC_INFO, OVERVIEW_NAME, Panel, list_views, render_legend, render_panels
from metalab.ui.inputs.exploration import Recipe, make_slug
from metalab.ui.inputs.limits import LARGEST_SEED, STUDY_DAYS, STUDY_RUNS, STUDY_WORK, check_whole, check_work
from metalab.ui.inputs.page_parts import (
    HEADLINES,
    describe_choice,
    get_world,
    render_empty,
    render_headlines,
    render_scenario,
    render_title,
    show_problems,
)
from metalab.ui.jobs.processes import Job, JobStatus, list_jobs, make_name, name_scenario, read_date, start_job
from metalab.ui.jobs.status import choose_job, watch_job
from metalab.ui.results.price_view import list_stacks, name_run, pick_run, render_price
from metalab.ui.results.study_files import Stored, list_parts, read_summary, read_values

KIND = "study"
STATISTICS = {"last": "on the last day", "mean": "mean of all days", "total": "sum of all days", "min": "lowest day", "max": "highest day"}


SHORT = 120
"""Days of a study below which every day is stored unless something else is chosen."""


def start(recipe: Recipe, every: Any, until: str) -> Job:
    """Check and start a study. `until` is METRIC.STATISTIC:HALFWIDTH, or empty."""
    scenario = recipe.load()
    check_work(scenario.parameters, recipe.days, recipe.runs, STUDY_WORK)
    name = make_name(KIND, make_slug(recipe.preset))
    world, settings = name_scenario(name, recipe)
    words = ["monte-carlo", world, "--runs", str(recipe.runs), "--days", str(recipe.days), "--seed", str(recipe.seed)]
    words += ["--every", str(check_whole("every", every, 1, recipe.days)), *settings]
    if until:
        parse_until(until)
        words += ["--until", until]
    title = f"{recipe.describe()} · {count_things(recipe.runs, 'run')} · {recipe.days:,} days · seed {recipe.seed}"
    return start_job(name, KIND, title, words, {"start": scenario.start_date.isoformat()})


def render_start() -> None:
    """The form of a new study."""
    with st.container(border=True):
        st.markdown(f"**New study** of {describe_choice()}")
        row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
        runs = row.number_input(
            "Runs", 1, STUDY_RUNS, 64, step=16, key="studies.runs", width=130, help="Results come in chunks of 16 runs."
        )
        days = row.number_input("Days", 1, STUDY_DAYS, 1_096, step=30, key="studies.days", width=130)
        seed = row.number_input("Seed", 0, LARGEST_SEED, 1, key="studies.seed", width=110, help="Run k is replication k of this seed.")
        every = row.number_input(
            "Store every (days)", 1, STUDY_DAYS, 7 if days >= SHORT else 1, key="studies.every", width=150,
            help="Rows that are kept for charts. Digests, means and totals always count every day.",
        )  # fmt: skip
        with row.popover("Stop early", icon=":material/target:"):
            until = render_until()
        if row.button("Start study", type="primary", icon=":material/play_arrow:", key="studies.start"):
            with show_problems():
                recipe = replace(
                    get_world(), seed=check_whole("seed", seed, 0, LARGEST_SEED), days=check_whole("days", days, 1, STUDY_DAYS),
                    runs=check_whole("runs", runs, 1, STUDY_RUNS),
                )  # fmt: skip
                st.session_state[f"{KIND}.chosen"] = start(recipe, min(every, days), until).name
                st.toast("The study is running; see below.", icon=":material/play_arrow:")
        if until:
            metric, _, width = until.partition(":")
            st.caption(f"Stops once the mean of {metric} is known to ± {width} (95 % interval), at the latest after {runs:,} runs.")


def render_until() -> str:
    """When a study is sure enough: METRIC.STATISTIC:HALFWIDTH, or nothing."""
    st.caption("End the study as soon as the mean of an outcome over the runs is known well enough.")
    metric = st.selectbox("Outcome", METRIC_NAMES, index=None, format_func=name_thing, key="studies.until", placeholder="Never early")
    if metric is None:
        return ""
    unit = METRIC_INFO[metric].unit
    word = st.selectbox("Statistic", list_statistics(metric), format_func=lambda word: STATISTICS[word], key="studies.until.word")
    width = st.number_input(
        f"Half-width of the 95 % interval ({name_unit(unit) or 'number'})", 0.0, value=0.01, step=0.001, format="%.6g",
        key="studies.until.width",
    )  # fmt: skip
    return f"{metric}.{word}:{width!r}"


def render_bands(job: Job, status: JobStatus) -> None:
    """Bands of the runs so far."""
    views = list_views()
    place = st.container()
    view = st.pills("View", list(views), default=OVERVIEW_NAME, key="studies.view", required=True, label_visibility="collapsed", wrap=True)
    names = views[view or OVERVIEW_NAME]
    headlines = [name for name in HEADLINES if name in COLUMNS]
    stored = read_values(job.path, sorted({*names, *headlines, *METRICS}))
    days, values = stored.days, stored.values
    if not len(days):
        render_empty("hourglass_top", "No results yet", "Bands appear with the first 16 runs and narrow as more come in.")
        return
    runs = len(stored.runs)
    so_far = f"the first {count_things(runs, 'run')}" if status.state != "done" else f"all {count_things(runs, 'run')}"
    with place:
        render_headlines({name: values[name][:, -1] for name in headlines}, {}, f"on day {days[-1]:,.0f}, the last stored, over {so_far}")
        render_price(values.__getitem__, tuple(stored.runs.astype(int).tolist()), days)
    if PRICE in names:
        render_price_stacks(stored, read_date(job))
    st.markdown(f"{so_far[0].upper()}{so_far[1:]}: the median and the range of 90 % of runs. Amounts that flow are per day.")
    render_legend(runs, baseline=False, is_difference=False)
    render_panels([Panel(name, make_band(*pick_days(days, values[name]))) for name in names], "studies", read_date(job))


def render_price_stacks(stored: Stored, start: date | None) -> None:
    """The parts of the price in the middle run."""
    place = find_middle(stored.values[PRICE])
    about = name_run(int(stored.runs[place]), len(stored.runs))
    st.caption(f"What the price is made of: {about}.")
    render_stacks(list_stacks(pick_run(stored.days, stored.values.__getitem__, place, about, pick_days)), "studies-price", start)


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
        st.dataframe(show_table(table), hide_index=True, height=420, alt="Mean, interval and quantiles of every metric")
        st.download_button(
            "Table (CSV)", table.to_csv(index=False), f"{job.name}.csv", "text/csv", on_click="ignore", icon=":material/download:"
        )
    st.caption(f"Stored in `out/{job.name}` · digest `{summary['digest'][:16]}…`")


def make_table(summary: dict[str, Any], word: str) -> pd.DataFrame:
    """One row per metric that has the statistic; shares are parts of one."""
    rows = [
        {
            "metric": name,
            "unit": METRIC_INFO[name].unit,
            "mean": sample["mean"],
            "low": sample["interval"][0],
            "high": sample["interval"][1],
            "q05": sample["quantiles"]["0.05"],
            "median": sample["quantiles"]["0.5"],
            "q95": sample["quantiles"]["0.95"],
        }
        for name, words in summary["metrics"].items()
        if name in METRIC_INFO and (sample := words.get(word))
    ]
    return pd.DataFrame(rows)


def show_table(table: pd.DataFrame) -> pd.DataFrame:
    """The same in words and few digits."""
    rows = [
        {
            "Metric": name_thing(row["metric"]),
            "Unit": name_scale(row["unit"]),
            "Mean": show_plain(row["mean"], row["unit"]),
            "95 % interval of the mean": show_range(row["low"], row["high"], row["unit"], False),
            "Median": show_plain(row["median"], row["unit"]),
            "90 % of runs": show_range(row["q05"], row["q95"], row["unit"], False),
        }
        for row in table.to_dict("records")
    ]
    return pd.DataFrame(rows)


def main() -> None:
    """The page."""
    render_title("Studies", "Run a scenario many times in the background. You may close this page; the study continues and is listed here.")
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
