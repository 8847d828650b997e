"""A scenario as plain data for manifests, and back without loss."""

from datetime import date
from typing import Any

from metalab.econ.kernel.scenario import PlannedChange, PlannedGrant, PlannedProposal, PlannedUnlock, Scenario, Shock
from metalab.econ.policy.changes import find_leaf
from metalab.experiments.inputs.schema import LEAVES, parse_era, resolve, show_parameters, show_value
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.declare import MICRO, Leaf
from metalab.protocol.policy.grants import GrantTarget
from metalab.protocol.policy.shocks import ShockKind
from metalab.protocol.supply.unlock_table import UnlockUnit

Data = dict[str, Any]


def describe_scenario(scenario: Scenario) -> Data:
    """Name, calendar, every parameter, schedule, grants, proposals, shocks and unlocks, as people write them."""
    return {
        "scenario": scenario.name,
        "start_date": scenario.start_date.isoformat(),
        "parameters": show_parameters(scenario.parameters),
        "schedule": [describe_change(change) for change in scenario.changes],
        "grants": describe_grants(scenario.grants),
        "proposals": [_describe_proposal(proposal) for proposal in scenario.proposals],
        "shocks": [{"day": s.day, "kind": ShockKind(s.kind).name.lower(), "size": s.size} for s in scenario.shocks],
        "unlocks": [_describe_unlock(unlock) for unlock in scenario.unlocks],
    }


def rebuild_scenario(data: Data) -> Scenario:
    """The scenario that `describe_scenario` described."""
    return Scenario(
        name=data["scenario"],
        parameters=resolve(data["parameters"]),
        start_date=date.fromisoformat(data["start_date"]),
        changes=tuple(rebuild_change(entry) for entry in data["schedule"]),
        grants=rebuild_grants(data.get("grants", [])),
        proposals=tuple(_rebuild_proposal(entry) for entry in data.get("proposals", [])),
        shocks=tuple(Shock(s["day"], int(ShockKind[s["kind"].upper()]), s["size"]) for s in data["shocks"]),
        unlocks=tuple(_rebuild_unlock(entry) for entry in data.get("unlocks", [])),
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
        "quorum": proposal.quorum,
        "threshold": proposal.threshold,
    }


def _rebuild_proposal(entry: Data) -> PlannedProposal:
    changes = tuple(rebuild_change(change) for change in entry["changes"])
    return PlannedProposal(entry["day"], changes, rebuild_grants(entry["grants"]), entry["quorum"], entry["threshold"])


def describe_grants(grants: tuple[PlannedGrant, ...]) -> list[Data]:
    """Treasury grants by day and the name of who gets them, in ERA."""
    return [{"day": grant.day, "to": GrantTarget(grant.target).name.lower(), "era": grant.amount / MICRO} for grant in grants]


def rebuild_grants(entries: list[Data]) -> tuple[PlannedGrant, ...]:
    """The grants that `describe_grants` described."""
    return tuple(PlannedGrant(entry["day"], int(GrantTarget[entry["to"].upper()]), parse_era(entry["era"])) for entry in entries)


def _describe_unlock(unlock: PlannedUnlock) -> Data:
    """A row of the table of unlocks; rows of other shapes have become rows of these two."""
    length = {UnlockUnit(unlock.unit).name.lower(): unlock.length} if unlock.length else {}
    shown = {"owner": Bucket(unlock.owner).name.lower(), "label": unlock.label, "day": unlock.start, "era": unlock.amount / MICRO}
    return shown | {"shape": "linear" if length else "once"} | length


def _rebuild_unlock(entry: Data) -> PlannedUnlock:
    unit = UnlockUnit.MONTHS if "months" in entry else UnlockUnit.DAYS
    length = entry.get(unit.name.lower(), 0)
    owner = int(Bucket[entry["owner"].upper()])
    return PlannedUnlock(owner, entry["day"], parse_era(entry["era"]), length, int(unit), entry["label"])


def _store(leaf: Leaf, value: Any) -> float:
    info = leaf.info
    if info.choices is not None:
        return float(info.choices[value.upper()])
    return float(parse_era(value)) if info.scale == MICRO else float(value)
