"""Which lever reaches which outcome, and in which range that was tried: paired runs with every governable parameter low and high."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from metalab.experiments.inputs.scenario import load_scenario
from metalab.experiments.inputs.schema import show_parameters
from metalab.experiments.studies.intervals import compute_half_width, compute_mean
from metalab.experiments.validation.levers import GOVERNABLE, is_named, list_arms, list_switches
from metalab.experiments.validation.responses.ensembles import PairedRuns, Simulator
from metalab.experiments.validation.responses.figures import SETTLED, Quantity, cut, get_stake, in_usd, see
from metalab.experiments.validation.responses.names import QUIET
from metalab.experiments.validation.responses.resolver import find_path
from metalab.protocol.kernel.declare import Leaf

Values = np.ndarray[Any, np.dtype[np.float64]]
Data = dict[str, Any]
OUTCOMES: dict[str, Quantity] = {
    "price": see("price_usd"),
    "users": see("users_active"),
    "value secured": see("tvl_usd"),
    "stake": get_stake,
    "revenue": in_usd("revenue_era"),
    "cost of corruption": see("cost_of_corruption_usd"),
    "incident losses": see("incident_loss_usd"),
}
"""Headline outcomes: means over the days after the first month."""
DIGITS = 4
VOTING = "governance."
"""Levers of the vote itself are tried with a DAO that votes; all others with one that files nothing."""


def measure_outcomes(ensemble: PairedRuns) -> dict[str, Values]:
    """Every outcome of every run."""
    return {name: cut(quantity(ensemble), (SETTLED, 0)).mean(axis=1) for name, quantity in OUTCOMES.items()}


def measure_levers(simulator: Simulator, scenario: str, levers: tuple[Leaf, ...] = GOVERNABLE) -> Iterator[tuple[str, Data]]:
    """Every lever's path with what was found."""
    values = show_parameters(load_scenario(scenario).parameters)
    for leaf in levers:
        quiet = {} if leaf.path.startswith(VOTING) else {find_path("validity", lever): value for lever, value in QUIET.items()}
        found = measure_lever(simulator, scenario, leaf, values[leaf.path], quiet)
        switches = list_switches(leaf, values)
        if switches and not any(line["differs"] for line in found["reach"].values()):
            found = measure_lever(simulator, scenario, leaf, values[leaf.path], quiet | switches) | {"beside": switches}
        yield leaf.path, found


def measure_lever(simulator: Simulator, scenario: str, leaf: Leaf, usual: Any, beside: Mapping[str, Any]) -> Data:
    """One lever: the values tried, and its reach."""
    arms = list_arms(leaf, usual, scenario, beside)
    base = measure_outcomes(simulator.simulate(load_scenario(scenario, beside)))
    measured = {label: measure_outcomes(simulator.simulate(world)) for label, (_, world) in arms.items()}
    values = [value for value, _ in arms.values()]
    checked = {"values": [usual, *values]} if is_named(leaf) else {"range": find_range(usual, values)}
    return {**checked, "beside": {}, "reach": {name: compare(name, base, measured) for name in OUTCOMES}}


def find_range(usual: Any, values: list[Any]) -> Any:
    """Smallest and largest value tried; of a vector, of each element."""
    if isinstance(usual, list):
        return [find_range(first, list(rest)) for first, *rest in zip(usual, *values, strict=True)]
    return [shorten(min([usual, *values])), shorten(max([usual, *values]))]


def shorten(value: float) -> float:
    """A number as short as it can be told."""
    return value if isinstance(value, int) else float(f"{value:.{DIGITS}g}")


def compare(name: str, base: Mapping[str, Values], arms: Mapping[str, Mapping[str, Values]]) -> Data:
    """How many runs differ at all from the usual ones, and the largest effect (d ln) with its interval."""
    differs = np.zeros(len(base[name]), dtype=bool)
    for arm in arms.values():
        differs |= arm[name] != base[name]
    effects = [describe(relate(first[name], last[name], base[name])) for first, last in list_pairs(base, arms)]
    largest = max(effects, key=lambda effect: abs(effect["effect"]), default={"effect": 0.0, "interval": [0.0, 0.0]})
    return {"differs": int(differs.sum()), "runs": len(differs), **largest}


def relate(first: Values, last: Values, usual: Values) -> Values:
    """d ln run by run; where some runs have nothing at all, the difference in parts of the usual mean."""
    if (np.minimum(first, last) > 0.0).all():
        return np.asarray(np.log(last / first))
    return np.asarray((last - first) / (float(np.abs(usual).mean()) or 1.0))


def list_pairs(base: Mapping[str, Values], arms: Mapping[str, Mapping[str, Values]]) -> list[tuple[Any, Any]]:
    """What is compared: high with low where both are, else every arm with the usual."""
    if {"low", "high"} <= set(arms):
        return [(arms["low"], arms["high"])]
    return [(arm, base) if label == "low" else (base, arm) for label, arm in arms.items()]


def describe(differences: Values) -> Data:
    """Mean and Student's 95 % interval."""
    kept = [float(value) for value in differences if np.isfinite(value)]
    mean, half = compute_mean(kept), compute_half_width(kept)
    return {"effect": shorten(mean), "interval": [shorten(mean - half), shorten(mean + half)]}
