"""Real processes, really killed: what is on disk is whole, and the same command ends with the same bytes."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from econ.setup import Scenario
from experiments import run_study
from experiments.chunks import CHUNK
from experiments.store import CANCEL, MANIFEST, PROGRESS

pytestmark = pytest.mark.slow  # real processes against the clock: make slow

ROOT = Path(__file__).resolve().parents[2]
RUNS, DAYS, SEED = 10 * CHUNK, 60, 3
COMMAND = [sys.executable, "-m", "experiments", "monte-carlo", "minimal", "--runs", str(RUNS), "--days", str(DAYS), "--seed", str(SEED)]
PATIENCE = 120.0


def start(out: Path, workers: int = 2) -> subprocess.Popen[str]:
    command = [*COMMAND, "--workers", str(workers), "--out", str(out)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def wait_for_parts(out: Path, process: subprocess.Popen[str], count: int) -> None:
    """Until that many parts are acknowledged, or the process has ended."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        text = (out / "parts.sha256").read_text() if (out / "parts.sha256").exists() else ""
        if text.count("part-") >= count:
            return
        time.sleep(0.002)


def read_bytes(out: Path) -> dict[str, bytes]:
    names = [*(path.name for path in out.glob("part-*.parquet")), "parts.sha256", "runs.parquet", "summary.json"]
    return {name: (out / name).read_bytes() for name in names}


def end(process: subprocess.Popen[str]) -> str:
    """Wait for the end; returns what was said on standard error."""
    _, errors = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in errors, errors
    return errors


@pytest.fixture(scope="module")
def reference(tiny: Scenario, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The bytes of the study when nobody disturbs it, made in this process."""
    out = tmp_path_factory.mktemp("kill") / "reference"
    run_study(tiny, RUNS, out, seed=SEED, days=DAYS, workers=1)
    return read_bytes(out)


def test_a_study_killed_in_four_ways_ends_with_the_same_bytes(reference: dict[str, bytes], tmp_path: Path) -> None:
    out = tmp_path / "out"

    process = start(out)
    wait_for_parts(out, process, 1)
    process.kill()
    end(process)
    assert process.returncode == -signal.SIGKILL
    assert json.loads((out / MANIFEST).read_text())["status"] == "incomplete"
    check_parts(out, reference)

    for count, number, code in ((2, signal.SIGINT, 130), (3, signal.SIGTERM, 143)):
        process = start(out)
        wait_for_parts(out, process, count)
        process.send_signal(number)
        end(process)
        assert process.returncode == code
        check_parts(out, reference)
        assert json.loads((out / PROGRESS).read_text())["state"] == "cancelled"
        assert not (out / CANCEL).exists()

    process = start(out, workers=1)
    wait_for_parts(out, process, 4)
    (out / CANCEL).touch()
    assert "cancelled; the same command goes on" in end(process)
    assert process.returncode == 130

    process = start(out, workers=3)
    end(process)
    assert process.returncode == 0
    assert read_bytes(out) == reference
    assert not [path for path in out.iterdir() if path.name.startswith(".")]


def check_parts(out: Path, reference: dict[str, bytes]) -> None:
    """Whatever bears a part's name is a whole part."""
    parts = list(out.glob("part-*.parquet"))
    assert parts
    assert len(parts) < RUNS // CHUNK, "it was over before it was interrupted"
    for path in parts:
        assert path.read_bytes() == reference[path.name]
