"""A study as an object: many runs of one or several scenarios, carried out, resumed and read back.

Nothing here simulates: `run_study` does, into the same directories as the command `monte-carlo`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.errors import BadValueError, ResultError
from metalab.experiments.inputs.scenario import finish, read_draft
from metalab.experiments.inputs.scenario_data import rebuild_scenario
from metalab.experiments.limits import USUAL_DAYS
from metalab.experiments.notebooks.studies import StudyViews
from metalab.experiments.runs.agents import Agents
from metalab.experiments.runs.summary import STATISTICS, UNITS
from metalab.experiments.store.directory import MANIFEST, RUNS, Data, read_manifest
from metalab.experiments.studies.plan import StudyOptions
from metalab.experiments.studies.study import read_summary, run_study

if TYPE_CHECKING:
    import pandas as pd

Source = str | Path | Scenario
QUANTILES = {"p05": "0.05", "median": "0.5", "p95": "0.95"}


@dataclass(frozen=True, repr=False)
class Study(StudyViews):
    """Many runs of one scenario, or of each of several, below the directory `out`.

    `scenarios`: a preset's name, a TOML file or a `Scenario`, or several of them, whose names must differ. `days` None: the
    scenario's own length. `every`: days between two stored rows. `until`: see `parse_until`. One scenario is kept in `out`
    itself, several in one folder each below it, by name. Equal arguments give equal bytes for any number of `workers`.
    `agents` maps populations to agent classes of your own.
    """

    scenarios: Source | Iterable[Source]
    runs: int = 64
    seed: int = 1
    days: int | None = None
    out: str | Path = "out/study"
    every: int = 7
    until: str = ""
    workers: int = 2
    agents: Agents | None = None
    worlds: dict[str, Scenario] = field(init=False)
    lengths: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        sources = [self.scenarios] if isinstance(self.scenarios, str | Path | Scenario) else list(self.scenarios)
        loaded = [_load(source) for source in sources]
        names = [world.name for world, _ in loaded]
        if not names or len(set(names)) < len(names):
            raise BadValueError("scenarios", ", ".join(names), "at least one scenario, and each name once")
        object.__setattr__(self, "worlds", {world.name: world for world, _ in loaded})
        object.__setattr__(self, "lengths", {world.name: days if self.days is None else self.days for world, days in loaded})

    @classmethod
    def open(cls, out: str | Path, workers: int = 2, agents: Agents | None = None) -> Self:
        """The study that was begun in a directory, whole or not. Raises `ResultError` where there is none.

        `agents` of your own are not stored: give them again to make the runs that are missing.
        """
        path = Path(out)
        found = [path] if (path / MANIFEST).exists() else sorted(entry.parent for entry in path.glob(f"*/{MANIFEST}"))
        if not found:
            raise ResultError(path, f"has no {MANIFEST}; name a directory that a study was written to")
        manifests = [_read_study(folder) for folder in found]
        first = manifests[0]
        until = "" if first["until"] is None else f"{first['until'][0]}:{first['until'][1]!r}"
        lengths = {manifest["days"] for manifest in manifests}
        study = cls(
            [rebuild_scenario(manifest) for manifest in manifests],
            *(first["runs"], first["seed"], first["days"], path, first["every"], until, workers, agents),
        )
        if len(lengths) > 1:
            object.__setattr__(study, "lengths", {manifest["scenario"]: manifest["days"] for manifest in manifests})
        return study

    def run(self, quiet: bool | None = None) -> Self:
        """Make the runs that are missing; returns the study. `quiet` None: progress only on a terminal.

        Raises `OutputError` when `out` holds another result, and a `ProblemError` for what is out of range.
        """
        for name, world in self.worlds.items():
            run_study(world, self.find_directory(name), self._make_options(name, quiet))
        for cached in ("daily", "table"):
            self.__dict__.pop(cached, None)
        return self

    def resume(self, quiet: bool | None = None) -> Self:
        """Go on with a study that was begun in `out`. Raises `ResultError` when nothing was begun there."""
        if not any((self.find_directory(name) / MANIFEST).exists() for name in self.worlds):
            raise ResultError(Path(self.out), "nothing was begun there; begin with run()")
        return self.run(quiet)

    def _make_options(self, name: str, quiet: bool | None) -> StudyOptions:
        import sys

        is_quiet = not sys.stderr.isatty() if quiet is None else quiet
        return StudyOptions(
            self.runs, self.seed, self.lengths[name], self.every, self.until, self.workers, quiet=is_quiet, agents=self.agents
        )

    def find_directory(self, name: str) -> Path:
        """Where a scenario's runs are kept."""
        return Path(self.out) if len(self.worlds) == 1 else Path(self.out) / name

    @property
    def is_complete(self) -> bool:
        """Whether every run has been made and stored."""
        folders = [self.find_directory(name) for name in self.worlds]
        return all((folder / MANIFEST).exists() and read_manifest(folder)["status"] == "complete" for folder in folders)

    @cached_property
    def daily(self) -> "pd.DataFrame":
        """The stored rows of all runs: columns scenario, run, day and every metric; units in `.attrs["units"]`."""
        return self._gather("part-*.parquet")

    @cached_property
    def table(self) -> "pd.DataFrame":
        """One row a run: scenario, run, seed, status, what failed, digest, and every outcome as `metric.statistic`."""
        return self._gather(RUNS)

    def _gather(self, pattern: str) -> "pd.DataFrame":
        import pandas as pd

        self._check_complete()
        frames = []
        for name in self.worlds:
            for path in sorted(self.find_directory(name).glob(pattern)):
                frame = pd.read_parquet(path)
                frame.insert(0, "scenario", name)
                frames.append(frame)
        gathered = pd.concat(frames, ignore_index=True)
        gathered.attrs["units"] = dict(UNITS)
        return gathered

    def read_summary(self, name: str = "") -> Data:
        """The summary of one scenario as stored in summary.json; of the first one when no name is given."""
        self._check_complete()
        return read_summary(self.find_directory(name or next(iter(self.worlds))))

    def summary(self, statistic: str = "last") -> "pd.DataFrame":
        """Every metric over the runs, for one statistic of a run (mean, last, min, max or total over its days).

        Index: scenario and metric. Columns: unit, mean, its 95 % interval (low, high), 5 %, 50 % and 95 % of runs.
        """
        import pandas as pd

        if statistic not in STATISTICS:
            raise BadValueError("statistic", statistic, "one of " + ", ".join(STATISTICS))
        rows = [
            {"scenario": name, "metric": metric, "unit": UNITS[metric]} | _shorten(words[statistic])
            for name in self.worlds
            for metric, words in self.read_summary(name)["metrics"].items()
            if statistic in words
        ]
        return pd.DataFrame(rows).set_index(["scenario", "metric"])

    def _check_complete(self) -> None:
        if not self.is_complete:
            raise ResultError(Path(self.out), "the study is not complete; run() or resume() makes the missing runs")


def _load(source: Source) -> tuple[Scenario, int]:
    """A scenario and how many days it lasts by itself."""
    if isinstance(source, Scenario):
        return source, USUAL_DAYS
    draft = read_draft(source)
    return finish(draft), draft.days


def _read_study(folder: Path) -> Data:
    manifest = read_manifest(folder)
    if manifest["kind"] != "monte-carlo":
        raise ResultError(folder, f"holds a {manifest['kind']}; a monte-carlo study is needed")
    return manifest


def _shorten(sample: dict[str, Any]) -> dict[str, float]:
    low, high = sample["interval"]
    return {"mean": sample["mean"], "low": low, "high": high} | {name: sample["quantiles"][share] for name, share in QUANTILES.items()}
