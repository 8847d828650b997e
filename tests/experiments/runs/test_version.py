"""The identity of the code, computed a second way."""

import hashlib
from pathlib import Path

import numba
import numpy

from metalab.experiments.runs.version import compute_code_version

ROOT = Path(__file__).resolve().parents[3]


def test_code_version_is_the_published_one() -> None:
    names = sorted(
        path.relative_to(ROOT).as_posix()
        for package in ("econ", "protocol")
        for path in (ROOT / package).glob("**/*")
        if path.is_file() and "__pycache__" not in str(path)
    )
    assert "econ/day.py" in names
    assert "protocol/fees/ledger.py" in names
    data = b"".join(name.encode() + b"\0" + (ROOT / name).read_bytes() + b"\0" for name in names)
    data += f"numpy {numpy.__version__}\0numba {numba.__version__}".encode()
    assert compute_code_version() == hashlib.sha256(data).hexdigest()
