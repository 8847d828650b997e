"""Figures of daily metrics: one panel a metric, units on the axes.

They are made with matplotlib's `Figure`, not pyplot: nothing global, nothing to close.
"""

from collections.abc import Sequence
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

from metalab.experiments.errors import UnknownNameError
from metalab.experiments.notebooks.cards import name_axis
from metalab.experiments.program import show_command
from metalab.experiments.runs.summary import METRIC_NAMES, UNITS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 7.0, 2.2
"""Inches: the width of a figure and the height of one panel."""
TITLE_HEIGHT = 0.6
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
"""Okabe and Ito's, which colour-blind people tell apart."""


def check_metrics(names: Sequence[str]) -> None:
    """Raise `UnknownNameError` for a metric that does not exist."""
    for name in names:
        if name not in METRIC_NAMES:
            raise UnknownNameError("metric", name, METRIC_NAMES, listing=show_command("metrics"))


def open_figure(names: Sequence[str], title: str) -> "tuple[Figure, list[Any]]":
    """An empty figure with one labelled panel for each metric, and the panels."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, TITLE_HEIGHT + HEIGHT * len(names)), layout="constrained")
    axes: Any = figure.subplots(len(names), 1, sharex=True, squeeze=False)
    panels = list(axes[:, 0])
    for name, panel in zip(names, panels, strict=True):
        panel.set_ylabel(name_axis(name, UNITS[name]))
        panel.grid(alpha=0.3)
    panels[-1].set_xlabel("day")
    # Titles may hold dollar signs, which are not formulas here.
    figure.suptitle(title, fontsize="medium").set_parse_math(False)
    figure._repr_png_ = partial(write_png, figure)  # type: ignore[attr-defined]
    return figure, panels


def write_png(figure: "Figure") -> bytes:
    """The figure as a notebook shows it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    sink = BytesIO()
    FigureCanvasAgg(figure).print_png(sink, metadata={"Software": None})  # type: ignore[no-untyped-call]
    return sink.getvalue()
