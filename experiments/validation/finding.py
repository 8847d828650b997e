"""What a check found: a number with its spread, what it should be, and whether it is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

Values = np.ndarray[Any, np.dtype[np.float64]]


FITTED, IMPLIED, FREE = "fitted", "implied", "free"
"""Of a pattern: a parameter was set to it; it follows from what is put in by accounting or construction; it tests the model."""


@dataclass(frozen=True)
class Finding:
    """One line of a validation table.

    `holds` is None for what cannot be judged, with the reason in `note`; `without` is what is measured with the mechanism
    off; `fitted` says which parameters were chosen with this target in view; `kind` of a pattern is fitted, implied or free.
    """

    group: str
    name: str
    target: str
    measured: str
    holds: bool | None
    runs: int
    note: str = ""
    without: str = ""
    fitted: str = ""
    kind: str = ""

    @property
    def verdict(self) -> str:
        """One word for the table."""
        return "not judged" if self.holds is None else "holds" if self.holds else "FAILS"


def show_spread(values: Iterable[float], digits: int = 3) -> str:
    """Median over the runs with its 5th and 95th percentile."""
    array = np.asarray(list(values), dtype=float)
    low, middle, high = np.quantile(array, (0.05, 0.5, 0.95))
    return f"{middle:.{digits}g} [{low:.{digits}g}, {high:.{digits}g}]"


def show_share(hits: int, count: int) -> str:
    """A share of runs with its 95 % Wilson interval (Wilson 1927)."""
    low, high = compute_wilson(hits, count)
    return f"{hits}/{count} [{low:.2f}, {high:.2f}]"


def compute_wilson(hits: int, count: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """The 95 % interval of a proportion that stays within 0..1 and is right for few runs."""
    share, square = hits / count, z * z
    centre = (share + square / (2 * count)) / (1 + square / count)
    half = z / (1 + square / count) * float(np.sqrt(share * (1 - share) / count + square / (4 * count * count)))
    return max(centre - half, 0.0), min(centre + half, 1.0)


def compute_autocorrelation(values: Values, lag: int = 1) -> Values:
    """Autocorrelation along the last axis; 0 where nothing varies."""
    centred = values - values.mean(axis=-1, keepdims=True)
    power = (centred**2).sum(axis=-1)
    product = (centred[..., lag:] * centred[..., :-lag]).sum(axis=-1)
    return np.asarray(np.divide(product, power, out=np.zeros_like(power), where=power > 0))


def compute_excess_kurtosis(values: Values) -> Values:
    """Excess kurtosis along the last axis."""
    centred = values - values.mean(axis=-1, keepdims=True)
    variance = (centred**2).mean(axis=-1)
    return np.asarray(np.divide((centred**4).mean(axis=-1), variance**2, out=np.zeros_like(variance), where=variance > 0) - 3.0)


Column = tuple[str, Callable[[Finding], str]]

ALWAYS: tuple[Column, ...] = (
    ("check", lambda f: f"{f.group} {f.name}".strip()),
    ("target", lambda f: f.target),
    ("measured", lambda f: f.measured),
    ("runs", lambda f: str(f.runs)),
    ("verdict", lambda f: f.verdict),
)
WHERE_FILLED: tuple[Column, ...] = (
    ("kind", lambda f: f.kind),
    ("mechanism off", lambda f: f.without),
    ("fitted to it", lambda f: f.fitted),
    ("note", lambda f: f.note),
)


def write_table(findings: Iterable[Finding]) -> str:
    """Findings as a Markdown table; columns that are empty throughout are left out."""
    kept = list(findings)
    columns = [*ALWAYS, *(column for column in WHERE_FILLED if any(column[1](finding) for finding in kept))]
    lines = ["| " + " | ".join(title for title, _ in columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(get(finding) for _, get in columns) + " |" for finding in kept]
    return "\n".join(lines) + "\n"
