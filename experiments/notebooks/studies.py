"""A study in a notebook: how far it is and what its runs come to."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.notebooks.cards import HEADLINES, Card, count, render_cards, show_quantity
from metalab.experiments.notebooks.figures import COLOURS, check_metrics, open_figure
from metalab.experiments.notebooks.price import draw_price
from metalab.experiments.runs.price_parts import PRICE, find_middle
from metalab.experiments.runs.summary import UNITS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

BAND = (0.05, 0.5, 0.95)


class StudyViews:
    """What a study shows of itself; `Study` has the data."""

    runs: int
    seed: int
    out: str | Path
    worlds: dict[str, Scenario]
    lengths: dict[str, int]

    if TYPE_CHECKING:

        @property
        def is_complete(self) -> bool:
            """Whether every run is there."""

        def read_summary(self, name: str = "") -> dict[str, Any]:
            """A scenario's summary."""

        @property
        def daily(self) -> pd.DataFrame:
            """The stored rows of all runs."""

    def __repr__(self) -> str:
        state = "complete" if self.is_complete else "not complete"
        worlds = ", ".join(f"{name!r} ({count(days, 'day')})" for name, days in self.lengths.items())
        return f"<Study of {worlds}: {count(self.runs, 'run')}, seed {self.seed}, in {str(self.out)!r}, {state}>"

    def _repr_html_(self) -> str:
        if not self.is_complete:
            return render_cards(
                [Card(repr(self), note="run() makes the runs; after an interruption resume() makes those that are missing")]
            )
        return render_cards(self._make_card(name) for name in self.worlds)

    def plot(self, *names: str) -> "Figure":
        """The given metrics over the days (default: the headlines): of each scenario the median run and 90 % of the runs.

        A panel for each metric, as a matplotlib figure of its own. Raises `UnknownNameError` for a metric that does not exist.
        """
        chosen = names or HEADLINES
        check_metrics(chosen)
        figure, panels = open_figure(chosen, f"{count(self.runs, 'run')}, seed {self.seed}: median and 90 % of runs")
        for name, panel in zip(chosen, panels, strict=True):
            for k, world in enumerate(self.worlds):
                _draw_band(panel, self.daily[self.daily["scenario"] == world].groupby("day")[name], world, COLOURS[k % len(COLOURS)])
        for text in panels[0].legend().get_texts():
            text.set_parse_math(False)
        return figure

    def plot_price(self, name: str = "") -> "Figure":
        """The price of the middle run of a scenario (default: the first) as worth and premium, stacked; see `Result.plot_price`."""
        world = name or next(iter(self.worlds))
        days = self.daily[self.daily["scenario"] == world]
        prices = days.pivot(index="run", columns="day", values=PRICE)
        run = prices.index[find_middle(prices.to_numpy())]
        return draw_price(days[days["run"] == run], f"{world}, run {run}: the nearest to the median price of {count(len(prices), 'run')}")

    def _make_card(self, name: str) -> Card:
        summary = self.read_summary(name)
        lines = [_describe(metric, summary["metrics"][metric]["last"]) for metric in HEADLINES if summary["metrics"]]
        title = f"{name}: {count(summary['runs'], 'run')} of {count(self.lengths[name], 'day')}, seed {self.seed}"
        failed = f"{count(summary['failed'], 'run')} failed (see .table); " if summary["failed"] else ""
        note = failed + "last day of a run; the interval is that of the mean; all metrics: .summary(), .table, .daily; price: .plot_price()"
        return Card(title, ("metric", "mean", "95 % interval", "5 % .. 95 % of runs"), lines, note)


def _draw_band(panel: Any, days: Any, label: str, colour: str) -> None:
    low, middle, high = (days.quantile(share) for share in BAND)
    panel.fill_between(low.index, low, high, color=colour, alpha=0.25, linewidth=0)
    panel.plot(middle.index, middle, color=colour, linewidth=1.2, label=label.lstrip("_"))


def _describe(metric: str, sample: dict[str, Any]) -> tuple[str, ...]:
    low, high = (show_quantity(value, UNITS[metric]) for value in sample["interval"])
    bottom, top = (show_quantity(sample["quantiles"][share], UNITS[metric]) for share in ("0.05", "0.95"))
    return metric, show_quantity(sample["mean"], UNITS[metric]), f"{low} .. {high}", f"{bottom} .. {top}"
