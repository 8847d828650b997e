"""A study in a notebook: how far it is and what its runs come to."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.notebooks.cards import HEADLINES, Card, count, render_cards, show_quantity
from metalab.experiments.runs.summary import UNITS


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

    def _make_card(self, name: str) -> Card:
        summary = self.read_summary(name)
        lines = [_describe(metric, summary["metrics"][metric]["last"]) for metric in HEADLINES if summary["metrics"]]
        title = f"{name}: {count(summary['runs'], 'run')} of {count(self.lengths[name], 'day')}, seed {self.seed}"
        failed = f"{count(summary['failed'], 'run')} failed (see .table); " if summary["failed"] else ""
        note = failed + "last day of a run; the interval is that of the mean; all metrics: .summary(), .table, .daily"
        return Card(title, ("metric", "mean", "95 % interval", "5 % .. 95 % of runs"), lines, note)


def _describe(metric: str, sample: dict[str, Any]) -> tuple[str, ...]:
    low, high = (show_quantity(value, UNITS[metric]) for value in sample["interval"])
    bottom, top = (show_quantity(sample["quantiles"][share], UNITS[metric]) for share in ("0.05", "0.95"))
    return metric, show_quantity(sample["mean"], UNITS[metric]), f"{low} .. {high}", f"{bottom} .. {top}"
