"""A run in a notebook: headline numbers with units, and figures of its daily table."""

from typing import TYPE_CHECKING, Any

from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.notebooks.cards import HEADLINES, Card, count, render_cards, show_quantity
from metalab.experiments.notebooks.figures import COLOURS, check_metrics, open_figure
from metalab.experiments.notebooks.price import draw_price
from metalab.experiments.runs.price_parts import explain_price
from metalab.experiments.runs.summary import METRIC_NAMES, UNITS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


class ResultViews:
    """What a run shows of itself; `Result` has the data."""

    scenario: Scenario
    seed: int
    replication: int

    if TYPE_CHECKING:

        @property
        def daily(self) -> pd.DataFrame:
            """The daily table."""

        @property
        def summary(self) -> dict[str, dict[str, float]]:
            """The statistics of every metric."""

        @property
        def rows(self) -> Any:
            """The daily table as an array."""

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {show_quantity(self.summary[name]['last'], UNITS[name])}" for name in HEADLINES[:2])
        which = f"{self.scenario.name!r}, seed {self.seed}" + (f", replication {self.replication}" if self.replication else "")
        return f"<Result of {which}, {count(len(self.rows), 'day')}; on the last: {last}>"

    def _repr_html_(self) -> str:
        lines = [
            (name, *(show_quantity(self.summary[name][word], UNITS[name]) for word in ("last", "mean", "min", "max"))) for name in HEADLINES
        ]
        title = f"{self.scenario.name}, seed {self.seed}, {count(len(self.rows), 'day')}"
        note = f"{len(METRIC_NAMES)} metrics in .daily (units in .daily.attrs) and .summary; .plot(name, ...) draws them"
        table = Card(title, ("metric", "last day", "mean", "least", "most"), lines, note)
        prices = [(f"day {day}", explain_price(dict(zip(COLUMNS, self.rows[day], strict=True)))) for day in (0, len(self.rows) - 1)]
        return render_cards([table, Card("What the price is made of", lines=prices, note=".plot_price() draws it")])

    def plot(self, *names: str) -> "Figure":
        """The given metrics over the days (default: the headlines), one panel each, as a matplotlib figure of its own.

        Raises `UnknownNameError` for a metric that does not exist.
        """
        chosen = names or HEADLINES
        check_metrics(chosen)
        figure, panels = open_figure(chosen, f"{self.scenario.name}, seed {self.seed}")
        for name, panel in zip(chosen, panels, strict=True):
            panel.plot(self.daily["day"], self.daily[name], color=COLOURS[0], linewidth=1.2)
        return figure

    def plot_price(self) -> "Figure":
        """The price as what the token is worth and a premium, stacked: in USD, on a logarithmic axis, and the worth alone by its parts."""
        return draw_price(self.daily, f"{self.scenario.name}, seed {self.seed}")
