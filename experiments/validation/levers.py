"""The values at which a governable parameter is tried: below and above what the scenario has, within its bounds."""

from collections.abc import Iterator, Mapping
from typing import Any

from metalab.econ.kernel.records import PARAMETERS
from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.errors import ProblemError
from metalab.experiments.inputs.scenario import load_scenario
from metalab.experiments.inputs.schema import LEAVES
from metalab.protocol.kernel.declare import MICRO, Leaf

FACTORS = (3.0, 2.0, 1.5, 1.2)
"""Multiples that are tried, widest first, until the scenario accepts one beside its other parameters."""
FROM_NOTHING = 0.25
"""Of the way to the upper bound: how high a parameter that is 0 is tried."""
GOVERNABLE = tuple(leaf for leaf in PARAMETERS if leaf.info.owner == "dao")
Settings = Mapping[str, Any]


def is_named(leaf: Leaf) -> bool:
    """Whether its values have names or are yes and no."""
    return leaf.info.choices is not None or leaf.info.unit in ("switch", "flag")


def list_others(leaf: Leaf, usual: Any) -> list[Any]:
    """All other values of a choice or a switch; of a vector of flags all off and all on."""
    if leaf.info.choices is not None:
        return [member.name.lower() for member in leaf.info.choices if member.name.lower() != usual]
    if leaf.info.unit == "switch":
        return [not usual]
    return [value for value in ([flag] * leaf.info.length for flag in (0, 1)) if value != usual]


def scale(leaf: Leaf, usual: Any, factor: float) -> Any:
    """A value `factor` times as large; where a vector has a total, a part of one element moved to its neighbour instead."""
    if leaf.info.total is not None:
        return move_part(list(usual), factor)
    return [_scale(leaf, value, factor) for value in usual] if leaf.info.length else _scale(leaf, usual, factor)


def _scale(leaf: Leaf, value: float, factor: float) -> float:
    low, high = float(leaf.info.low), float(leaf.info.high)
    wanted = value * factor if value else (low + FROM_NOTHING * (high - low) * factor / FACTORS[0] if factor > 1 else low)
    bounded = min(max(wanted, low), high)
    if leaf.info.scale == MICRO:
        return round(bounded, 6)
    return bounded if leaf.is_float else round(bounded)


def move_part(values: list[int], factor: float) -> list[int]:
    """Half of the first element to the second, or for a factor above 1 of the second to the first."""
    source, target = (1, 0) if factor > 1 else (0, 1)
    part = values[source] // 2
    values[source], values[target] = values[source] - part, values[target] + part
    return values


def list_arms(leaf: Leaf, usual: Any, scenario: str, beside: Settings) -> dict[str, tuple[Any, Scenario]]:
    """The worlds in which a lever stands elsewhere, by "low" and "high" or by the value's name, with the value there."""
    if is_named(leaf):
        named = ((str(value), try_value(leaf, value, usual, scenario, beside)) for value in list_others(leaf, usual))
        return {label: world for label, world in named if world}
    arms = {}
    for label, factors in (("low", tuple(1.0 / factor for factor in FACTORS)), ("high", FACTORS)):
        worlds: Iterator[Any] = (try_value(leaf, scale(leaf, usual, factor), usual, scenario, beside) for factor in factors)
        found = next((world for world in worlds if world), None)
        if found:
            arms[label] = found
    return arms


def try_value(leaf: Leaf, value: Any, usual: Any, scenario: str, beside: Settings) -> tuple[Any, Scenario] | None:
    """A value and its world; None where it is the usual one or the scenario refuses it."""
    if value == usual:
        return None
    try:
        return value, load_scenario(scenario, {**beside, leaf.path: value})
    except ProblemError:
        return None


def list_switches(leaf: Leaf, values: Settings) -> dict[str, bool]:
    """Switches of the lever's mechanism that are off: a lever may act only beside them."""
    mechanism = leaf.path.split(".")[0] + "."
    return {
        path: True
        for path, other in LEAVES.items()
        if path.startswith(mechanism) and path != leaf.path and other.info.unit == "switch" and values[path] is False
    }
