"""The migration of stored data with real contents: files are fingerprinted, copied to a cold folder, checked, and read back."""

from pathlib import Path
from typing import NamedTuple

from metalab.experiments.errors import BadFileError, BadValueError, OutputError
from metalab.protocol.storage.fingerprints import (
    HOT_SECONDS,
    PRUNED_SECONDS,
    Fingerprint,
    Migration,
    find_damaged,
    migrate_files,
    take_fingerprint,
)

MOST_BYTES = 2**30
"""Contents are held in memory."""


class MigrationCheck(NamedTuple):
    """What became of the files, and the paths that were not as recorded when read back from the cold folder."""

    fingerprints: list[Fingerprint]
    result: Migration
    unreadable: list[str]


def read_files(folder: Path) -> dict[str, bytes]:
    """The contents of all files below a folder by relative path. Raises `BadFileError`."""
    if not folder.is_dir():
        raise BadFileError(folder, "is no folder; give one with files to migrate")
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    if not paths:
        raise BadFileError(folder, "has no files to migrate")
    if sum(path.stat().st_size for path in paths) > MOST_BYTES:
        raise BadFileError(folder, f"has more than {MOST_BYTES:,} bytes; give a smaller folder")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def flip_first_bit(content: bytes) -> bytes:
    """A copy with one wrong bit; of nothing, a byte too many."""
    return bytes([content[0] ^ 1]) + content[1:] if content else b"\0"


def check_migration(folder: Path, cold: Path, *, damage: int = 0, late: int = 0, fresh: int = 0) -> MigrationCheck:
    """Migrate the files of a folder into the empty folder `cold` and read them back.

    In order of their paths the copies of the first `damage` files get a wrong bit, the next `late` are tried only after the hot
    tier forgot them, the next `fresh` are younger than seven days; all others are due. Raises `ProblemError`.
    """
    hot = read_files(folder)
    if damage + late + fresh > len(hot):
        raise BadValueError("--damage + --late + --fresh", damage + late + fresh, f"together at most the {len(hot)} files of {folder}")
    if cold.exists() and (not cold.is_dir() or any(cold.iterdir())):
        raise OutputError(cold, "is not an empty folder; choose another one")
    now = 2 * PRUNED_SECONDS
    ages = [HOT_SECONDS] * damage + [PRUNED_SECONDS] * late + [HOT_SECONDS - 1] * fresh
    ages += [HOT_SECONDS] * (len(hot) - len(ages))
    fingerprints = [take_fingerprint(path, now - age, hot[path]) for path, age in zip(hot, ages, strict=True)]
    bad = set(list(hot)[:damage])
    result = migrate_files(fingerprints, lambda path: flip_first_bit(hot[path]) if path in bad else hot[path], now)
    write_files(cold, result.moved)
    moved = [fingerprint for fingerprint in fingerprints if fingerprint.path in result.moved]
    stored = read_files(cold) if result.moved else {}
    return MigrationCheck(fingerprints, result, find_damaged(moved, stored))


def write_files(folder: Path, contents: dict[str, bytes]) -> None:
    """Write contents by relative path below a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
