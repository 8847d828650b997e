"""A run in a notebook: headline numbers with units, and figures of its daily table."""

from functools import partial
from typing import TYPE_CHECKING, Any

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.errors import UnknownNameError
from metalab.experiments.notebooks.cards import HEADLINES, Card, count, name_axis, render_cards, show_quantity
from metalab.experiments.runs.summary import METRIC_NAMES, UNITS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 7.0, 2.2
"""Inches of a figure: its width, and the height of one metric's panel."""


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
        return render_cards([Card(title, ("metric", "last day", "mean", "least", "most"), lines, note)])

    def plot(self, *names: str) -> "Figure":
        """The given metrics over the days (default: the headlines), one panel each, as a matplotlib figure of its own.

        Raises `UnknownNameError` for a metric that does not exist.
        """
        chosen = names or HEADLINES
        for name in chosen:
            if name not in METRIC_NAMES:
                raise UnknownNameError("metric", name, METRIC_NAMES, listing="dir of .summary, or python -m experiments metrics")
        return _draw(self.daily, chosen, f"{self.scenario.name}, seed {self.seed}")


def _draw(daily: "pd.DataFrame", names: tuple[str, ...], title: str) -> "Figure":
    """Panels below one another. `Figure` itself, not pyplot: nothing global, nothing to close."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, 0.6 + HEIGHT * len(names)), layout="constrained")
    axes: Any = figure.subplots(len(names), 1, sharex=True, squeeze=False)
    for name, panel in zip(names, axes[:, 0], strict=True):
        panel.plot(daily["day"], daily[name], color="#0072B2", linewidth=1.2)
        panel.set_ylabel(name_axis(name, UNITS[name]))
        panel.grid(alpha=0.3)
    axes[-1, 0].set_xlabel("day")
    figure.suptitle(title, fontsize="medium")
    figure._repr_png_ = partial(write_png, figure)  # type: ignore[attr-defined]
    return figure


def write_png(figure: "Figure") -> bytes:
    """The figure as a notebook shows it."""
    from io import BytesIO

    from matplotlib.backends.backend_agg import FigureCanvasAgg

    sink = BytesIO()
    FigureCanvasAgg(figure).print_png(sink, metadata={"Software": None})  # type: ignore[no-untyped-call]
    return sink.getvalue()
