"""The picture of a scaling run: load, queue and active nodes over time, every set on the same arrivals."""

import io
from typing import Any

import numpy as np

from metalab.econ.scaling.fastclock.lab import ScalingOutcome, Table
from metalab.protocol.scaling.scaling import TICK

POINTS = 720
"""Most points of a line; longer runs are drawn by groups of ticks."""
SIZE = (10.0, 8.0)
STYLES = {
    "hysteresis": ("#0072b2", "-"),
    "proportional": ("#d55e00", "-"),
    "pi": ("#009e73", "-"),
    "fixed": ("#444444", "--"),
    "fixed at most": ("#999999", ":"),
}
"""Colours that remain apart for the colour-blind."""


def group(values: Any, width: int, how: Any) -> Any:
    """Groups of `width` ticks reduced to one number each; an incomplete last group counts as one."""
    starts = np.arange(0, len(values), width)
    if how is np.maximum:
        return np.maximum.reduceat(values, starts)
    return np.add.reduceat(values.astype(float), starts) / np.diff(np.append(starts, len(values)))


def draw_scaling(load: Table, found: dict[str, ScalingOutcome], core: int, node_tps: float) -> bytes:
    """An SVG with three panels; the same run gives the same bytes."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.hashsalt": "scaling", "svg.fonttype": "none"}):
        figure = Figure(figsize=SIZE, layout="constrained")
        width = -(-len(load) // POINTS)
        hours = len(load) * TICK > 4 * 3600.0
        time = np.arange(0, len(load), width) * TICK / (3600.0 if hours else 60.0)
        panels = figure.subplots(3, 1, sharex=True)
        _draw_load(panels[0], time, load, found, width, core, node_tps)
        _draw_lines(panels[1], time, found, "waiting", width, np.maximum)
        panels[1].set_yscale("symlog", linthresh=10.0)
        panels[1].set_ylim(bottom=0.0)
        panels[1].set_ylabel("transactions waiting")
        _draw_lines(panels[2], time, found, "active", width, np.add)
        panels[2].set_ylim(bottom=0.0)
        panels[2].set_ylabel("active flex nodes")
        panels[2].set_xlabel("hours" if hours else "minutes")
        _name_lines(panels[2])
        sink = io.BytesIO()
        figure.savefig(sink, format="svg", metadata={"Date": None})
    return sink.getvalue()


def _draw_load(panel: Any, time: Any, load: Table, found: dict[str, ScalingOutcome], width: int, core: int, node_tps: float) -> None:
    """What arrives, and what the chosen set can serve."""
    chosen = next(iter(found))
    panel.plot(time, group(load["arrived"] / TICK, width, np.add), color="#aaaaaa", linewidth=0.8, label="arrivals")
    panel.plot(time, group(load["rate"], width, np.add), color="black", linewidth=1.0, label="mean rate")
    capacity = (group(found[chosen].ticks["active"], width, np.add) + core) * node_tps
    panel.step(time, capacity, where="post", color=STYLES[chosen][0], linewidth=1.2, label=f"capacity ({chosen})")
    panel.set_ylim(bottom=0.0)
    panel.set_ylabel("transactions / s")
    _name_lines(panel)


def _name_lines(panel: Any) -> None:
    """The legend in one row above the panel, where it hides nothing."""
    panel.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=len(STYLES), frameon=False, fontsize="small", borderaxespad=0.1)


def _draw_lines(panel: Any, time: Any, found: dict[str, ScalingOutcome], name: str, width: int, how: Any) -> None:
    """A line per set, the chosen one on top."""
    for number, (label, outcome) in enumerate(found.items()):
        colour, dashes = STYLES[label]
        panel.step(
            time,
            group(outcome.ticks[name], width, how),
            where="post",
            color=colour,
            linestyle=dashes,
            linewidth=1.8 if number == 0 else 1.0,
            zorder=3.0 if number == 0 else 2.0,
            label=label,
        )
