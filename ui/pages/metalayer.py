"""Metalayer: some minutes of snapshots and messages, second by second, with faulty guardians."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from metalab.econ.messaging.fastclock.figures.metrics import METRICS
from metalab.econ.messaging.fastclock.settings.settings import LEAVES
from metalab.experiments.errors import BadValueError
from metalab.experiments.laboratories.metalayer import MetalayerOutcome, run_metalayer
from metalab.experiments.laboratories.metalayer_settings import read_settings
from metalab.experiments.runs.version import compute_code_version
from metalab.ui.charts.formatting import count_things, name_thing, show_plain, show_range
from metalab.ui.charts.laboratory_charts import count_bins, draw_spread, make_figures, render_charts
from metalab.ui.charts.page_style import CARDS
from metalab.ui.charts.time_series import get_colours
from metalab.ui.inputs.limits import LARGEST_SEED, METALAYER_GUARDIANS, METALAYER_MINUTES, LimitError, check_rounds, check_whole
from metalab.ui.inputs.page_parts import render_empty, render_title, show_problems
from metalab.ui.inputs.parameter_forms import describe_leaf, name_choice, name_leaf, render_scalar

KEY = "metalayer"
LIMITS = {
    "guarding.guardians": METALAYER_GUARDIANS,
    "guarding.byzantine": METALAYER_GUARDIANS,
    "guarding.offline": METALAYER_GUARDIANS,
    "minutes": METALAYER_MINUTES,
    "guarding.coalition": 1,
}
"""The settings that are asked for, and the most of each."""
HEADLINES = ("finality_p50_s", "finality_p95_s", "snapshot_success", "delivery_delay_p50_s", "delivery_success", "conflicts")
USUAL_MINUTES = 10


@dataclass(frozen=True)
class MetalayerRequest:
    """What is simulated: values by path in the order of `LIMITS`, and the seed."""

    values: tuple[Any, ...]
    seed: int

    def check(self) -> None:
        """Refuse what would take too long or cannot be."""
        values = dict(zip(LIMITS, self.values, strict=True))
        check_whole("seed", self.seed, 0, LARGEST_SEED)
        for path, most in LIMITS.items():
            check_whole(name_thing(path).lower(), values[path], 0, most)
        check_rounds(values["guarding.guardians"], values["minutes"])


def get_usual() -> MetalayerRequest:
    """What is shown first: the declared values, for some minutes."""
    usual = {path: LEAVES[path].info.default for path in LIMITS} | {"minutes": USUAL_MINUTES}
    return MetalayerRequest(tuple(usual.values()), 1)


@st.cache_resource(max_entries=8, show_spinner=False)
def _simulate(request: MetalayerRequest, code: str) -> MetalayerOutcome:
    values = dict(zip(LIMITS, request.values, strict=True))
    coalition = bool(values.pop("guarding.coalition"))
    return run_metalayer(read_settings(values | {"guarding.coalition": coalition}), request.seed)


def simulate(request: MetalayerRequest) -> MetalayerOutcome:
    """Check and run, or remember. Raises a `ProblemError` in the page's words."""
    request.check()
    try:
        return _simulate(request, compute_code_version())
    except BadValueError as error:
        raise LimitError(str(error).replace("--", "")) from None


def render_request() -> MetalayerRequest:
    """The form; what it says holds once it is sent."""
    before: MetalayerRequest = st.session_state.get(KEY, get_usual())
    with st.form(f"{KEY}.form"):
        row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
        with row:
            values = [_render_setting(path, value) for path, value in zip(LIMITS, before.values, strict=True)]
            seed = st.number_input("Seed", 0, LARGEST_SEED, before.seed, key=f"{KEY}.seed", width=110)
            is_sent = st.form_submit_button("Simulate", type="primary", icon=":material/play_arrow:")
    if is_sent:
        st.session_state[KEY] = MetalayerRequest(tuple(values), seed)
    return st.session_state.get(KEY, before)


