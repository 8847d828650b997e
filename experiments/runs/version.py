"""The identity of the code that makes results."""

import hashlib
from functools import cache
from pathlib import Path

import numba
import numpy

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("protocol", "econ")


@cache
def compute_code_version() -> str:
    """SHA-256 over sorted paths and bytes of protocol/ and econ/, then numpy's and numba's versions."""
    digest = hashlib.sha256()
    paths = (path for package in PACKAGES for path in (ROOT / package).rglob("*") if _counts(path))
    for path in sorted(paths, key=lambda path: path.relative_to(ROOT).as_posix()):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update(f"numpy {numpy.__version__}\0numba {numba.__version__}".encode())
    return digest.hexdigest()


def _counts(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
