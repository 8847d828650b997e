"""Node scaling in the laboratory: one load, the chosen controller, the others and fixed sets on the same arrivals, in a directory."""

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from metalab.econ.kernel.scenario import Scenario
from metalab.econ.scaling.fastclock.lab import ScalingOutcome, Table, apply_profile, choose, make_load, make_rates, serve
from metalab.econ.scaling.fastclock.profiles import PROFILES, Rates, count_ticks
from metalab.experiments.errors import BadValueError, UnknownNameError, UsageError
from metalab.experiments.inputs.scenario import load_scenario
from metalab.experiments.inputs.scenario_data import describe_scenario, rebuild_scenario
from metalab.experiments.inputs.tables import read_whole
from metalab.experiments.laboratories.load_file import LONGEST_MINUTES, LoadFile, read_load_file, sample_rates
from metalab.experiments.limits import LARGEST_SEED
from metalab.experiments.store.directory import SUMMARY, Data, Store
from metalab.experiments.store.files import encode_json
from metalab.experiments.studies.parts import write_parquet
from metalab.protocol.scaling.scaling import TICK, Controller

TICKS = "ticks.parquet"
PLOT = "plot.svg"
LOAD = "load.json"
"""A user's own load as it was read, so that a replay does not need the file."""
USUAL_MINUTES = 60
USUAL_CORE = 20
USUAL_STANDING_BY = 100
MOST_NODES = 1_000
PARTS = ("scaling.", "traffic.", "operators.cost")
"""Parameters that reach the laboratory."""
SIZED = "fixed at most"
"""Name of the fixed set as large as the chosen controller's largest."""
OWN = "own load"
"""Name of a load from a file."""
MONTH_HOURS = 730.5


class ScalingQuestion(NamedTuple):
    """What is asked: who controls what, under which load."""

    scenario: Scenario
    controller: Controller
    load: str
    minutes: int
    seed: int
    core: int
    standing_by: int
    file: LoadFile | None = None


def ask(
    controller: str = "",
    load: str = "burst",
    minutes: int | None = None,
    *,
    seed: int = 1,
    nodes: int = USUAL_CORE,
    standing_by: int = USUAL_STANDING_BY,
    settings: dict[str, Any] | None = None,
    load_unit: str = "",
) -> ScalingQuestion:
    """Check a question. `load` is a profile's name or a CSV file, `load_unit` that of its numbers. Raises `ProblemError`."""
    chosen = dict(settings or {})
    for path in chosen:
        if not path.startswith(PARTS):
            raise BadValueError("--set", path, "a parameter that reaches the scaling laboratory: scaling.*, traffic.* or operators.cost_*")
    if controller and "scaling.controller" in chosen:
        raise UsageError("--set scaling.controller does nothing beside --controller; leave one of them out")
    scenario = load_scenario("launch", chosen)
    seed = read_whole("--seed", seed, 0, LARGEST_SEED)
    nodes, standing_by = read_whole("--nodes", nodes, 0, MOST_NODES), read_whole("--standing-by", standing_by, 0, MOST_NODES)
    if minutes is not None:
        minutes = read_whole("--minutes", minutes, 1, LONGEST_MINUTES)
    file = read_load_file(Path(load), load_unit) if load.endswith(".csv") else None
    if file is None and load_unit:
        raise UsageError("--load-unit does nothing without a FILE.csv; leave it out")
    if file is None and load not in PROFILES:
        raise UnknownNameError("load", load, (*PROFILES, "FILE.csv"))
    if file is not None and minutes is not None and minutes > file.minutes:
        raise BadValueError("--minutes", minutes, f"at most the {file.minutes} minutes of {load}, or leave it out")
    usual = USUAL_MINUTES if file is None else file.minutes
    known = read_controller(controller, scenario)
    return ScalingQuestion(scenario, known, load, usual if minutes is None else minutes, seed, nodes, standing_by, file)


def read_controller(name: str, scenario: Scenario) -> Controller:
    """A controller by its name; without one that of the scenario."""
    known = {member.name.lower(): member for member in Controller}
    if not name:
        return Controller(int(scenario.parameters["scaling"]["controller"][0]))
    if name not in known:
        raise UnknownNameError("controller", name, known)
    return known[name]


def get_rates(question: ScalingQuestion) -> Rates:
    """Rates before waves and bursts."""
    if question.file is not None:
        return sample_rates(question.file, count_ticks(question.minutes))
    return make_rates(PROFILES[question.load], question.minutes, question.scenario.parameters["scaling"])


def simulate(question: ScalingQuestion) -> tuple[Table, dict[str, ScalingOutcome]]:
    """The load, and what each controller made of it: the chosen one first, the fixed sets last."""
    parameters = question.scenario.parameters
    scaling, traffic = parameters["scaling"].copy(), parameters["traffic"].copy()
    traffic = apply_profile(traffic, PROFILES["steady"] if question.file is not None else PROFILES[question.load])
    chains = int(parameters["population"]["rollups"][0])
    load = make_load(get_rates(question), traffic, chains, float(scaling["zipf"][0]), question.seed)
    others = [member for member in Controller if member != question.controller]
    order = [question.controller, *sorted(others, key=lambda member: (member == Controller.FIXED, member))]
    found = {member.name.lower(): _serve(question, load, choose(scaling, member)) for member in order}
    most = int(found[question.controller.name.lower()].figures["active_most"])
    if question.controller != Controller.FIXED:
        found[SIZED] = _serve(question, load, choose(scaling, Controller.FIXED, most))
    return load, found


