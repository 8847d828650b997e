"""Re-run what a directory holds and compare digests."""

import argparse
from pathlib import Path

from experiments.commands.compiling import tell_compiling
from experiments.commands.options import add_whole


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which directory, which run."""
    parser.add_argument("directory", metavar="DIR", help="a directory that a run or a study was written to")
    add_whole(parser, "--run", None, "only this run of a study (default: all)")
    add_whole(parser, "--workers", 2, "threads")


@tell_compiling
def execute(arguments: argparse.Namespace) -> int:
    """Replay and compare; 1 when a digest differs."""
    from concurrent.futures import ThreadPoolExecutor

    from experiments.forks import list_stored, replay
    from experiments.progress import Progress
    from experiments.store import read_manifest
    from experiments.version import compute_code_version

    path = Path(arguments.directory)
    if read_manifest(path)["kind"] == "metalayer":
        return replay_metalayer(path)
    stored = list_stored(path, arguments.run)
    progress = Progress(len(stored), "runs", delay=2.0)
    with ThreadPoolExecutor(max(1, arguments.workers)) as executor:
        digests = []
        for result in executor.map(lambda item: replay(item[1]).digest, stored):
            digests.append(result)
            progress.advance()
    progress.close("done")
    wrong = [name for (name, identity), digest in zip(stored, digests, strict=True) if identity["digest"] != digest]
    if not wrong:
        print(f"{len(stored)} of {len(stored)} digests are the same")
        return 0
    changed = read_manifest(path)["code_version"] != compute_code_version()
    reason = " (the code has changed since)" if changed else ""
    print(f"{len(wrong)} of {len(stored)} digests differ{reason}: {', '.join(wrong[:5])}")
    return 1


def replay_metalayer(path: Path) -> int:
    """The same for a simulation of the Metalayer."""
    from experiments.errors import OutputError
    from experiments.metalayer import replay_metalayer as make_again
    from experiments.store import read_manifest
    from experiments.version import compute_code_version

    manifest = read_manifest(path)
    if manifest["status"] != "complete":
        raise OutputError(path, "is incomplete; let its command finish first")
    if make_again(manifest) == manifest["digest"]:
        print("1 of 1 digests are the same")
        return 0
    reason = " (the code has changed since)" if manifest["code_version"] != compute_code_version() else ""
    print(f"1 of 1 digests differ{reason}: metalayer")
    return 1
