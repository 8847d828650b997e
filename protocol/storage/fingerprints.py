"""Fingerprints of stored files: path, time, hash; and a migration that checks them, with real bytes (MODEL 8).

The day of a run counts bytes (`protocol.storage.retention`); this is the same procedure on contents, for the laboratory and for tests.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import NamedTuple

# Seven days (S2-5), then an hour until the hot tier prunes (MODEL 8).
HOT_SECONDS = 7 * 86_400
"""Age at which a file is to move."""
PRUNED_SECONDS = HOT_SECONDS + 3_600
"""Age at which the hot tier forgets it."""


class Fingerprint(NamedTuple):
    """What is recorded of a file when it is posted; `timestamp` in seconds."""

    path: str
    timestamp: int
    digest: bytes


class Migration(NamedTuple):
    """What became of files: contents by path as the cold tier has them, and the paths of those that did not arrive."""

    moved: dict[str, bytes]
    waiting: tuple[str, ...]
    damaged: tuple[str, ...]
    lost: tuple[str, ...]


def compute_digest(path: str, timestamp: int, content: bytes) -> bytes:
    """SHA-256 over path, time and content, each preceded by its length so that no two files share an encoding."""
    name = path.encode()
    head = len(name).to_bytes(8, "little") + name + timestamp.to_bytes(8, "little") + len(content).to_bytes(8, "little")
    return hashlib.sha256(head + content).digest()


def take_fingerprint(path: str, timestamp: int, content: bytes) -> Fingerprint:
    """The fingerprint of a file."""
    return Fingerprint(path, timestamp, compute_digest(path, timestamp, content))


def is_intact(fingerprint: Fingerprint, content: bytes) -> bool:
    """Whether a content is the one that was recorded."""
    return compute_digest(fingerprint.path, fingerprint.timestamp, content) == fingerprint.digest


def classify(fingerprint: Fingerprint, content: bytes | None, now: int) -> str:
    """What a migration at time `now` finds: a file that is waiting, lost, damaged or moved."""
    age = now - fingerprint.timestamp
    if age < HOT_SECONDS:
        return "waiting"
    if age >= PRUNED_SECONDS:
        return "lost"
    return "moved" if content is not None and is_intact(fingerprint, content) else "damaged"


def migrate_files(fingerprints: list[Fingerprint], copy: Callable[[str], bytes | None], now: int) -> Migration:
    """Move every file that is due at time `now`; `copy` brings the content of a path, None when it cannot."""
    found: dict[str, list[str]] = {"waiting": [], "lost": [], "damaged": [], "moved": []}
    moved: dict[str, bytes] = {}
    for fingerprint in fingerprints:
        is_due = HOT_SECONDS <= now - fingerprint.timestamp < PRUNED_SECONDS
        content = copy(fingerprint.path) if is_due else None
        found[classify(fingerprint, content, now)].append(fingerprint.path)
        if content is not None and is_intact(fingerprint, content):
            moved[fingerprint.path] = content
    return Migration(moved, tuple(found["waiting"]), tuple(found["damaged"]), tuple(found["lost"]))


def find_damaged(fingerprints: list[Fingerprint], cold: Mapping[str, bytes]) -> list[str]:
    """Paths whose content in the cold tier is missing or not the recorded one."""
    return [f.path for f in fingerprints if f.path not in cold or not is_intact(f, cold[f.path])]
