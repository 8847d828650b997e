"""Runs that leave another run on a day: the parent is replayed from its manifest, checked, and left."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from metalab.econ.genesis import create_world
from metalab.econ.kernel.memory import copy
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import Scenario
from metalab.econ.kernel.world import World
from metalab.econ.policy.changes import load_changes
from metalab.experiments.errors import BadValueError, ProblemError, ResultError
from metalab.experiments.events.observer import Observer
from metalab.experiments.inputs.changes import Change, resolve_changes
from metalab.experiments.inputs.scenario_data import describe_change, rebuild_change, rebuild_scenario
from metalab.experiments.inputs.schema import resolve, show_parameters
from metalab.experiments.inputs.tables import read_whole
from metalab.experiments.runs.runner import Result, Rows, Watch, advance, check_outcome, compute_digest, run
from metalab.experiments.runs.version import compute_code_version
from metalab.experiments.store.directory import Data, read_manifest
from metalab.experiments.studies.parts import RunRecord, read_records

SCENARIO_KEYS = ("scenario", "start_date", "parameters", "schedule", "grants", "flows", "proposals", "shocks")
"""What `describe_scenario` gives."""


class DigestError(ProblemError):
    """A replay whose digest differs."""

    exit_code = 1


def pick_scenario(data: Data) -> Data:
    """The parts of a manifest that make its scenario; one of an earlier version has no grants or no flows."""
    return {"grants": [], "flows": []} | {key: data[key] for key in SCENARIO_KEYS if key in data}


def find_parent(path: Path, number: int | None, allow_version_change: bool) -> Data:
    """What is needed to replay a stored run: its identity, and its digest unless the code is another one."""
    manifest = read_manifest(path)
    if manifest["status"] != "complete":
        raise ResultError(path, "is incomplete; run its command again to finish it")
    is_same = manifest["code_version"] == compute_code_version()
    if not is_same and not allow_version_change:
        raise ResultError(path, "was made by another version of the code; add --allow-version-change to fork it anyway")
    identity = get_identity(manifest, path, number)
    digest = manifest["digest"] if manifest["kind"] == "run" else find_digest(path, identity["replication"])
    return identity | {"digest": digest if is_same else ""}


def get_identity(manifest: Data, path: Path, number: int | None) -> Data:
    """The parts of a manifest that make run `number` of it."""
    if manifest["kind"] not in ("run", "monte-carlo"):
        raise ResultError(path, f"holds a {manifest['kind']}; a run or a monte-carlo study is needed")
    _refuse_agents(path, manifest)
    identity = pick_scenario(manifest) | {key: manifest[key] for key in ("seed", "days")}
    if manifest["kind"] == "run":
        return identity | {"replication": manifest["replication"]} | ({"fork": manifest["fork"]} if "fork" in manifest else {})
    if number is None:
        raise BadValueError("--run", "nothing", f"the number of a run of that study, from 0 to {manifest['runs'] - 1}")
    return identity | {"replication": read_whole("--run", number, 0, manifest["runs"] - 1)}


def _refuse_agents(path: Path, manifest: Data) -> None:
    """Classes of a user are not stored: only who has them can make the runs again."""
    if manifest.get("agents"):
        raise ResultError(path, "was made with agent classes of a user's own, which are not stored; run the study again in Python")


def find_digest(path: Path, number: int) -> str:
    """The digest of one run of a study."""
    for part in sorted(path.glob("part-*.parquet")):
        for record in read_records(part):
            if record.run == number:
                return record.digest
    raise ResultError(path, f"holds no run {number}")


def plan_fork(parent: Data, day: int, target: Scenario | None, overrides: Mapping[str, Any]) -> Data:
    """The fork as data: the parent, the day, and the parameters set from then on.

    Those are all of `overrides` and whatever `target` has otherwise than the parent began with.
    """
    read_whole("--fork-from DAY", day, 1, parent["days"])
    wanted = show_parameters(target.parameters) if target is not None else {}
    chosen = {path: value for path, value in wanted.items() if parent["parameters"][path] != value} | dict(overrides)
    resolve(dict(parent["parameters"]) | chosen)
    changes = resolve_changes(Change(path, value, day) for path, value in chosen.items())
    return {"day": day, "parent": parent, "changes": [describe_change(change) for change in changes]}


def describe_fork(fork: Data) -> Data:
    """The identity of a forked run: its parent's scenario, and the fork."""
    parent = fork["parent"]
    return pick_scenario(parent) | {key: parent[key] for key in ("seed", "replication")} | {"fork": fork}


