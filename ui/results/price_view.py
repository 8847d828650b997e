"""The price explained on a page: a sentence with its parts, and the parts stacked over time."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from metalab.experiments.decisions.price_change import (
    describe_change,
    describe_premium,
    describe_relative,
    describe_without,
    read_change,
    split_change,
)
from metalab.experiments.runs.price_parts import (
    BALANCES,
    METRICS,
    PREMIUM,
    PRICE,
    REVENUE,
    WORTH,
    describe_price,
    describe_worth,
    find_middle,
)
from metalab.ui.charts.interval_bars import Bar, Chart, render_bars
from metalab.ui.charts.quantile_bands import Rows
from metalab.ui.charts.stacked_areas import Part, Stack, render_stacks

Data = dict[str, Any]
Get = Callable[[str], Rows]
"""A metric: runs x days."""
Thin = Callable[[Rows, Rows], tuple[Rows, Rows]]
ALONE = "USD, an axis of its own"
MEANING = ("mean difference", "95 % interval of the mean")


class PricePaths(NamedTuple):
    """The metrics of the price by day, and whose they are in words."""

    days: Rows
    values: dict[str, Rows]
    about: str


def show_minus(text: str) -> str:
    """With the sign that the page's other numbers have."""
    return text.replace(" -", " −").replace("[-", "[−")  # noqa: RUF001


def pick_run(days: Rows, get: Get, place: int, about: str, thin: Thin) -> PricePaths:
    """One run's paths."""
    found = {name: thin(days, get(name)[place : place + 1]) for name in METRICS}
    return PricePaths(found[PRICE][0], {name: values[0] for name, (_, values) in found.items()}, about)


def keep_days(days: Rows, values: Rows) -> tuple[Rows, Rows]:
    """Nothing is thinned."""
    return days, values


def average(days: Rows, get: Get, about: str, thin: Thin) -> PricePaths:
    """Means over runs, which add up."""
    found = {name: thin(days, get(name).mean(axis=0, keepdims=True)) for name in METRICS}
    return PricePaths(found[PRICE][0], {name: values[0] for name, (_, values) in found.items()}, about)


def name_run(number: int, runs: int) -> str:
    """Whose parts are shown."""
    return "the only run" if runs == 1 else f"run {number}, whose price stays nearest to the median of {runs}"


def list_stacks(paths: PricePaths, baseline: PricePaths | None = None, is_difference: bool = False, decided: int = -1) -> list[Stack]:
    """Price in USD and on a logarithmic axis, and the worth alone by its parts; differences have no logarithm."""
    values = paths.values
    parts = (Part("worth", values[WORTH]), Part("premium", values[PREMIUM]))
    tail = " · difference" if is_difference else ""
    price = Stack(
        f"Price = worth + premium{tail}", "price", paths.about, paths.days, parts, _get(baseline, PRICE), False, is_difference, decided
    )
    has_log = not is_difference and float(min(values[WORTH].min(), values[PRICE].min())) > 0.0
    sources = tuple(Part(name, values[metric]) for name, metric in (("revenue", REVENUE), ("balances", BALANCES)))
    worth = price._replace(
        title=f"Worth alone{tail}", subtitle=ALONE, total="worth", baseline=_get(baseline, WORTH),
        parts=sources if any(np.any(part.values) for part in sources) else parts[:1],
    )  # fmt: skip
    return [price, *([price._replace(is_log=True)] if has_log else []), worth]


def _get(paths: PricePaths | None, metric: str) -> Rows | None:
    return None if paths is None else paths.values[metric]


def render_price(get: Get, numbers: tuple[int, ...], days: Rows) -> None:
    """The price of the middle run on the first and last day as a sum, and the last worth."""
    place = find_middle(get(PRICE))
    st.markdown(describe_paths(pick_run(days, get, place, name_run(numbers[place], len(numbers)), keep_days)))


def describe_paths(paths: PricePaths) -> str:
    """The price on the first and last day as a sum, and where the last worth comes from."""
    start, end = (f"day {paths.days[at]:,.0f}" for at in (0, -1))
    values = paths.values
    prices = [show_minus(describe_price(float(values[WORTH][at]), float(values[PREMIUM][at]))) for at in (0, -1)]
    worth = describe_worth(float(values[REVENUE][-1]), float(values[BALANCES][-1]))
    lines = [f"**Price on {start}**: {prices[0]}.", f"**Price on {end}**, {paths.about}: {prices[1]}."]
    return "  \n".join([*lines, *([f"**Worth on {end}**: {worth}."] if worth else [])])


def render_change(effect: Data, at: int, about: str) -> None:
    """What moves the price, in words; nothing where nothing does."""
    change = describe_change(effect["metrics"])
    if change:
        lines = (
            f"**{about}**: {describe_without(effect['metrics'])} without.",
            f"**Difference**: {change} ({describe_relative(effect['metrics'])}).",
        )
        st.markdown(show_minus("  \n".join(lines)))
        st.caption(show_minus(describe_premium(effect, at)))


def list_change_charts(metrics: Data) -> list[Chart]:
    """Price, worth and premium with their intervals: in USD they add up, in per cent the worth can be seen."""
    changes = split_change(metrics)
    plain = [Bar(name, change.mean, change.low, change.high) for name, change in changes.items()]
    relative = [
        Bar(name, *(100 * value / abs(change.without) for value in change[1:])) for name, change in changes.items() if change.without
    ]
    sources = {"worth": WORTH, "from revenue": REVENUE, "from balances": BALANCES}
    alone = [Bar(name, *read_change(metrics[metric])[1:]) for name, metric in sources.items() if metric in metrics]
    return [
        Chart("Price = worth + premium", "USD", MEANING, plain),
        Chart("Worth alone", ALONE, MEANING, alone),
        Chart("Each part", "% of what it is without", MEANING, relative),
    ]


def render_decided(effect: Data, paths: PricePaths | None, decided: int, start: date | None) -> None:
    """What moves the price in a decision: words, intervals, and the parts over time."""
    if not describe_change(effect["metrics"]):
        return
    st.subheader("What moves the price", anchor=False)
    render_change(effect, decided, "Price, mean over the days after the decision")
    render_bars(list_change_charts(effect["metrics"]), "governance-price")
    if paths is not None:
        st.caption(f"The parts over time: {paths.about}. The upright line is the decision.")
        render_stacks(list_stacks(paths, None, True, decided), "governance-price", start)
