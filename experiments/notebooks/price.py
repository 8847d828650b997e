"""The price as a stacked figure: what the token is worth, and the premium above it."""

from typing import TYPE_CHECKING, Any

import numpy as np

from metalab.experiments.notebooks.figures import open_figure
from metalab.experiments.runs.price_parts import BALANCES, PREMIUM, PRICE, REVENUE, WORTH, describe_price

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

COLOURS = {"worth": "#009E73", "premium": "#CC79A7", "from revenue": "#009E73", "from balances": "#E69F00"}
FLOOR = 0.5
"""Where a logarithmic axis begins, as a part of the smallest worth."""


def draw_price(daily: "pd.DataFrame", title: str) -> "Figure":
    """Three panels: both parts in USD, both on a logarithmic axis (there a height is a factor), the worth alone by its parts."""
    last = daily.iloc[-1]
    words = f"day {last['day']:.0f}: {describe_price(last[WORTH], last[PREMIUM])}"
    figure, (plain, factors, worth) = open_figure((PRICE, PRICE, WORTH), f"{title}\n{words}")
    days = daily["day"].to_numpy()
    parts = {"worth": daily[WORTH].to_numpy(), "premium": daily[PREMIUM].to_numpy()}
    _stack(plain, days, parts)
    _stack(factors, days, parts)
    if parts["worth"].min() > 0.0:
        factors.set_yscale("log")
        factors.set_ylim(bottom=FLOOR * parts["worth"].min())
        factors.set_ylabel(f"{PRICE} [USD], log")
    sources = {"from revenue": daily[REVENUE].to_numpy(), "from balances": daily[BALANCES].to_numpy()}
    _stack(worth, days, sources if any(values.any() for values in sources.values()) else {"worth": parts["worth"]})
    return figure


def _stack(panel: Any, days: Any, parts: dict[str, Any]) -> None:
    """Each part on top of the one before; the edge makes a thin one visible."""
    below = np.zeros(len(days))
    for name, values in parts.items():
        panel.fill_between(days, below, below + values, color=COLOURS[name], alpha=0.5, linewidth=0, label=name)
        panel.plot(days, below + values, color=COLOURS[name], linewidth=1.2)
        below = below + values
    # Beside the panel: inside it would hide the parts.
    panel.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize="small", frameon=False)
