"""A decision in words and tables: how large each effect is, how sure its sign, and whom it reaches."""

from typing import Any

import pandas as pd
import streamlit as st

from metalab.experiments.decisions.price_change import PartChange, split_change
from metalab.experiments.decisions.undoing import tell_undoing
from metalab.ui.charts.formatting import (
    count_things,
    describe_chance,
    name_file,
    name_thing,
    show_number,
    show_range,
    show_relative,
    show_signed,
    show_span,
)
from metalab.ui.charts.interval_bars import Bar, Chart, render_bars
from metalab.ui.charts.page_style import CARDS
from metalab.ui.charts.time_series import METRIC_INFO

Data = dict[str, Any]

CHARTS = 6
SMALLEST = 1.0
"""ERA or USD below which a relative difference says nothing."""
WORDS = {
    "income_era": ("Income", "ERA"),
    "income_usd": ("Income", "USD"),
    "holdings_era": ("Holdings", "ERA"),
    "holdings_usd": ("Holdings", "USD"),
}


def is_sure(line: Data) -> bool:
    """Whether the 95 % interval of the mean difference leaves zero out."""
    low, high = line["difference"]["interval"]
    return bool(low > 0 or high < 0)


def compute_size(line: Data) -> float:
    """The mean difference relative to the baseline, for sorting."""
    mean, baseline = abs(line["difference"]["mean"]), abs(line["baseline"])
    return float(mean / baseline) if baseline > 0 else float(mean > 0)


def sort_effects(effect: Data) -> list[tuple[str, Data]]:
    """Sure effects first, larger ones before smaller ones. A mean of codes says nothing and is left out."""
    lines = [(name, line) for name, line in effect["metrics"].items() if name in METRIC_INFO and METRIC_INFO[name].unit != "code"]
    return sorted(lines, key=lambda pair: (not is_sure(pair[1]), -compute_size(pair[1]), pair[0]))


def list_largest(effect: Data) -> list[str]:
    """The metrics whose differences are charted."""
    return [name for name, line in sort_effects(effect) if line["changed"]][:CHARTS]


def describe_effects(decision: Data) -> str:
    """How to read the table."""
    return (
        f"Means over all days from day {decision['at']:,} on, sorted by size relative to the baseline; sure signs come first. "
        f"The interval is that of the mean difference, sure if it leaves zero out; “worst 5 %” is what one pair in twenty falls short of."
    )


def describe_better(line: Data) -> str:
    """How often the outcome is better, in words and number."""
    if not line["changed"]:
        return "unchanged"
    if line["better"] == "none":
        return f"higher in {line['probability_better']:.0%}"
    return f"{describe_chance(line['probability_better'])} ({line['probability_better']:.0%})"


def make_effect_table(effect: Data) -> pd.DataFrame:
    """One row per metric, the largest sure effect first."""
    return pd.DataFrame([make_row(name_thing(name), METRIC_INFO[name].unit, line) for name, line in sort_effects(effect)])


def make_row(name: str, unit: str, line: Data) -> Data:
    """What one comparison says, in words."""
    difference = line["difference"]
    low, high = difference["interval"]
    return {
        "Outcome": name,
        "Without": show_number(line["baseline"], unit),
        "Difference": show_signed(difference["mean"], unit),
        "95 % interval": show_span(low, high, unit),
        "Sure": is_sure(line),
        "Relative": show_relative(difference["mean"], line["baseline"]),
        "Better?": describe_better(line),
        "Worst 5 %": show_signed(difference["worst_5_percent"], unit),
    }


def make_class_table(effect: Data) -> pd.DataFrame:
    """One row per class of stakeholders and measure."""
    rows = []
    for group, words in effect["classes"].items():
        for word, line in words.items():
            what, unit = WORDS[word]
            rows.append(
                {"Who": name_thing(group), "What": f"{what} in {unit}"}
                | {k: v for k, v in make_row("", unit, line).items() if k != "Outcome"}
            )
    return pd.DataFrame(rows)


