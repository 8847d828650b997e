"""Scaling: one load of transactions, and what each way of activating nodes makes of it, tick by tick."""

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from metalab.econ.scaling.fastclock.lab import ScalingOutcome, Table
from metalab.econ.scaling.fastclock.profiles import PROFILES
from metalab.experiments.commands.scaling import COLUMNS, order_sets
from metalab.experiments.errors import BadFileError
from metalab.experiments.inputs.schema import LEAVES
from metalab.experiments.laboratories.scaling import (
    MOST_NODES,
    USUAL_CORE,
    USUAL_MINUTES,
    USUAL_STANDING_BY,
    ScalingQuestion,
    ask,
    summarise,
)
from metalab.experiments.laboratories.scaling import simulate as run_sets
from metalab.experiments.laboratories.scaling_plot import POINTS, group
from metalab.experiments.runs.version import compute_code_version
from metalab.protocol.scaling.scaling import TICK
from metalab.ui.charts.formatting import name_thing, show_number
from metalab.ui.charts.laboratory_charts import draw_lines, render_charts, render_names
from metalab.ui.inputs.limits import LARGEST_SEED, LOAD_BYTES, SCALING_MINUTES, LimitError, check_whole
from metalab.ui.inputs.page_parts import render_title, show_problems
from metalab.ui.inputs.parameter_forms import describe_leaf, name_choice

KEY = "scaling"
CONTROLLER = LEAVES["scaling.controller"]
FILE = "load.csv"
HOURS = 4 * 60
"""Minutes from which on the axis counts hours."""


@dataclass(frozen=True)
class ScalingRequest:
    """What is simulated. `own` is a load from a file, in place of the profile `load`."""

    controller: str
    load: str
    minutes: int
    core: int
    standing_by: int
    seed: int
    own: bytes = b""

    def ask(self) -> ScalingQuestion:
        """The question, checked. Raises a `ProblemError`."""
        check_whole("minutes", self.minutes, 1, SCALING_MINUTES)
        sizes: dict[str, Any] = {"seed": self.seed, "nodes": self.core, "standing_by": self.standing_by}
        if not self.own:
            return ask(self.controller, self.load, self.minutes, **sizes)
        if len(self.own) > LOAD_BYTES:
            raise LimitError(f"the file has {len(self.own):,} bytes; {LOAD_BYTES:,} are allowed")
        with TemporaryDirectory() as folder:
            path = Path(folder) / FILE
            path.write_bytes(self.own)
            try:
                return ask(self.controller, str(path), **sizes)
            except BadFileError as error:
                raise LimitError(str(error).replace(str(path), "the file")) from None


def get_usual() -> ScalingRequest:
    """What is shown first."""
    return ScalingRequest(name_controllers()[int(CONTROLLER.info.default)], "burst", USUAL_MINUTES, USUAL_CORE, USUAL_STANDING_BY, 1)


def name_controllers() -> list[str]:
    """The declared controllers."""
    return [member.name.lower() for member in CONTROLLER.info.choices or ()]


@st.cache_resource(max_entries=8, show_spinner=False)
def simulate(request: ScalingRequest, code: str) -> tuple[ScalingQuestion, Table, dict[str, ScalingOutcome]]:
    """Check and run, or remember."""
    question = request.ask()
    return (question, *run_sets(question))


def render_request() -> ScalingRequest:
    """The form; what it says holds once it is sent."""
    before: ScalingRequest = st.session_state.get(KEY, get_usual())
    with st.form(f"{KEY}.form"):
        row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
        now = _render_widgets(row, before)
        file = st.file_uploader("Or a load of your own (CSV with the columns second,tps or timestamp,tps)", type="csv", key=f"{KEY}.file")
        is_sent = st.form_submit_button("Simulate", type="primary", icon=":material/play_arrow:")
    if is_sent:
        st.session_state[KEY] = replace(now, own=file.getvalue() if file is not None else b"")
    return st.session_state.get(KEY, before)


