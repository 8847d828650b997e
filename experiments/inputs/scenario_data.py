"""A scenario as plain data for manifests, and back without loss."""

from datetime import date
from typing import Any

from metalab.econ.kernel.scenario import PlannedChange, PlannedFlow, PlannedGrant, PlannedProposal, Scenario, Shock
from metalab.econ.policy.changes import find_leaf
from metalab.experiments.inputs.flows import describe_flow, rebuild_flow
from metalab.experiments.inputs.schema import LEAVES, parse_era, resolve, show_parameters, show_value
from metalab.protocol.kernel.declare import MICRO, Leaf
from metalab.protocol.policy.grants import GrantTarget
from metalab.protocol.policy.shocks import ShockKind

Data = dict[str, Any]


def describe_scenario(scenario: Scenario) -> Data:
    """Name, calendar, every parameter, schedule, grants, proposals and shocks, as people write them."""
    return {
        "scenario": scenario.name,
        "start_date": scenario.start_date.isoformat(),
        "parameters": show_parameters(scenario.parameters),
        "schedule": [describe_change(change) for change in scenario.changes],
        "grants": describe_grants(scenario.grants),
        "flows": [describe_flow(flow) for flow in scenario.flows],
        "proposals": [_describe_proposal(proposal) for proposal in scenario.proposals],
        "shocks": [{"day": s.day, "kind": ShockKind(s.kind).name.lower(), "size": s.size} for s in scenario.shocks],
    }


def rebuild_scenario(data: Data) -> Scenario:
    """The scenario that `describe_scenario` described."""
    return Scenario(
        name=data["scenario"],
        parameters=resolve(data["parameters"]),
        start_date=date.fromisoformat(data["start_date"]),
        changes=tuple(rebuild_change(entry) for entry in data["schedule"]),
        grants=rebuild_grants(data.get("grants", [])),
        flows=rebuild_flows(data.get("flows", [])),
        proposals=tuple(_rebuild_proposal(entry) for entry in data.get("proposals", [])),
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
    leaf, element = LEAVES[entry["parameter"]], entry["element"]
    linked = int(leaf.info.total is not None and element > 0)
    value = _store(leaf, entry["value"])
    return PlannedChange(entry["day"], leaf.slot + element, int(leaf.is_float), value, entry["ramp_days"], linked)


def _describe_proposal(proposal: PlannedProposal) -> Data:
    return {
        "day": proposal.day,
        "changes": [describe_change(change) for change in proposal.changes],
        "grants": describe_grants(proposal.grants),
        "flows": [describe_flow(flow) for flow in proposal.flows],
        "quorum": proposal.quorum,
        "threshold": proposal.threshold,
    }


def _rebuild_proposal(entry: Data) -> PlannedProposal:
    changes = tuple(rebuild_change(change) for change in entry["changes"])
    grants, flows = rebuild_grants(entry["grants"]), rebuild_flows(entry.get("flows", []))
    return PlannedProposal(entry["day"], changes, grants, entry["quorum"], entry["threshold"], flows)


def rebuild_flows(entries: list[Data]) -> tuple[PlannedFlow, ...]:
    """The flows that `describe_flow` described."""
    return tuple(rebuild_flow(entry) for entry in entries)


def describe_grants(grants: tuple[PlannedGrant, ...]) -> list[Data]:
    """Treasury grants by day and the name of who gets them, in ERA."""
    return [{"day": grant.day, "to": GrantTarget(grant.target).name.lower(), "era": grant.amount / MICRO} for grant in grants]


def rebuild_grants(entries: list[Data]) -> tuple[PlannedGrant, ...]:
    """The grants that `describe_grants` described."""
    return tuple(PlannedGrant(entry["day"], int(GrantTarget[entry["to"].upper()]), parse_era(entry["era"])) for entry in entries)


def _store(leaf: Leaf, value: Any) -> float:
    info = leaf.info
    if info.choices is not None:
        return float(info.choices[value.upper()])
    return float(parse_era(value)) if info.scale == MICRO else float(value)
