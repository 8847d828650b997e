"""A scenario as plain data for manifests, and back without loss."""

from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from metalab.econ.kernel.scenario import PlannedChange, PlannedFlow, PlannedGrant, PlannedProposal, PlannedUnlock, Scenario, Shock
from metalab.econ.policy.changes import find_leaf
from metalab.experiments.errors import NOWHERE
from metalab.experiments.inputs.planning.conditions import read_when, show_condition
from metalab.experiments.inputs.planning.flows import describe_flow, rebuild_flow
from metalab.experiments.inputs.schema import LEAVES, parse_era, resolve, show_parameters, show_value
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import MICRO, Leaf
from metalab.protocol.policy.changes import ChangeMode, compute_target
from metalab.protocol.policy.grants import GrantPayer, GrantTarget
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
        "flows": [describe_flow(flow) for flow in scenario.flows],
        "proposals": [_describe_proposal(proposal) for proposal in scenario.proposals],
        "shocks": [_describe_shock(shock) for shock in scenario.shocks],
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
        flows=rebuild_flows(data.get("flows", [])),
        proposals=tuple(_rebuild_proposal(entry) for entry in data.get("proposals", [])),
        shocks=tuple(_rebuild_shock(entry) for entry in data["shocks"]),
        unlocks=tuple(_rebuild_unlock(entry) for entry in data.get("unlocks", [])),
    )


def describe_change(change: PlannedChange) -> Data:
    """One planned change of one number, as people write it; `element` is its place in a vector.

    What is not usual (an end, a condition, a relative value) is said only where it is there.
    """
    leaf = find_leaf(change.slot)
    shown = {"value": _show_number(leaf, change.value)} if change.mode == ChangeMode.SET else _describe_move(leaf, change)
    return {
        "parameter": leaf.path,
        "element": change.slot - leaf.slot,
        **shown,
        "day": change.day,
        "ramp_days": change.ramp_days,
        **_describe_terms(change, ("until", "wait", "span")),
    }


def list_new_values(scenario: Scenario, changes: tuple[PlannedChange, ...]) -> list[tuple[str, Any]]:
    """Parameters with the whole values, as people write them, to which changes lead in a scenario, one after the other."""
    values = show_parameters(scenario.parameters)
    reached = []
    for (path, _), group in groupby(changes, key=lambda change: (find_leaf(change.slot).path, change.day)):
        leaf = LEAVES[path]
        for change in group:
            _move_number(values, leaf, change)
        value = values[path]
        reached.append((path, list(value) if isinstance(value, list) else value))
    return reached


def _move_number(values: Data, leaf: Leaf, change: PlannedChange) -> None:
    """One number of a parameter goes where a change leads."""
    element, now = change.slot - leaf.slot, values[leaf.path]
    before = 0.0 if change.mode == ChangeMode.SET else _store(leaf, now[element] if leaf.info.length else now)
    low, high = float(leaf.info.low) * leaf.info.scale, float(leaf.info.high) * leaf.info.scale
    after = _show_number(leaf, float(plain(compute_target)(change.mode, change.value, low, high, before)))
    values[leaf.path] = [after if k == element else item for k, item in enumerate(now)] if leaf.info.length else after


def _show_number(leaf: Leaf, value: float) -> Any:
    """One number as people write it."""
    shown = show_value(leaf, [value] * leaf.info.length if leaf.info.length else value)
    return shown[0] if leaf.info.length else shown


def _describe_move(leaf: Leaf, change: PlannedChange) -> Data:
    """A value relative to what is in force: a factor, or an amount in the parameter's own unit."""
    return {"factor": change.value} if change.mode == ChangeMode.SCALE else {"plus": change.value / leaf.info.scale}


def _describe_terms(planned: PlannedChange | PlannedGrant | Shock, names: tuple[str, ...]) -> Data:
    """What is not usual of a plan: whole numbers above 0, and its condition."""
    said: Data = {name: getattr(planned, name) for name in names if getattr(planned, name)}
    return said | ({"when": show_condition(planned.condition)} if planned.condition else {})


def _read_terms(entry: Data, names: tuple[str, ...]) -> Data:
    """What `_describe_terms` said."""
    terms: Data = {name: entry[name] for name in names if name in entry}
    return terms | ({"condition": read_when(entry["when"], NOWHERE)} if "when" in entry else {})


def rebuild_change(entry: Data) -> PlannedChange:
    """The change that `describe_change` described."""
    leaf, element = LEAVES[entry["parameter"]], entry["element"]
    linked = int(leaf.info.total is not None and element > 0)
    mode, value = _read_value(leaf, entry)
    terms = _read_terms(entry, ("until", "wait", "span"))
    return PlannedChange(entry["day"], leaf.slot + element, int(leaf.is_float), value, entry["ramp_days"], linked, mode=mode, **terms)


def _read_value(leaf: Leaf, entry: Data) -> tuple[int, float]:
    """How a value is meant, and its number."""
    if "factor" in entry:
        return int(ChangeMode.SCALE), float(entry["factor"])
    if "plus" in entry:
        # As decimals: a product of floats would not always give the number back that was divided.
        return int(ChangeMode.ADD), float(Decimal(str(entry["plus"])) * leaf.info.scale)
    return int(ChangeMode.SET), _store(leaf, entry["value"])


def _describe_shock(shock: Shock) -> Data:
    return {"day": shock.day, "kind": ShockKind(shock.kind).name.lower(), "size": shock.size} | _describe_terms(shock, ("until",))


def _rebuild_shock(entry: Data) -> Shock:
    return Shock(entry["day"], int(ShockKind[entry["kind"].upper()]), entry["size"], **_read_terms(entry, ("until",)))


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
    """Grants by day and the name of who gets them, in ERA or USD."""
    return [_describe_grant(grant) for grant in grants]


def _describe_grant(grant: PlannedGrant) -> Data:
    size = {"usd": grant.usd} if grant.usd > 0.0 else {"era": grant.amount / MICRO}
    payer = {"from": GrantPayer(grant.payer).name.lower()} if grant.payer else {}
    return {"day": grant.day, "to": GrantTarget(grant.target).name.lower()} | size | payer | _describe_terms(grant, ("wait",))


def rebuild_grants(entries: list[Data]) -> tuple[PlannedGrant, ...]:
    """The grants that `describe_grants` described."""
    return tuple(_rebuild_grant(entry) for entry in entries)


def _rebuild_grant(entry: Data) -> PlannedGrant:
    target, payer = int(GrantTarget[entry["to"].upper()]), int(GrantPayer[entry.get("from", "treasury").upper()])
    usd = float(entry.get("usd", 0.0))
    return PlannedGrant(entry["day"], target, parse_era(entry.get("era", 0)), usd, payer, **_read_terms(entry, ("wait",)))


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
