"""Re-run what a directory holds and compare digests."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from metalab.experiments.command_line.compiling import tell_compiling
from metalab.experiments.command_line.options import add_whole, refuse_ignored


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which directory, which run."""
    parser.add_argument("directory", metavar="DIR", help="a directory that a run or a study was written to")
    add_whole(parser, "--run", None, "only this run of a study (default: all)")
    add_whole(parser, "--workers", 2, "threads")


@tell_compiling
def execute(arguments: argparse.Namespace) -> int:
    """Replay and compare; 1 when a digest differs."""
    from concurrent.futures import ThreadPoolExecutor

    from metalab.experiments.inputs.tables import read_whole
    from metalab.experiments.limits import MOST_WORKERS
    from metalab.experiments.runs.forks import list_stored, replay
    from metalab.experiments.store.directory import read_manifest
    from metalab.experiments.store.progress import Progress

    path = Path(arguments.directory)
    manifest = read_manifest(path)
    read_whole("--workers", arguments.workers, 1, MOST_WORKERS)
    if manifest["kind"] in ("run", *LABORATORIES):
        refuse_ignored(arguments, ("--run",), f"does nothing where DIR holds a single {manifest['kind']}")
    if manifest["kind"] in LABORATORIES:
        return replay_laboratory(path, manifest)
    stored = list_stored(path, arguments.run)
    progress = Progress(len(stored), "runs", delay=2.0)
    with ThreadPoolExecutor(arguments.workers) as executor:
        digests = []
        for result in executor.map(lambda item: replay(item[1]).digest, stored):
            digests.append(result)
            progress.advance()
    progress.close("done")
    wrong = [name for (name, identity), digest in zip(stored, digests, strict=True) if identity["digest"] != digest]
    return tell(wrong, len(stored), manifest)


def replay_laboratory(path: Path, manifest: dict[str, Any]) -> int:
    """The same for a simulation of the fast clock."""
    from metalab.experiments.errors import ResultError

    if manifest["status"] != "complete":
        raise ResultError(path, "is incomplete; run its command again to finish it")
    digest = LABORATORIES[manifest["kind"]](path, manifest)
    return tell([manifest["kind"]] if digest != manifest["digest"] else [], 1, manifest)


def replay_metalayer(path: Path, manifest: dict[str, Any]) -> str:
    """The digest of a simulation of the Metalayer, made again."""
    from metalab.experiments.laboratories import metalayer

    return metalayer.replay_metalayer(path, manifest)


def replay_scaling(path: Path, manifest: dict[str, Any]) -> str:
    """The digest of a run of the scaling laboratory, made again."""
    from metalab.experiments.laboratories import scaling

    return scaling.replay_scaling(path, manifest)


LABORATORIES: dict[str, Callable[[Path, dict[str, Any]], str]] = {"metalayer": replay_metalayer, "scaling": replay_scaling}


def tell(wrong: list[str], count: int, manifest: dict[str, Any]) -> int:
    """Say which digests differ; 1 when one does."""
    from metalab.experiments.runs.version import compute_code_version

    if not wrong:
        print(f"{count} of {count} digests are the same")
        return 0
    reason = " (the code has changed since)" if manifest["code_version"] != compute_code_version() else ""
    print(f"{len(wrong)} of {count} digests differ{reason}: {', '.join(wrong[:5])}")
    return 1
