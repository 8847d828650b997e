"""A scenario as plain data for manifests, and back without loss."""

from datetime import date
from typing import Any

from econ.changes import find_leaf
from econ.setup import PlannedChange, Scenario, Shock
from econ.shocks import ShockKind
from experiments.schema import LEAVES, parse_era, resolve, show_parameters, show_value
from protocol.declare import MICRO, Leaf

Data = dict[str, Any]


def describe_scenario(scenario: Scenario) -> Data:
    """Name, calendar, every parameter, schedule and shocks, as people write them."""
    return {
        "scenario": scenario.name,
        "start_date": scenario.start_date.isoformat(),
        "parameters": show_parameters(scenario.parameters),
        "schedule": [describe_change(change) for change in scenario.changes],
        "shocks": [{"day": s.day, "kind": ShockKind(s.kind).name.lower(), "size": s.size} for s in scenario.shocks],
    }


def rebuild_scenario(data: Data) -> Scenario:
    """The scenario that `describe_scenario` described."""
    return Scenario(
        name=data["scenario"],
        parameters=resolve(data["parameters"]),
        start_date=date.fromisoformat(data["start_date"]),
        changes=tuple(rebuild_change(entry) for entry in data["schedule"]),
        shocks=tuple(Shock(s["day"], int(ShockKind[s["kind"].upper()]), s["size"]) for s in data["shocks"]),
    )


def describe_change(change: PlannedChange) -> Data:
    """One planned change of one number, as people write it; `element` is its place in a vector."""
    leaf = find_leaf(change.slot)
    shown = show_value(leaf, [change.value] * leaf.info.length if leaf.info.length else change.value)
    value = shown[0] if leaf.info.length else shown
    return {
        "parameter": leaf.path,
        "element": change.slot - leaf.slot,
        "value": value,
        "day": change.day,
        "ramp_days": change.ramp_days,
    }


def rebuild_change(entry: Data) -> PlannedChange:
    """The change that `describe_change` described."""
    leaf = LEAVES[entry["parameter"]]
    return PlannedChange(entry["day"], leaf.slot + entry["element"], leaf.is_float, _store(leaf, entry["value"]), entry["ramp_days"])


def _store(leaf: Leaf, value: Any) -> float:
    info = leaf.info
    if info.choices is not None:
        return float(info.choices[value.upper()])
    return float(parse_era(value)) if info.scale == MICRO else float(value)
