"""Governance: write or load a proposal, run futures with and without it, read what it does."""

from typing import Any

import streamlit as st

from econ.setup import Scenario
from experiments.errors import ProblemError
from experiments.schema import LEAVES
from ui.bands import make_band, pick_days
from ui.charts import METRIC_INFO, Panel, render_legend, render_panels
from ui.drafts import AT_DECISION, Draft, Row, check_draft, list_examples, read_draft, write_draft
from ui.effects import describe_effects, list_largest, make_class_table, make_effect_table, render_verdict
from ui.forms import get_changes, group_leaves, render_parameter, set_changes
from ui.jobs import Job, list_jobs, make_name, start_job, write_input
from ui.limits import CHANGES, DECISION_RUNS, LARGEST_SEED, STUDY_DAYS, STUDY_WORK, check_whole, check_work
from ui.recipes import Recipe, make_slug, write_value
from ui.results import list_parts, read_json, read_values
from ui.scenes import (
    FORM,
    describe_choice,
    get_preset,
    read_usual,
    render_empty,
    render_problem,
    render_scenario,
    render_title,
    show_problems,
)
from ui.watching import choose_job, watch_job
from ui.words import count_things, name_thing, show_era

KIND = "decision"
PROPOSAL = "proposal"
"""The form whose changes are the proposal's."""
MODES = {"decree": "By decree", "vote": "By vote"}


def get_usual() -> dict[str, Any]:
    """What is in force without the proposal."""
    return read_usual(get_preset()) | get_changes(FORM)


def open_draft(draft: Draft) -> None:
    """Put a proposal into the form."""
    st.session_state[f"{PROPOSAL}.draft"] = draft
    set_changes(PROPOSAL, {row.path: row.value for row in draft.rows})


def get_draft() -> Draft:
    """The proposal as the form has it now."""
    draft: Draft = st.session_state[f"{PROPOSAL}.draft"]
    changes, usual = get_changes(PROPOSAL), get_usual()
    for row in draft.rows:
        row.value = changes.get(row.path, usual[row.path])
    return draft


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
        open_draft(Draft() if data is None else read_draft(data))
    except ProblemError as problem:
        st.session_state["governance.problem"] = str(problem)


def add_row() -> None:
    """One more change."""
    path, draft = st.session_state["governance.add"], st.session_state[f"{PROPOSAL}.draft"]
    if path and len(draft.rows) < CHANGES:
        draft.rows.append(Row(path, None))
    st.session_state["governance.add"] = None


def remove_row(path: str) -> None:
    """One change less."""
    draft = st.session_state[f"{PROPOSAL}.draft"]
    draft.rows = [row for row in draft.rows if row.path != path]
    set_changes(PROPOSAL, {other: value for other, value in get_changes(PROPOSAL).items() if other != path})


def render_source() -> None:
    """Examples, upload, download."""
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    row.selectbox(
        "Load a proposal", list(list_examples()), index=None, placeholder="Choose an example, or write your own below",
        key="governance.example", on_change=load_example,
    )  # fmt: skip
    number = st.session_state.get("governance.uploads", 0)
    with row.popover("Open a file", icon=":material/upload_file:"):
        st.file_uploader("Proposal (TOML)", type="toml", key=f"governance.upload.{number}", on_change=load_upload, args=(number,))
    name = make_slug(get_draft().title)
    row.download_button("Save", write_draft(get_draft()), f"{name}.toml", "application/toml", on_click="ignore", icon=":material/download:")
    if st.session_state.get("governance.problem"):
        render_problem(st.session_state["governance.problem"])


def render_editor() -> None:
    """Title, reasons, and a line per change."""
    draft = get_draft()
    generation = st.session_state[f"{PROPOSAL}.generation"]
    with st.container(border=True):
        draft.title = st.text_input("Title", draft.title, max_chars=120, key=f"governance.title.{generation}") or "New proposal"
        draft.rationale = st.text_area("Why", draft.rationale, max_chars=2_000, height=70, key=f"governance.why.{generation}")
        st.markdown(f"**Changes** :gray-badge[{len(draft.rows)}]")
        for row in draft.rows:
            render_row(row)
        if not draft.rows and not draft.grants:
            st.caption("No change yet. A proposal without changes must have no effect at all, which is worth trying once.")
        render_adder(draft)
        for target, era in draft.grants:
            st.markdown(f":material/payments: Grant of {show_era(era)} ERA from the treasury to {target.replace('_', ' ')}")
        for name, share in draft.vote.items():
            st.markdown(f":material/how_to_vote: Own {name} of {share:.1%}")


def render_adder(draft: Draft) -> None:
    """Choose a parameter that the DAO decides."""
    taken = {row.path for row in draft.rows}
    options = [leaf.path for leaves in group_leaves("dao").values() for leaf in leaves if leaf.path not in taken]
    st.selectbox(
        "Add a change", options, index=None, key="governance.add", on_change=add_row, format_func=name_option,
        placeholder=f"Choose one of {len(options)} parameters that the DAO decides", label_visibility="collapsed",
    )  # fmt: skip


def name_option(path: str) -> str:
    """A parameter in the list."""
    return f"{name_thing(path.split('.')[0])} · {name_thing(path)}"


