"""One simulation of the Metalayer in a directory of its own: messages, snapshots, summary, manifest."""

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from metalab.econ.messaging.fastclock.figures.results import Columns, list_messages, list_snapshots, summarise
from metalab.econ.messaging.fastclock.settings.settings import Settings, show_settings
from metalab.econ.messaging.fastclock.simulation import Simulation, Watch
from metalab.experiments.errors import InterruptedByUserError
from metalab.experiments.inputs.tables import read_whole
from metalab.experiments.laboratories.metalayer_settings import read_settings
from metalab.experiments.limits import LARGEST_SEED
from metalab.experiments.store.cancellation import watching
from metalab.experiments.store.directory import SUMMARY, Data, Store
from metalab.experiments.store.files import encode_json
from metalab.experiments.studies.parts import write_parquet

KIND = "metalayer"
MESSAGES = "messages.parquet"
SNAPSHOTS = "snapshots.parquet"


class MetalayerOutcome(NamedTuple):
    """The result of a simulation."""

    summary: Data
    messages: Columns
    snapshots: Columns
    digest: str


def run_metalayer(settings: Settings, seed: int, watch: Watch | None = None) -> MetalayerOutcome:
    """Simulate; a pure function of settings, seed and code. Raises `InterruptedByUserError` when `watch` asks to stop."""
    simulation = Simulation(settings, seed)
    if not simulation.run(watch):
        raise InterruptedByUserError("stopped; run the same command again to start over")
    summary = {"seed": seed, "minutes": settings.minutes} | summarise(simulation)
    messages, snapshots = list_messages(simulation), list_snapshots(simulation)
    return MetalayerOutcome(summary, messages, snapshots, compute_digest(summary, messages, snapshots))


def compute_digest(summary: Data, *tables: Columns) -> str:
    """SHA-256 over the tables, column after column, eight bytes a number, then over the summary."""
    digest = hashlib.sha256()
    for table in tables:
        for name, values in table.items():
            digest.update(name.encode() + b"\0" + _encode(values) + b"\0")
    digest.update(encode_json(summary))
    return digest.hexdigest()


def _encode(values: list[Any]) -> bytes:
    if values and isinstance(values[0], str):
        return "\0".join(values).encode()
    return np.array(values, dtype="<f8" if values and isinstance(values[0], float) else "<i8").tobytes()


def store_metalayer(settings: Settings, out: str | Path, *, seed: int = 1, command: str = "") -> Data:
    """Simulate into the directory `out` and return its manifest. A complete directory is read, not simulated again."""
    seed = read_whole("--seed", seed, 0, LARGEST_SEED)
    identity = {"kind": KIND, "settings": show_settings(settings), "seed": seed}
    with Store(out, identity, command) as store:
        if not store.is_complete:
            with watching(store.path, settings.minutes * 60.0, "simulated seconds") as watch:
                outcome = run_metalayer(settings, seed, watch)
            write(store, outcome)
        return store.manifest


def write(store: Store, outcome: MetalayerOutcome) -> None:
    """Write the files and declare the result complete."""
    import pyarrow as pa

    store.write(MESSAGES, write_parquet(pa.table(outcome.messages)))
    store.write(SNAPSHOTS, write_parquet(pa.table(outcome.snapshots)))
    store.write(SUMMARY, encode_json(outcome.summary | {"digest": outcome.digest}))
    store.finish(outcome.digest)


def replay_metalayer(path: Path, manifest: Data) -> str:  # noqa: ARG001  (a laboratory like the others)
    """The digest of a stored simulation, made again."""
    return run_metalayer(read_settings(manifest["settings"]), manifest["seed"]).digest
