"""The how-to pages that add code are followed to the letter in a copy of the project, which then runs."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.support import ROOT

PAGES = ROOT / "docs" / "how-to"
BLOCK = re.compile(r"^```python (?P<words>[^\n]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc", ".venv", "out", ".git", "stored")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the code."""
    for package in ("protocol", "econ", "experiments"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=IGNORED)
    (tmp_path / "metalab").mkdir()
    for file in (ROOT / "metalab").glob("*.py"):
        shutil.copy(file, tmp_path / "metalab")
    for package in ("protocol", "econ", "experiments"):
        (tmp_path / "metalab" / package).symlink_to(f"../{package}")
    return tmp_path


def follow(page: str, project: Path) -> dict[str, int]:
    """Do what a page says; returns how many lines were added to each file that was there before."""
    added: dict[str, int] = {}
    for block in BLOCK.finditer((PAGES / page).read_text()):
        words = dict(word.split("=", 1) for word in shlex.split(block["words"]))
        if "file" in words:
            (project / words["file"]).write_text(block["code"])
            continue
        path = project / words["add"]
        text, after = path.read_text(), words["after"] + "\n"
        assert text.count("\n" + after) == 1, f"{page}: {words['add']} has {text.count(after)} lines {words['after']!r}"
        path.write_text(text.replace("\n" + after, "\n" + after + block["code"]))
        added[words["add"]] = added.get(words["add"], 0) + block["code"].count("\n")
    return added


def run_plain(project: Path, *words: str) -> "pq.Table":
    """The daily table of a run in plain Python: numba is switched off, nothing is compiled."""
    command = [sys.executable, "-m", "metalab", "run", "minimal", "--engine", "plain", *words, "--out", str(project / "run")]
    settings = os.environ | {"NUMBA_DISABLE_JIT": "1", "METALAB_TRACEBACK": "1"}
    done = subprocess.run(command, cwd=project, env=settings, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return pq.read_table(project / "run" / "daily.parquet")


def test_a_mechanism_with_an_account_takes_three_files_besides_its_own(project: Path) -> None:
    added = follow("add-a-mechanism.md", project)
    assert added == {"protocol/kernel/causes.py": 1, "econ/kernel/records.py": 4, "econ/day.py": 2}
    daily = run_plain(project, "--days", "4", "--set", "reserve.daily_share=50")
    held = daily["reserve_era"].to_pylist()
    assert 0.0 < held[0] < held[1] < held[2] < held[3]
    assert set(daily["supply_total_era"].to_pylist()) == {1e9}


def test_an_agent_type_takes_five_files_besides_its_own(project: Path) -> None:
    added = follow("add-an-agent-type.md", project)
    assert added == {
        "econ/kernel/chance/streams.py": 1,
        "econ/kernel/world.py": 3,
        "econ/kernel/records.py": 2,
        "econ/day.py": 3,
        "econ/agents/roster.py": 3,
    }
    run_plain(project, "--days", "2", "--set", "couriers.count=5", "--set", "couriers.chance=1.0")
    look = (
        "from metalab import load_scenario, run\n"
        "world = run(load_scenario('minimal', {'couriers.count': 5, 'couriers.chance': 1.0}), days=3, engine='plain').world\n"
        "print(world.couriers['delivered'].tolist(), len(world.courier_draws))\n"
        "from metalab.econ.agents.roster import ROSTER\n"
        "print([roster.reads for roster in ROSTER if roster.name == 'couriers'])"
    )
    settings = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", look], cwd=project, env=settings, capture_output=True, text=True, timeout=300)
    assert done.stdout.splitlines() == ["[3, 3, 3, 3, 3] 5", "[('couriers', 'courier_draws', 'params')]"], done.stderr