def render_row(row: Row) -> None:
    """The parameter's own widget, when it begins, how fast, and a way out."""
    generation = st.session_state[f"{PROPOSAL}.generation"]
    value, day, ramp, out = st.columns([6, 2, 2, 1], vertical_alignment="bottom", gap="medium")
    with value:
        render_parameter(PROPOSAL, LEAVES[row.path], get_usual(), prefix=f"{name_thing(row.path.split('.')[0])} · ")
    first = day.number_input(
        "From day", 0, STUDY_DAYS, None if row.from_day == AT_DECISION else row.from_day, placeholder="at decision",
        key=f"governance/{generation}/{row.path}/day",
    )  # fmt: skip
    row.from_day = AT_DECISION if first is None else first
    row.ramp_days = ramp.number_input("Over days", 0, STUDY_DAYS, row.ramp_days, key=f"governance/{generation}/{row.path}/ramp")
    out.button(
        "", icon=":material/delete:", key=f"governance.remove.{row.path}", on_click=remove_row, args=(row.path,), help="Remove this change"
    )


def render_run() -> None:
    """How it is decided, how many futures, and the button; the linter's messages stand above it."""
    with st.container(border=True):
        row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
        mode = row.segmented_control(
            "Decided", list(MODES), default="decree", format_func=lambda name: MODES[name], key="governance.mode", required=True,
            help="By decree: it holds from the day on. By vote: it is filed on that day, voters decide, and it holds if they accept it.",
        )  # fmt: skip
        at = row.number_input("On day", 0, STUDY_DAYS, 180, key="governance.at", width=130)
        days = row.number_input("Days", 2, STUDY_DAYS, 730, step=30, key="governance.days", width=130)
        runs = row.number_input("Pairs of futures", 2, DECISION_RUNS, 32, step=16, key="governance.runs", width=150)
        seed = row.number_input("Seed", 0, LARGEST_SEED, 1, key="governance.seed", width=130)
        draft = get_draft()
        ready = row.empty()
        with show_problems():
            recipe = Recipe(get_preset(), get_changes(FORM), check_whole("seed", seed, 0, LARGEST_SEED), int(days), int(runs))
            scenario = recipe.load()
            warnings = check_draft(draft, scenario, int(at), str(mode), recipe.days)
            for warning in warnings:
                st.warning(warning, icon=":material/warning:")
            if ready.button("Run futures", type="primary", icon=":material/play_arrow:", key="governance.start"):
                st.session_state[f"{KIND}.chosen"] = start(draft, recipe, scenario, int(at), str(mode)).name


def start(draft: Draft, recipe: Recipe, scenario: Scenario, at: int, mode: str) -> Job:
    """Check the size of the request and start it."""
    check_whole("pairs of futures", recipe.runs, 2, DECISION_RUNS)
    check_work(scenario.parameters, recipe.days, 2 * recipe.runs, STUDY_WORK)
    name = make_name(KIND, make_slug(draft.title))
    path = write_input(name, write_draft(draft))
    words = ["what-if", str(path), "--scenario", recipe.preset, "--at", str(at), "--mode", mode, "--runs", str(recipe.runs)]
    words += ["--days", str(recipe.days), "--seed", str(recipe.seed), "--every", "1" if recipe.days < 120 else "7"]
    for parameter, value in sorted(recipe.changes.items()):
        words += ["--set", f"{parameter}={write_value(value)}"]
    title = f"{draft.title} · {recipe.describe()} · {count_things(recipe.runs, 'pair')} · {MODES[mode].lower()}"
    return start_job(name, KIND, title, words, {"at": at})


def render_effects(job: Job) -> None:
    """The verdict, the table of effects, charts of the largest."""
    decision = read_json(job.path / "decision.json")
    if not decision.get("proposals"):
        return
    effect = decision["proposals"][0]
    render_verdict(decision, effect)
    if not effect["metrics"]:
        render_problem("No pair of futures came through.")
        return
    st.subheader("What changes", anchor=False)
    st.markdown(describe_effects(decision))
    st.dataframe(make_effect_table(effect), hide_index=True, height=420, alt="Effects on every metric, largest first")
    render_differences(job, list_largest(effect), effect["pairs"])
    if effect["classes"]:
        st.subheader("Who gains, who loses", anchor=False)
        st.markdown("Tokens and money of each class after the decision, with the proposal minus without it.")
        st.dataframe(make_class_table(effect), hide_index=True, alt="Effects on every class of stakeholders")


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
    render_panels([Panel(name, band, is_difference=True, decided=job.extra.get("at", -1)) for name, band in bands.items()], "governance")


def main() -> None:
    """The page."""
    render_title("Governance", f"What would a proposal do, to whom, and how surely? It is tried in {describe_choice()}.")
    if f"{PROPOSAL}.draft" not in st.session_state:
        open_draft(Draft())
    with show_problems():
        render_scenario()
    with show_problems():
        render_source()
        render_editor()
        render_run()
    job = choose_job(KIND, list_jobs(KIND))
    if job is None:
        render_empty("how_to_vote", "Nothing decided yet", "Load or write a proposal and run its futures; the effects appear here.")
        return
    status = watch_job(job, lambda: len(list_parts(job.path)))
    if status.state == "done":
        with show_problems():
            render_effects(job)


main()