def make_flow_table(effect: Data) -> pd.DataFrame:
    """One row per cause that moved tokens, sure effects first, larger ones before smaller ones."""
    lines = [(name, line) for name, line in effect["flows"].items() if line["baseline"] or line["proposal"]]
    lines.sort(key=lambda pair: (not is_sure(pair[1]), -compute_size(pair[1]), pair[0]))
    return (
        pd.DataFrame([make_row(name_file(name), "ERA", line) for name, line in lines])
        .rename(columns={"Outcome": "Cause"})
        .drop(columns=["Better?", "Worst 5 %"], errors="ignore")
    )


def list_class_charts(effect: Data) -> list[Chart]:
    """Per measure the mean difference of every class, relative to what it has without, with its 95 % interval."""
    meaning = ("mean difference", "95 % interval of the mean")
    charts = []
    for word, (what, unit) in WORDS.items():
        lines = [(name_thing(group), words[word]) for group, words in effect["classes"].items() if word in words]
        bars = [Bar(name, *_relate(line)) for name, line in lines if abs(line["baseline"]) >= SMALLEST]
        charts.append(Chart(f"{what} in {unit}", "% of what it is without", meaning, bars))
    return charts


def _relate(line: Data) -> tuple[float, float, float]:
    """Mean difference and its interval in per cent of the baseline."""
    scale = 100 / abs(line["baseline"])
    low, high = line["difference"]["interval"]
    return line["difference"]["mean"] * scale, low * scale, high * scale


def render_classes(effect: Data, place: str) -> None:
    """Who gains and who loses: charts of every class, and the numbers."""
    render_bars(list_class_charts(effect), f"{place}-classes")
    st.dataframe(make_class_table(effect), hide_index=True, alt="Effects on every class of stakeholders")


def render_verdict(decision: Data, effect: Data) -> None:
    """The answer in a few cards and one sentence."""
    lines = [line for _, line in sort_effects(effect)]
    sure = sum(is_sure(line) for line in lines)
    st.subheader(effect["title"], anchor=False)
    st.caption(
        f"{count_things(effect['pairs'], 'pair')} of futures · {decision['days']:,} days · seed {decision['seed']} · "
        f"{'by vote' if decision['mode'] == 'vote' else 'by decree'} on day {decision['at']:,} · {decision['scenario']}"
        + (f" · {count_things(effect['failed'], 'pair')} failed" if effect["failed"] else "")
    )
    for warning in decision.get("warnings", []):
        st.caption(f":material/warning: {warning.partition(': ')[2] or warning}")
    if undone := tell_undoing(effect.get("undone")):
        st.caption(f":material/undo: {undone}")
    with st.container(key=f"{CARDS}-verdict"):
        cards = st.columns(4)
    _render_card(cards[0], "Sure effects", f"{sure} of {len(lines)}", "outcomes whose 95 % interval of the mean leaves zero out")
    _render_parting(cards[1], effect["diverges"])
    _render_price(cards[2], split_change(effect["metrics"], "last"))
    _render_passage(cards[3], effect["passes"])


def _render_card(place: Any, label: str, value: str, note: str) -> None:
    with place, st.container(border=True, gap="xxsmall", height="stretch"):
        st.metric(label, value)
        st.caption(note)


def _render_parting(place: Any, parted: Data | None) -> None:
    if parted is None:
        _render_card(place, "Futures diverge", "Never", "Both futures are the same, number for number")
    else:
        _render_card(place, "Futures diverge", f"Day {parted['day']:,}", f"First in: {str(parted['mechanism']).replace('_', ' ')}")


def _render_price(place: Any, changes: dict[str, PartChange]) -> None:
    if changes:
        price, worth, premium = changes.values()
        parts = f"worth {show_signed(worth.mean)}, premium {show_signed(premium.mean)}"
        note = f"{parts}; 95 % interval of the mean: {show_span(price.low, price.high)}"
        _render_card(place, "Price at the end (USD)", show_signed(price.mean), note)


def _render_passage(place: Any, vote: Data | None) -> None:
    if vote is None:
        _render_card(place, "Passage", "Decreed", "Choose “by vote” to let voters decide")
        return
    low, high = vote["probability_interval"]
    votes = f"turnout {vote['turnout']:.1%}, yes {vote['yes_share']:.0%}"
    note = f"{describe_chance(vote['probability'])}; 95 %: {show_range(low, high, 'share')}; {votes}"
    _render_card(place, "Passes in", f"{vote['probability']:.0%}", note)
