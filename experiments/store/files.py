"""Files that are whole or absent, whatever happens to the machine."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

TEMPORARY = ".tmp"


def write_atomic(path: Path, data: bytes, durable: bool = True) -> None:
    """Put `data` at `path` in one step: temporary name, flush, fsync, rename, fsync of the directory.

    `durable=False` leaves out the fsyncs: readers still see the old or the new file, but a power cut may bring back the old.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        if durable:
            os.fsync(file.fileno())
    temporary.replace(path)
    if durable:
        sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_temporaries(path: Path) -> None:
    """Clear up after a process that was killed while it wrote."""
    for leftover in path.glob(f".*{TEMPORARY}"):
        leftover.unlink(missing_ok=True)


def hash_file(path: Path) -> str:
    """SHA-256 of a file; empty when it is not there."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def encode_json(data: Any) -> bytes:
    """JSON with sorted keys: the same data gives the same bytes. Raises ValueError for NaN and infinity."""
    return (json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n").encode()
