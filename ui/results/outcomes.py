"""Results of runs beyond the charts over time: all outcomes, who gained what by cause, stakeholders, the ledger's flows.

Without a baseline each shows medians over runs and where 90 % of them lie; with one, paired differences and the 95 % interval of
their mean.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from metalab.experiments.decisions.decision import Outcomes
from metalab.experiments.decisions.stakeholders import INCOME
from metalab.protocol.kernel.causes import Cause
from metalab.ui.charts.formatting import count_things, name_file, name_scale, name_thing, show_plain, show_range
from metalab.ui.charts.interval_bars import Bar, Chart, render_bars
from metalab.ui.charts.quantile_bands import describe_values
from metalab.ui.charts.time_series import METRIC_INFO
from metalab.ui.results.decision_view import WORDS, make_effect_table, make_flow_table, render_classes
from metalab.ui.results.live_runs import Futures, compare

SPREAD = ("median of the runs", "90 % of runs")
INTERVAL = ("mean difference", "95 % interval of the mean")


def summarise(outcomes: Sequence[Outcomes], key: str) -> tuple[float, float, float]:
    """5 %, median and 95 % of an outcome over runs."""
    return describe_values(np.array([outcome[key] for outcome in outcomes]))


def _describe_runs(futures: Futures, days: int) -> str:
    return f"{count_things(futures.count, 'run')} over {count_things(days, 'day')}"


def _describe_pairs(futures: Futures, days: int) -> str:
    return (
        f"With your changes minus the pinned baseline, run by run under the same chance: {_describe_runs(futures, days)}. "
        "The interval is the 95 % interval of the mean difference, sure if it leaves zero out."
    )


def render_all(futures: Futures, baseline: Futures | None, days: int) -> None:
    """Every metric in a table."""
    if baseline is not None:
        st.markdown(f"{_describe_pairs(futures, days)} Means over all days; sure signs first, larger effects before smaller ones.")
        table = make_effect_table(compare(futures, baseline))
        st.dataframe(table, hide_index=True, height=600, alt="Paired differences of every metric")
        return
    st.markdown(f"Every metric over {_describe_runs(futures, days)}. Pin a baseline to see paired differences here.")
    st.dataframe(make_level_table(futures.outcomes), hide_index=True, height=600, alt="Levels of every metric")


def make_level_table(outcomes: Sequence[Outcomes]) -> pd.DataFrame:
    """One row per metric: the last day and the mean over all days."""
    rows = []
    for name, info in METRIC_INFO.items():
        if f"{name}.last" in outcomes[0]:
            row: dict[str, str] = {"Outcome": name_thing(name), "Unit": name_scale(info.unit)}
            for word, label in (("last", "Last day"), ("after", "Mean of all days")):
                low, mid, high = summarise(outcomes, f"{name}.{word}")
                row |= {f"{label}: median": show_plain(mid, info.unit), f"{label}: 90 % of runs": show_range(low, high, info.unit, False)}
            rows.append(row | {"Meaning": info.doc})
    return pd.DataFrame(rows)


def render_stakeholders(futures: Futures, baseline: Futures | None, days: int) -> None:
    """Income and holdings of each class."""
    if baseline is not None:
        st.markdown(f"{_describe_pairs(futures, days)} Income is that of the whole run, holdings are those at its end.")
        render_classes(compare(futures, baseline), "explore")
        return
    st.markdown(
        f"What each class earned from the protocol and what it holds at the end: {_describe_runs(futures, days)}. Trade and unlocks are "
        "in the holdings, not in the income. Pin a baseline to see who gains and who loses by a change."
    )
    render_bars([_chart_classes(futures.outcomes, word) for word in WORDS], "explore-holdings")


def _chart_classes(outcomes: Sequence[Outcomes], word: str) -> Chart:
    names = [key.partition(".")[0] for key in outcomes[0] if key.endswith(f".{word}")]
    what, unit = WORDS[word]
    return Chart(what, unit, SPREAD, [_make_bar(name_thing(name), *summarise(outcomes, f"{name}.{word}")) for name in names])


def _make_bar(name: str, low: float, mid: float, high: float) -> Bar:
    return Bar(name, mid, low, high)


def render_flows(futures: Futures, baseline: Futures | None, days: int) -> None:
    """Who gained what by cause, and all that the ledger moved."""
    effect = compare(futures, baseline) if baseline is not None else None
    about = _describe_pairs(futures, days) if effect else f"The ledger books every token under a cause: {_describe_runs(futures, days)}."
    st.markdown(f"{about} Gains are to the right, losses to the left.")
    render_bars([_chart_income(futures, effect, name) for name in INCOME], "explore-flows")
    st.subheader("All that the ledger moved", anchor=False)
    table = make_flow_table(effect) if effect else make_moved_table(futures.outcomes, days)
    st.dataframe(table, hide_index=True, alt="Tokens moved, by cause")


def _chart_income(futures: Futures, effect: dict[str, Any] | None, name: str) -> Chart:
    """One class: its causes, tokens in and tokens out; those that moved nothing are left out."""
    gains, losses = INCOME[name]
    bars = [_measure_cause(futures, effect, cause, sign) for causes, sign in ((gains, 1), (losses, -1)) for cause in causes]
    title = f"{name_thing(name)} · difference" if effect else name_thing(name)
    return Chart(title, "ERA", INTERVAL if effect else SPREAD, [bar for bar in bars if bar.mid or bar.low or bar.high])


def _measure_cause(futures: Futures, effect: dict[str, Any] | None, cause: Cause, sign: int) -> Bar:
    key = cause.name.lower()
    if effect is None:
        low, mid, high = summarise(futures.outcomes, f"{key}.flow_era")
    else:
        mid, (low, high) = effect["flows"][key]["difference"]["mean"], effect["flows"][key]["difference"]["interval"]
    ends = sorted((sign * low, sign * high))
    return Bar(name_file(key) + (" (paid)" if sign < 0 else ""), sign * mid, *ends)


def make_moved_table(outcomes: Sequence[Outcomes], days: int) -> pd.DataFrame:
    """One row per cause, the largest first."""
    found = {key.partition(".")[0]: summarise(outcomes, key) for key in outcomes[0] if key.endswith(".flow_era")}
    rows = [
        {
            "Cause": name_file(name),
            "ERA moved: median": show_plain(mid, "ERA"),
            "90 % of runs": show_range(low, high, "ERA", False),
            "ERA a day": show_plain(mid / days, "ERA"),
        }
        for name, (low, mid, high) in sorted(found.items(), key=lambda item: -item[1][1])
        if high
    ]
    return pd.DataFrame(rows)
