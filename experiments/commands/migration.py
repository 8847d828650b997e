"""`migration`: move real files from a hot to a cold folder by their fingerprints."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from metalab.experiments.command_line.options import add_whole

if TYPE_CHECKING:
    from metalab.experiments.laboratories.migration import MigrationCheck


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which files, and what goes wrong."""
    parser.add_argument("folder", metavar="FOLDER", help="files that were posted to the hot tier; they stay where they are")
    add_whole(parser, "--damage", 0, "copies that arrive with a wrong bit")
    add_whole(parser, "--late", 0, "files whose copy is tried after the hot tier forgot them")
    add_whole(parser, "--fresh", 0, "files younger than seven days")
    parser.add_argument("--out", metavar="DIR", required=True, help="the cold tier: an empty or new folder")


def execute(arguments: argparse.Namespace) -> int:
    """Migrate, read back, print; 1 when a file that was moved is not as recorded."""
    from metalab.experiments.inputs.tables import read_whole
    from metalab.experiments.laboratories.migration import check_migration
    from metalab.experiments.limits import MOST_RUNS

    numbers = {name: read_whole(f"--{name}", getattr(arguments, name), 0, MOST_RUNS) for name in ("damage", "late", "fresh")}
    found = check_migration(Path(arguments.folder), Path(arguments.out), **numbers)
    print_check(found, arguments.out)
    return 1 if found.unreadable else 0


def print_check(found: "MigrationCheck", out: str) -> None:
    """Every file with its fingerprint and what became of it."""
    result = found.result
    fates = dict.fromkeys(result.moved, "moved") | dict.fromkeys(result.waiting, "waiting: younger than seven days")
    fates |= dict.fromkeys(result.damaged, "damaged: the copy does not match, it has to be made again")
    fates |= dict.fromkeys(result.lost, "lost: the hot tier has forgotten it")
    for fingerprint in found.fingerprints:
        print(f"  {fingerprint.digest.hex()[:16]}  {fingerprint.path}  {fates[fingerprint.path]}")
    counts = {"waiting": result.waiting, "damaged": result.damaged, "lost": result.lost}
    print(f"{len(result.moved)} moved to {out}, " + ", ".join(f"{len(paths)} {name}" for name, paths in counts.items()))
    wrong = f"{len(found.unreadable)} differ: {', '.join(found.unreadable[:5])}"
    print("read back: " + (wrong if found.unreadable else "all as recorded"))