def _render_widgets(row: Any, before: ScalingRequest) -> ScalingRequest:
    names, loads = name_controllers(), list(PROFILES)
    docs = "\n".join(f"- **{name_choice(name)}**: {profile.doc}" for name, profile in PROFILES.items())
    controller = row.selectbox(
        "Controller", names, names.index(before.controller), key=f"{KEY}.controller", format_func=name_thing, width=160,
        help=describe_leaf(CONTROLLER),
    )  # fmt: skip
    load = row.selectbox("Load", loads, loads.index(before.load), key=f"{KEY}.load", format_func=name_choice, width=140, help=docs)
    minutes = row.number_input("Minutes", 1, SCALING_MINUTES, before.minutes, key=f"{KEY}.minutes", width=120, help="A file has its own.")
    core = row.number_input("Core nodes", 0, MOST_NODES, before.core, key=f"{KEY}.core", width=120, help="Always on.")
    flex = row.number_input(
        "Standing by", 0, MOST_NODES, before.standing_by, key=f"{KEY}.standing_by", width=120, help="Flex nodes bonded and standing by."
    )
    seed = row.number_input("Seed", 0, LARGEST_SEED, before.seed, key=f"{KEY}.seed", width=110, help="Of the arrivals.")
    return ScalingRequest(controller, load, minutes, core, flex, seed)


def render_lines(question: ScalingQuestion, load: Table, found: dict[str, ScalingOutcome]) -> None:
    """Load, queue and active nodes over time."""
    width = -(-len(load) // POINTS)
    in_hours = question.minutes > HOURS
    time = np.arange(0, len(load), width) * TICK / (3_600.0 if in_hours else 60.0)
    axis = "hours" if in_hours else "minutes"
    arrivals = {"arrivals": group(load["arrived"] / TICK, width, np.add), "mean rate": group(load["rate"], width, np.add)}
    waiting = {name: group(outcome.ticks["waiting"], width, np.maximum) for name, outcome in found.items()}
    active = {name: group(outcome.ticks["active"], width, np.add) for name, outcome in found.items()}
    charts = {
        "Transactions that arrive each second, over time.": draw_lines("Load", "transactions a second", time, arrivals, axis),
        "Active flex nodes over time, one line per controller.": draw_lines("Active flex nodes", "number", time, active, axis),
        "Transactions waiting over time, one line per controller.": draw_lines("Queue", "transactions waiting", time, waiting, axis, True),
    }
    render_names([*arrivals, *found])
    render_charts(charts, KEY)


def make_table(summary: dict[str, Any]) -> pd.DataFrame:
    """The figures of every set, the chosen one first."""
    sets = summary["sets"]
    return pd.DataFrame(
        [
            {"": name_thing(name)} | {head[0].upper() + head[1:]: form.format(sets[name][key]) for key, head, form in COLUMNS}
            for name in order_sets(sets, summary["chosen"])
        ]
    )


def describe(question: ScalingQuestion, summary: dict[str, Any]) -> str:
    """What arrived, and what the chosen set costs against fixed ones."""
    load, sets = summary["load"], summary["sets"]
    text = (
        f"{question.minutes:,} minutes, seed {question.seed}: {load['arrived']:,} transactions, {load['tps_mean']:.1f} a second on "
        f"average, {load['tps_most']:.1f} at most. Every set meets the same arrivals; delays are of transactions accepted."
    )
    for name in (name for name in sets if name.startswith("fixed") and name != summary["chosen"]):
        ratio = show_number(sets[name]["cost_against_it"])
        text += f" Cost of {name_thing(summary['chosen'])} over {name_thing(name)} ({sets[name]['active_most']:.0f} nodes): **{ratio}**."
    return text


def main() -> None:
    """The page."""
    render_title("Scaling", "One load of transactions, and controllers that switch nodes on and off. Which keeps up, at what cost?")
    request = render_request()
    with show_problems():
        with st.spinner("Simulating …"):
            question, load, found = simulate(request, compute_code_version())
        summary = summarise(question, load, found)
        st.markdown(describe(question, summary))
        st.dataframe(make_table(summary), hide_index=True, alt="Figures of every controller on the same arrivals")
        render_lines(question, load, found)


main()
