"""Governance: write or load a proposal, run futures with and without it, read what it does."""

from dataclasses import replace
from typing import Any

import streamlit as st

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.errors import ProblemError
from metalab.experiments.runs.price_parts import METRICS
from metalab.ui.charts.formatting import count_things
from metalab.ui.charts.quantile_bands import make_band, pick_days
from metalab.ui.charts.time_series import METRIC_INFO, Panel, render_legend, render_panels
from metalab.ui.inputs.exploration import Recipe, make_slug
from metalab.ui.inputs.limits import DECISION_RUNS, LARGEST_SEED, STUDY_DAYS, STUDY_WORK, check_whole, check_work
from metalab.ui.inputs.page_parts import (
    FORM,
    describe_choice,
    get_preset,
    get_world,
    read_usual,
    render_empty,
    render_problem,
    render_scenario,
    render_title,
    show_problems,
)
from metalab.ui.inputs.parameter_forms import get_changes
from metalab.ui.inputs.proposal_draft import ProposalDraft, check_draft, list_examples, read_draft, write_draft
from metalab.ui.inputs.proposal_editor import PROPOSAL, get_draft, open_draft, render_editor, render_overrides
from metalab.ui.jobs.processes import Job, list_jobs, make_name, name_scenario, read_date, start_job, write_input
from metalab.ui.jobs.status import choose_job, watch_job
from metalab.ui.results.decision_view import (
    describe_effects,
    list_largest,
    make_effect_table,
    make_flow_table,
    render_classes,
    render_verdict,
)
from metalab.ui.results.notices import render_notices
from metalab.ui.results.price_view import PricePaths, average, render_decided
from metalab.ui.results.study_files import list_parts, read_json, read_values

KIND = "decision"
MODES = {"decree": "By decree", "vote": "By vote"}


def get_usual() -> dict[str, Any]:
    """What is in force without the proposal."""
    return read_usual(get_preset()) | get_changes(FORM)


def load_example() -> None:
    """Open the chosen example; none is a blank one."""
    path = list_examples().get(st.session_state["governance.example"] or "")
    _open(path.read_bytes() if path else None)


def load_upload(number: int) -> None:
    """Open an uploaded proposal."""
    file = st.session_state.get(f"governance.upload.{number}")
    st.session_state["governance.uploads"] = number + 1
    _open(file.getvalue() if file else None)


def _open(data: bytes | None) -> None:
    st.session_state["governance.problem"] = ""
    try:
        open_draft(ProposalDraft() if data is None else read_draft(data))
    except ProblemError as problem:
        st.session_state["governance.problem"] = str(problem)


def render_source() -> Any:
    """Examples and upload; returns the place of the download, which waits for what the form says."""
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    row.selectbox(
        "Load a proposal", list(list_examples()), index=None, placeholder="Choose an example, or write your own below",
        key="governance.example", on_change=load_example,
    )  # fmt: skip
    number = st.session_state.get("governance.uploads", 0)
    with row.popover("Open a file", icon=":material/upload_file:"):
        st.file_uploader("Proposal (TOML)", type="toml", key=f"governance.upload.{number}", on_change=load_upload, args=(number,))
    place = row.empty()
    if st.session_state.get("governance.problem"):
        render_problem(st.session_state["governance.problem"])
    return place


def render_save(place: Any) -> None:
    """The proposal as a file."""
    draft = get_draft(get_usual())
    name = f"{make_slug(draft.title)}.toml"
    place.download_button("Save", write_draft(draft), name, "application/toml", on_click="ignore", icon=":material/download:")


def render_run(save: Any) -> None:
    """How it is decided, how many futures, and the button; the linter's messages stand below it."""
    draft = get_draft(get_usual())
    with st.container(border=True):
        row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
        mode = row.segmented_control(
            "Decided", list(MODES), default="decree", format_func=lambda name: MODES[name], key="governance.mode", required=True,
            help="By decree: it holds from the day on. By vote: it is filed on that day, voters decide, and it holds if they accept it.",
        )  # fmt: skip
        at = row.number_input("On day", 0, STUDY_DAYS, 180, key="governance.at", width=110)
        days = row.number_input("Days", 2, STUDY_DAYS, 730, step=30, key="governance.days", width=110)
        runs = row.number_input("Pairs of futures", 2, DECISION_RUNS, 32, step=16, key="governance.runs", width=130)
        seed = row.number_input("Seed", 0, LARGEST_SEED, 1, key="governance.seed", width=100)
        if mode == "vote" or draft.vote:
            render_overrides(row, draft)
        render_save(save)
        ready = row.empty()
        with show_problems():
            recipe = replace(get_world(), seed=check_whole("seed", seed, 0, LARGEST_SEED), days=int(days), runs=int(runs))
            scenario = recipe.load()
            for warning in check_draft(draft, scenario, int(at), str(mode), recipe.days):
                st.warning(warning, icon=":material/warning:")
            if ready.button("Run futures", type="primary", icon=":material/play_arrow:", key="governance.start"):
                st.session_state[f"{KIND}.chosen"] = start(draft, recipe, scenario, int(at), str(mode)).name
                st.toast("The futures are running; see below.", icon=":material/play_arrow:")


