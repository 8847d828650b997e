"""Real processes, really killed: what is on disk is whole, and the same command ends with the same bytes.

A study that is to be interrupted is held at a chunk that it may not begin, so that it's never over too soon, however fast the
machine; where it is when the signal comes, among the chunks before that one, is left to chance.
"""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments import StudyOptions, run_study
from metalab.experiments.store.directory import CANCEL, HASHES, MANIFEST, PROGRESS
from metalab.experiments.studies.parts import CHUNK

ROOT = Path(__file__).resolve().parents[2]
CHUNKS, DAYS, SEED = 10, 60, 3
WORDS = ["monte-carlo", "minimal", "--runs", str(CHUNKS * CHUNK), "--days", str(DAYS), "--seed", str(SEED)]
PATIENCE = 120.0
HELD = """
import sys, time
from pathlib import Path
from metalab.experiments.studies import study
from metalab.experiments.cli import main

make_chunk, held = study.make_chunk, int(sys.argv.pop(1))

def make_unless_held(job):
    while job.first >= held and not Path(job.stop).exists():
        time.sleep(0.01)
    return make_chunk(job)

study.make_chunk = make_unless_held
sys.exit(main(sys.argv[1:]))
"""


def start(out: Path, workers: int = 2) -> subprocess.Popen[str]:
    """The command as users type it."""
    return launch(["-m", "experiments"], out, workers)


def start_held(out: Path, chunk: int, workers: int = 2) -> subprocess.Popen[str]:
    """The same command, which gets no further than the beginning of a chunk."""
    return launch(["-c", HELD, str(chunk * CHUNK)], out, workers)


def launch(program: list[str], out: Path, workers: int) -> subprocess.Popen[str]:
    command = [sys.executable, *program, *WORDS, "--workers", str(workers), "--out", str(out)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def list_acknowledged(out: Path) -> list[str]:
    text = (out / HASHES).read_text() if (out / HASHES).exists() else ""
    return sorted(line.split("  ")[1] for line in text.split("\n")[:-1] if line)


def wait_for_parts(out: Path, process: subprocess.Popen[str], count: int) -> None:
    """Until that many parts are acknowledged."""
    end = time.monotonic() + PATIENCE
    while len(list_acknowledged(out)) < count:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, list_acknowledged(out)
        time.sleep(0.002)


def read_bytes(out: Path) -> dict[str, bytes]:
    names = [*(path.name for path in out.glob("part-*.parquet")), HASHES, "runs.parquet", "summary.json"]
    return {name: (out / name).read_bytes() for name in names}


def identify_parts(out: Path) -> dict[str, int]:
    """Which file is behind each acknowledged part: one that is written again is another file."""
    return {name: (out / name).stat().st_ino for name in list_acknowledged(out)}


def end(process: subprocess.Popen[str]) -> str:
    """Wait for the end; returns what was said on standard error."""
    _, errors = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in errors, errors
    return errors


@pytest.fixture(scope="module")
def reference(tiny: Scenario, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The bytes of the study when nobody disturbs it, made in this process."""
    out = tmp_path_factory.mktemp("kill") / "reference"
    run_study(tiny, out, StudyOptions(CHUNKS * CHUNK, seed=SEED, days=DAYS, workers=1))
    return read_bytes(out)


def test_a_study_killed_in_four_ways_ends_with_the_same_bytes(reference: dict[str, bytes], tmp_path: Path) -> None:
    out = tmp_path / "out"

    process = start_held(out, 3)
    wait_for_parts(out, process, 1)
    process.kill()
    end(process)
    assert process.returncode == -signal.SIGKILL
    assert json.loads((out / MANIFEST).read_text())["status"] == "incomplete"
    kept = check_parts(out, reference, 3)

    for count, number, code in ((4, signal.SIGINT, 130), (6, signal.SIGTERM, 143)):
        process = start_held(out, count + 1)
        wait_for_parts(out, process, count)
        process.send_signal(number)
        end(process)
        assert process.returncode == code
        before, kept = kept, check_parts(out, reference, count + 1)
        assert before.items() <= kept.items()
        assert json.loads((out / PROGRESS).read_text())["state"] == "cancelled"
        assert not (out / CANCEL).exists()

    process = start_held(out, 8, workers=1)
    wait_for_parts(out, process, 8)
    (out / CANCEL).touch()
    assert "the same command" in end(process)
    assert process.returncode == 130
    before, kept = kept, check_parts(out, reference, 8)
    assert before.items() <= kept.items()

    process = start(out, workers=3)
    end(process)
    assert process.returncode == 0
    assert kept.items() <= identify_parts(out).items()
    assert read_bytes(out) == reference
    assert not [path for path in out.iterdir() if path.name.startswith(".")]


def check_parts(out: Path, reference: dict[str, bytes], most: int) -> dict[str, int]:
    """Whatever bears a part's name is a whole part; returns those that are acknowledged."""
    parts = list(out.glob("part-*.parquet"))
    assert 0 < len(parts) <= most
    for path in parts:
        assert path.read_bytes() == reference[path.name]
    return identify_parts(out)
