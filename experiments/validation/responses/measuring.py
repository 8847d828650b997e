"""Measure a response: run its worlds, compute its figures, judge them, and do the same with the mechanism off."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from metalab.experiments.studies.intervals import compute_half_width, compute_mean, compute_quantile, find_median_interval
from metalab.experiments.validation.responses.ensembles import MissingMetricError, PairedRuns, Simulator
from metalab.experiments.validation.responses.entry import Bound, Expectation, Off, Response
from metalab.experiments.validation.responses.names import LEVERS, QUIET
from metalab.experiments.validation.responses.resolver import NotAvailableError, Settings, has_levers, resolve_world

FEWEST = 2
"""Runs below which there is no interval."""


@dataclass(frozen=True)
class Sample:
    """A figure over the runs: mean with Student's 95 % interval, median with the exact one (`studies.intervals`)."""

    runs: int
    mean: float
    interval: list[float]
    median: float
    median_interval: list[float]


@dataclass(frozen=True)
class Measured:
    """What came of one check. `verdict` is pass, fail, unclear, reported (no bound), no lever or not available."""

    response: str
    check: str
    expected: str
    verdict: str
    sample: Sample | None = None
    off: Sample | None = None
    off_words: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Answer:
    """All checks of a response."""

    name: str
    question: str
    mechanism: str
    note: str
    checks: tuple[Measured, ...] = field(default_factory=tuple)

    def describe(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def measure_response(response: Response, simulator: Simulator, scenario: str) -> Answer:
    """Measure a response. What cannot be measured is reported with the reason, never left out."""
    try:
        worlds = run_worlds(response, simulator, scenario, {})
    except NotAvailableError as problem:
        checks = [refuse(response, check, problem.verdict, str(problem)) for check in response.checks]
    else:
        off, ensembles = run_off(response, simulator, scenario)
        checks = [measure_check(response, check, worlds, off, ensembles) for check in response.checks]
    return Answer(response.name, response.question, response.mechanism, response.note, tuple(checks))


def refuse(response: Response, check: Expectation, verdict: str, reason: str) -> Measured:
    """A check that could not be made."""
    return Measured(response.name, check.name, describe_bound(check.bound), verdict, reason=reason)


def describe_bound(bound: Bound | None) -> str:
    """What is expected, in a word."""
    return "reported" if bound is None else str(bound)


def run_worlds(response: Response, simulator: Simulator, scenario: str, settings: Settings) -> dict[str, PairedRuns]:
    """The ensembles of a response with further settings in all worlds. Raises `NotAvailableError`."""
    if simulator.days < response.days:
        raise NotAvailableError(response.name, f"needs runs of {response.days} days")
    quiet = QUIET if response.is_quiet else {}
    resolved = {
        label: resolve_world(response.name, world, scenario, {**pick_others(quiet, world.settings), **settings})
        for label, world in response.worlds.items()
    }
    return {label: simulator.simulate(world) for label, world in resolved.items()}


def pick_others(settings: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of levers that a world does not set itself."""
    return {lever: value for lever, value in settings.items() if lever not in own}


def choose_off(response: Response) -> Off | None:
    """The first way to switch the mechanism off for which the model has all levers."""
    return next((off for off in response.offs if has_levers(off.settings)), None)


def run_off(response: Response, simulator: Simulator, scenario: str) -> tuple[str, dict[str, PairedRuns] | None]:
    """The same worlds with the mechanism off, and how; without a way to do so the reason instead."""
    if not response.offs:
        return "the change itself switches it off", None
    off = choose_off(response)
    if off is None:
        missing = [lever for lever in response.offs[0].settings if not has_levers({lever: 0})]
        return "not available: no parameter for " + ", ".join(f"{lever} ({' or '.join(LEVERS[lever])})" for lever in missing), None
    try:
        return off.words, run_worlds(response, simulator, scenario, off.settings)
    except NotAvailableError as problem:
        return f"not available: {problem}", None


def measure_check(
    response: Response, check: Expectation, worlds: Mapping[str, PairedRuns], off_words: str, off: Mapping[str, PairedRuns] | None
) -> Measured:
    """Judge one figure."""
    try:
        sample = sample_figure(check, worlds)
    except (MissingMetricError, IndexError) as problem:
        return refuse(response, check, NotAvailableError.verdict, f"response {response.name!r}: {problem}")
    without = sample_figure(check, off) if off is not None else None
    failures = [text for world in worlds.values() for text in world.failures]
    reason = f"{len(failures)} runs failed, the first: {failures[0]}" if failures else ""
    return Measured(
        response.name, check.name, describe_bound(check.bound), judge(check.bound, sample), sample, without, off_words,
        reason or ("" if sample else "no run tells the figure"),
    )  # fmt: skip


def sample_figure(check: Expectation, worlds: Mapping[str, PairedRuns]) -> Sample | None:
    """The figure over the runs that tell it; None for too few."""
    with np.errstate(all="ignore"):
        values = check.figure(worlds)
    told = [float(value) for value in values if np.isfinite(value)]
    if len(told) < FEWEST:
        return None
    mean, half = compute_mean(told), compute_half_width(told)
    return Sample(len(told), mean, [mean - half, mean + half], compute_quantile(told, 0.5), find_median_interval(told))


def judge(bound: Bound | None, sample: Sample | None) -> str:
    """The verdict by the interval of the mean; too few runs that tell are unclear, not a pass."""
    if bound is None:
        return "reported" if sample else "unclear"
    return bound.judge(*sample.interval) if sample else "unclear"


def measure_all(
    responses: tuple[Response, ...], simulator: Simulator, scenario: str, known: Mapping[str, Answer]
) -> Iterator[tuple[Answer, bool]]:
    """All responses one after the other, and whether each was measured now; those of `known` are not measured again."""
    for response in responses:
        found = known.get(response.name)
        yield (found, False) if found else (measure_response(response, simulator, scenario), True)
