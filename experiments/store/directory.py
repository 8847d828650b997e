"""Run directories: manifest first, every file whole or absent, resumed by the same command, refused to any other."""

import fcntl
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from metalab.experiments.errors import OutputError, ResultError
from metalab.experiments.runs.version import compute_code_version
from metalab.experiments.store.files import encode_json, hash_file, remove_temporaries, sync_directory, write_atomic

Data = dict[str, Any]

FORMAT = 1
MANIFEST = "manifest.json"
SUMMARY = "summary.json"
DAILY = "daily.parquet"
RUNS = "runs.parquet"
HASHES = "parts.sha256"
PROGRESS = "progress.json"
CANCEL = "CANCEL"
LIBRARIES = ("numpy", "numba", "mesa", "pandas", "pyarrow")


class Store:
    """A run directory held open, and locked, by one process. `identity` is what makes a command the same command."""

    def __init__(self, path: str | Path, identity: Data, command: str) -> None:
        self.path = Path(path)
        self.identity: Data = json.loads(encode_json({"format": FORMAT} | identity))
        self.command = command
        self.manifest: Data = {}
        self._handle = -1

    def __enter__(self) -> Self:
        self._make_directory()
        self._lock()
        try:
            self._open()
        except BaseException:
            os.close(self._handle)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        os.close(self._handle)

    def _make_directory(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(self.path, f"cannot be created: {error.strerror}") from None
        if not os.access(self.path, os.W_OK | os.X_OK):
            raise OutputError(self.path, "cannot be written to; choose a directory with write permission")

    def _lock(self) -> None:
        self._handle = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._handle)
            raise OutputError(self.path, "another process is writing there; wait for it or choose another directory") from None

    def _open(self) -> None:
        if not (self.path / MANIFEST).exists():
            self._begin()
            return
        try:
            self.manifest = read_manifest(self.path)
        except ResultError as error:
            raise OutputError(self.path, error.problem) from None
        self._check_identity()
        remove_temporaries(self.path)
        (self.path / CANCEL).unlink(missing_ok=True)
        self.manifest["status"] = "complete" if self._is_complete() else "incomplete"
        if not self.is_complete and self.manifest["code_version"] != compute_code_version():
            raise OutputError(self.path, "was begun by another version of the code; finish it with that one or choose another directory")

    def _begin(self) -> None:
        foreign = [path.name for path in self.path.iterdir() if not (path.name.startswith(f".{MANIFEST}."))]
        if foreign:
            raise OutputError(self.path, f"holds something else ({sorted(foreign)[0]}); choose an empty or new directory")
        remove_temporaries(self.path)
        self.manifest = self.identity | {
            "code_version": compute_code_version(),
            "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
            "command": self.command,
            "status": "incomplete",
            "files": {},
            "digest": "",
        }
        self.write_manifest()
        sync_directory(self.path.parent)

    def _check_identity(self) -> None:
        for key, value in self.identity.items():
            if self.manifest.get(key) != value:
                difference = _tell_difference(key, self.manifest.get(key), value)
                raise OutputError(self.path, f"holds another result ({difference}); choose another directory")
        # Studies without agents of a user's own say nothing of agents.
        if self.manifest.get("agents") and "agents" not in self.identity:
            raise OutputError(
                self.path, "holds another result (with agent classes of its own); give the same agents or choose another directory"
            )

    def _is_complete(self) -> bool:
        files = self.manifest["files"]
        known = [*files.items(), *self._read_hashes()]
        return bool(files) and all(hash_file(self.path / name) == digest for name, digest in known)

    @property
    def is_complete(self) -> bool:
        """Whether the result is there, whole."""
        return bool(self.manifest["status"] == "complete")

    def write_manifest(self) -> None:
        """Put the manifest on disk."""
        write_atomic(self.path / MANIFEST, encode_json(self.manifest))

    def write(self, name: str, data: bytes) -> None:
        """Put a file of the result on disk and remember its hash."""
        write_atomic(self.path / name, data)
        self.manifest["files"][name] = hash_file(self.path / name)

    def finish(self, digest: str) -> None:
        """Declare the result complete."""
        self.manifest |= {"status": "complete", "digest": digest}
        self.write_manifest()

    def read_parts(self) -> dict[str, str]:
        """Names and hashes of the parts that are there and whole; a damaged part is forgotten and redone."""
        return {name: digest for name, digest in self._read_hashes() if hash_file(self.path / name) == digest}

    def _read_hashes(self) -> list[tuple[str, str]]:
        path = self.path / HASHES
        text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        lines = [line.split("  ") for line in text.split("\n")[:-1]]
        return [(line[1], line[0]) for line in lines if len(line) == 2 and Path(line[1]).name == line[1]]

    def write_part(self, name: str, data: bytes) -> None:
        """Put a part on disk, and only then acknowledge it."""
        write_atomic(self.path / name, data)
        with (self.path / HASHES).open("ab") as file:
            # A line that was cut off by a crash must not swallow this one.
            file.write(f"\n{hash_file(self.path / name)}  {name}\n".encode())
            file.flush()
            os.fsync(file.fileno())

    def tidy_parts(self, names: list[str]) -> None:
        """At the end: the list of parts in order, and nothing that does not belong to it."""
        known = dict(self._read_hashes())
        for path in self.path.glob("part-*.parquet"):
            if path.name not in names:
                path.unlink()
        lines = [f"{known[name]}  {name}\n" for name in names]
        self.write(HASHES, "".join(lines).encode())


def read_manifest(path: Path) -> Data:
    """The manifest of a run directory. Raises `ResultError` for a directory that is none."""
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise ResultError(path, f"was written in format {manifest['format']}; this version reads format {FORMAT}")
        return dict(manifest)
    except FileNotFoundError:
        raise ResultError(path, f"has no {MANIFEST}; name a directory that a run or a study was written to") from None
    except (ValueError, KeyError, TypeError, OSError):
        raise ResultError(path, f"its {MANIFEST} was not written by this program; name a directory of a run or a study") from None


def _tell_difference(key: str, there: Any, here: Any) -> str:
    if isinstance(there, dict) and isinstance(here, dict):
        name = next(name for name in sorted(there | here) if there.get(name) != here.get(name))
        return f"{name} is {there.get(name)!r} there, {here.get(name)!r} here"
    if isinstance(there, list | type(None)) or isinstance(here, list | type(None)):
        return f"its {key} differs"
    return f"{key} is {there!r} there, {here!r} here"