def _serve(question: ScalingQuestion, load: Table, scaling: Any) -> ScalingOutcome:
    return serve(load, scaling, question.core, question.standing_by)


def price(question: ScalingQuestion, name: str, figures: dict[str, float]) -> float:
    """Cost of the flex set in USD: active hours, and standby of all that must be bonded for it.

    A fixed set needs no more nodes than it has; a controller needs all that stand by.
    """
    operators = question.scenario.parameters["operators"]
    bonded = figures["active_most"] if name in ("fixed", SIZED) else question.standing_by
    hours = question.minutes / 60.0
    standby = bonded * float(operators["cost_month"][0, 1]) / MONTH_HOURS * hours
    return standby + figures["flex_node_hours"] * float(operators["cost_hour"][0])


def summarise(question: ScalingQuestion, load: Table, found: dict[str, ScalingOutcome]) -> Data:
    """The figures of all sets and of the load."""
    first = next(iter(found))
    costs = {name: price(question, name, outcome.figures) for name, outcome in found.items()}
    sets: Data = {name: outcome.figures | {"cost_usd": costs[name]} for name, outcome in found.items()}
    for name, line in sets.items():
        line["cost_against_it"] = costs[first] / costs[name] if costs[name] > 0 else 0.0
    rate = load["rate"]
    offered = {"arrived": int(load["arrived"].sum()), "tps_mean": float(rate.mean()), "tps_most": float(rate.max())}
    return {"load": offered, "sets": sets, "chosen": first, "ticks": len(load)}


def run_scaling(question: ScalingQuestion, out: str | Path, command: str = "") -> Data:
    """Simulate into the directory `out`; returns its manifest. A complete directory is read, not run again."""
    with Store(out, describe(question), command) as store:
        if not store.is_complete:
            load, found = simulate(question)
            _write(store, question, load, found)
        return store.manifest


def describe(question: ScalingQuestion) -> Data:
    """What makes the question this question."""
    identity = {"kind": "scaling"} | describe_scenario(question.scenario)
    load: Data = {"name": question.load}
    if question.file is not None:
        load = {"name": OWN, "sha256": hashlib.sha256(encode_json(question.file._asdict())).hexdigest()}
    sizes = {"nodes": question.core, "standing_by": question.standing_by, "minutes": question.minutes, "seed": question.seed}
    return identity | sizes | {"controller": question.controller.name.lower(), "load": load}


def _write(store: Store, question: ScalingQuestion, load: Table, found: dict[str, ScalingOutcome]) -> None:
    from metalab.experiments.laboratories.scaling_plot import draw_scaling

    summary = summarise(question, load, found)
    digest = hash_outcomes(load, found)
    if question.file is not None:
        store.write(LOAD, encode_json(question.file._asdict()))
    store.write(TICKS, write_parquet(make_table(load, found)))
    store.write(PLOT, draw_scaling(load, found, question.core, float(question.scenario.parameters["scaling"]["node_tps"][0])))
    store.write(SUMMARY, encode_json(summary | {"digest": digest}))
    store.finish(digest)


def replay_scaling(path: Path, manifest: Data) -> str:
    """The digest of a stored laboratory run, made again."""
    file = LoadFile(**json.loads((path / LOAD).read_text(encoding="utf-8"))) if manifest["load"]["name"] == OWN else None
    controller = Controller[manifest["controller"].upper()]
    sizes = (manifest["minutes"], manifest["seed"], manifest["nodes"], manifest["standing_by"])
    return hash_outcomes(*simulate(ScalingQuestion(rebuild_scenario(manifest), controller, manifest["load"]["name"], *sizes, file)))


def hash_outcomes(load: Table, found: dict[str, ScalingOutcome]) -> str:
    """SHA-256 over the load's bytes and every set's ticks, in order."""
    digest = hashlib.sha256(load.tobytes())
    for name, outcome in found.items():
        digest.update(name.encode() + b"\0" + outcome.ticks.tobytes())
    return digest.hexdigest()


def make_table(load: Table, found: dict[str, ScalingOutcome]) -> Any:
    """One row per set and tick."""
    import pyarrow as pa

    ticks = np.arange(len(load))
    parts = [
        pa.table(
            {"set": pa.array([name] * len(load), pa.string()), "second": ticks * TICK}
            | {field: np.ascontiguousarray(load[field]) for field in ("rate", "arrived")}
            | {field: np.ascontiguousarray(outcome.ticks[field]) for field in outcome.ticks.dtype.names or ()}
        )
        for name, outcome in found.items()
    ]
    return pa.concat_tables(parts)