def start(draft: ProposalDraft, recipe: Recipe, scenario: Scenario, at: int, mode: str) -> Job:
    """Check the size of the request and start it."""
    check_whole("pairs of futures", recipe.runs, 2, DECISION_RUNS)
    check_work(scenario.parameters, recipe.days, 2 * recipe.runs, STUDY_WORK)
    name = make_name(KIND, make_slug(draft.title))
    path = write_input(name, write_draft(draft))
    world, settings = name_scenario(name, recipe)
    words = ["what-if", str(path), "--scenario", world, "--at", str(at), "--mode", mode, "--runs", str(recipe.runs)]
    words += ["--days", str(recipe.days), "--seed", str(recipe.seed), "--every", "1" if recipe.days < 120 else "7", *settings]
    title = f"{draft.title} · {recipe.describe()} · {count_things(recipe.runs, 'pair')} · {MODES[mode].lower()}"
    return start_job(name, KIND, title, words, {"at": at, "start": scenario.start_date.isoformat()})


def render_effects(job: Job) -> None:
    """The verdict, the table of effects, charts of the largest."""
    decision = read_json(job.path / "decision.json")
    if not decision.get("proposals"):
        return
    effect = decision["proposals"][0]
    render_verdict(decision, effect)
    render_notices(effect.get("notices", []))
    if not effect["metrics"]:
        render_problem("No pair of futures succeeded.")
        return
    st.subheader("What changes", anchor=False)
    st.markdown(describe_effects(decision))
    st.dataframe(make_effect_table(effect), hide_index=True, height=420, alt="Effects on every metric, largest first")
    render_decided(effect, read_price_paths(job, effect["pairs"]), job.extra.get("at", -1), read_date(job))
    render_differences(job, list_largest(effect), effect["pairs"])
    pairs = count_things(effect["pairs"], "pair")
    if effect["classes"]:
        st.subheader("Who gains, who loses", anchor=False)
        st.markdown(f"With the proposal minus without it, {pairs} of futures: income after the decision, holdings on the last day.")
        render_classes(effect, "governance")
    if effect["flows"]:
        st.subheader("Which token flows change", anchor=False)
        st.markdown(f"What the ledger moved after the decision, by cause, with the proposal minus without it; means over {pairs}.")
        st.dataframe(make_flow_table(effect), hide_index=True, alt="Effects on every flow of tokens")


def read_price_paths(job: Job, pairs: int) -> PricePaths | None:
    """The mean paired differences of the price and its parts by day; None where no days are stored."""
    baseline, other = (read_values(job.path, list(METRICS), variant) for variant in ("baseline", PROPOSAL))
    if not len(baseline.days) or not len(other.days):
        return None
    return average(other.days, lambda name: other.pair(baseline, name), f"mean difference of {count_things(pairs, 'pair')}", pick_days)


def render_differences(job: Job, metrics: list[str], pairs: int) -> None:
    """The paired differences over time of what changed most."""
    if not metrics:
        return
    baseline, other = read_values(job.path, metrics, "baseline"), read_values(job.path, metrics, PROPOSAL)
    if not len(baseline.days) or not len(other.days):
        return
    st.subheader("How the largest effects unfold", anchor=False)
    under = f"in {count_things(pairs, 'pair')} of futures under the same chance"
    st.markdown(f"With the proposal minus without it, {under}. The upright line is the decision.")
    render_legend(pairs, baseline=False, is_difference=True)
    bands = {name: make_band(*pick_days(other.days, other.pair(baseline, name))) for name in metrics if name in METRIC_INFO}
    panels = [Panel(name, band, is_difference=True, decided=job.extra.get("at", -1)) for name, band in bands.items()]
    render_panels(panels, "governance", read_date(job))


def main() -> None:
    """The page."""
    render_title("Governance", f"What would a proposal do, to whom, and how surely? It is tried in {describe_choice()}.")
    if f"{PROPOSAL}.draft" not in st.session_state:
        open_draft(ProposalDraft())
    with show_problems():
        render_scenario()
    with show_problems():
        save = render_source()
        render_editor(get_usual())
        render_run(save)
    job = choose_job(KIND, list_jobs(KIND))
    if job is None:
        render_empty("how_to_vote", "Nothing decided yet", "Load or write a proposal and run its futures; the effects appear here.")
        return
    status = watch_job(job, lambda: len(list_parts(job.path)))
    if status.state == "done":
        with show_problems():
            render_effects(job)


main()