def _render_setting(path: str, value: Any) -> Any:
    leaf = LEAVES[path]
    options: dict[str, Any] = {"key": f"{KEY}.{path}", "help": describe_leaf(leaf)}
    if leaf.info.unit == "switch":
        return render_scalar(leaf, value, name_leaf(leaf), options, leaf.info.default)
    low = max(int(leaf.info.low), 1 if path == "minutes" else 0)
    return st.number_input(name_thing(path), low, LIMITS[path], int(value), width=130, **options)


def render_headlines(outcome: MetalayerOutcome) -> None:
    """A few figures as cards."""
    with st.container(key=f"{CARDS}-{KEY}"):
        for column, name in zip(st.columns(len(HEADLINES)), HEADLINES, strict=True):
            info = METRICS[name]
            with column, st.container(border=True, gap="xxsmall", height="stretch"):
                label = f"{name_thing(name)} (s)" if info.unit == "s" else name_thing(name)
                st.metric(label, show_plain(outcome.summary["metrics"][name], info.unit), help=info.doc)


def render_failures(outcome: MetalayerOutcome) -> None:
    """What failed and how, and who broke which rule."""
    summary = outcome.summary
    for line in summary["failures"]:
        st.error(line[0].upper() + line[1:] + ".", icon=":material/gpp_bad:")
    if not summary["failures"]:
        st.success("Neither safety nor progress failed.", icon=":material/verified_user:")
    habits = sorted(summary["byzantine"].values())
    told = [f"{habits.count(habit)} {name_choice(habit).lower()}" for habit in sorted(set(habits))]
    faults = sorted(offence["fault"] for offence in summary["offences"])
    proven = [f"{faults.count(fault)} {name_choice(fault).lower()}" for fault in sorted(set(faults))]
    st.caption(
        f"Byzantine guardians: {', '.join(told) or 'none'}. Offline: {len(summary['offline']) or 'none'}. "
        f"Offences on record: {', '.join(proven) or 'none'}."
    )


def list_delays(outcome: MetalayerOutcome) -> list[float]:
    """From sending to execution, of users' messages that were executed."""
    messages = outcome.messages
    rows = zip(messages["kind"], messages["sent_s"], messages["executed_s"], strict=True)
    return [done - sent for kind, sent, done in rows if kind == "user" and done >= 0.0]


def render_spreads(outcome: MetalayerOutcome) -> None:
    """How long finality and delivery take."""
    snapshots, colours = outcome.snapshots, get_colours()
    waits = [final - start for final, start in zip(snapshots["final_s"], snapshots["start_s"], strict=True)]
    charts = {}
    for title, values, is_log in (("Time until a snapshot is final", waits, False), ("Delay of a message", list_delays(outcome), True)):
        if values:
            words = f"{title}: {count_things(len(values), 'value')}, {show_range(min(values), max(values), 's')}."
            charts[words] = draw_spread(title, count_bins(values, is_log), is_log, colours)
    if charts:
        render_charts(charts, KEY)
    else:
        render_empty("hourglass_disabled", "Nothing became final", "No snapshot was final and no message arrived in this time.")


def render_outcome(outcome: MetalayerOutcome, request: MetalayerRequest) -> None:
    """All results of the simulation."""
    summary = outcome.summary
    sent = len(outcome.messages["kind"])
    st.caption(
        f"{summary['minutes']:g} simulated minutes, seed {request.seed}: {count_things(len(outcome.snapshots['height']), 'snapshot')}, "
        f"{count_things(sent, 'message')} · digest `{outcome.digest[:16]}…`"
    )
    render_failures(outcome)
    render_headlines(outcome)
    render_spreads(outcome)
    with st.expander("All figures as a table", icon=":material/table:"):
        st.dataframe(make_figures(METRICS, summary["metrics"]), hide_index=True, height=420, alt="Every figure with its meaning")


def main() -> None:
    """The page."""
    render_title("Metalayer", "Guardians agree on snapshots and rollups send messages. Break some guardians and see what holds.")
    request = render_request()
    with show_problems():
        with st.spinner("Simulating …"):
            outcome = simulate(request)
        render_outcome(outcome, request)


main()