def replay(identity: Data, watch: Watch | None = None, keep_events: bool = False) -> Result:
    """Make a run again from its identity. Raises `DigestError` when a parent comes out differently.

    `keep_events` watches the days of the run itself; those of a fork's parent went by unseen.
    """
    scenario = rebuild_scenario(identity)
    if "fork" not in identity:
        number = identity["replication"]
        return run(scenario, identity["seed"], identity["days"], replication=number, watch=watch, keep_events=keep_events)
    fork = identity["fork"]
    world, before = _leave_parent(fork["parent"], fork["day"])
    changes = tuple(rebuild_change(entry) for entry in fork["changes"])
    load_changes(world, changes)
    rows = np.zeros((max(identity["days"], fork["day"]), len(COLUMNS)))
    rows[: fork["day"]] = before
    seen = Observer() if keep_events else None
    advance(world, rows[fork["day"] :], watch, seen=seen)
    check_outcome(rows, world)
    changed = replace(scenario, changes=scenario.changes + changes)
    return Result(changed, identity["seed"], identity["replication"], rows, world, seen=seen)


def _leave_parent(parent: Data, day: int) -> tuple[World, Rows]:
    """The parent's world on the morning of `day` and its rows up to then, once its digest is found to be right."""
    if "fork" in parent:
        return _leave_fork(parent, day)
    world = create_world(rebuild_scenario(parent), parent["seed"], parent["replication"])
    rows = np.zeros((parent["days"], len(COLUMNS)))
    advance(world, rows[:day])
    left = copy(world)
    advance(world, rows[day:])
    check_digest(parent, compute_digest(rows, world))
    return left, rows[:day].copy()


def _leave_fork(parent: Data, day: int) -> tuple[World, Rows]:
    """The same for a parent that is a fork itself: once for its digest, once up to the day."""
    check_digest(parent, replay(parent).digest)
    if day <= parent["fork"]["day"]:
        return _leave_parent(parent["fork"]["parent"], day)
    result = replay(parent | {"days": day})
    return result.world, result.rows


def check_digest(identity: Data, digest: str) -> None:
    """Raise when a digest is known and another one came out."""
    known = identity.get("digest", "")
    if known and known != digest:
        raise DigestError(f"run {identity['replication']} came out differently: {digest[:16]}... instead of {known[:16]}...")


def list_stored(path: Path, number: int | None) -> list[tuple[str, Data]]:
    """Name and identity, with digest, of every run of a directory, or of run `number`."""
    manifest = read_manifest(path)
    if manifest["status"] != "complete":
        raise ResultError(path, "is incomplete; run its command again to finish it")
    if manifest["kind"] == "run":
        return [("run", get_identity(manifest, path, None) | {"digest": manifest["digest"]})]
    _refuse_agents(path, manifest)
    records = [record for part in sorted(path.glob("part-*.parquet")) for record in read_records(part)]
    if number is not None:
        read_whole("--run", number, 0, max(record.run for record in records))
    chosen = [record for record in records if record.digest and number in (None, record.run)]
    return [(f"{record.variant} run {record.run}".strip(), _identify(manifest, record)) for record in chosen]


def _identify(manifest: Data, record: RunRecord) -> Data:
    """What makes one run of a study."""
    identity = {"seed": manifest["seed"], "days": manifest["days"], "replication": record.run, "digest": record.digest}
    if not record.variant:
        return pick_scenario(manifest) | identity
    variant = manifest["variants"][record.variant]
    return {**manifest["worlds"][variant["world"]], **variant, **identity}
