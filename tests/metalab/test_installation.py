"""A real wheel, installed beside somebody's own folder `experiments`."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.tools.test_repository import list_files

pytestmark = pytest.mark.slow
LEFT_OUT = ("tests", "docs", "benchmarks")


def copy_sources(target: Path) -> None:
    """What a wheel is made from, so that building leaves nothing in the checkout."""
    for path in list_files():
        place = path.relative_to(ROOT)
        if place.parts[0] not in LEFT_OUT:
            (target / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target / place, follow_symlinks=False)
    for link in (ROOT / "metalab").iterdir():
        if link.is_symlink() and not (target / "metalab" / link.name).is_symlink():
            (target / "metalab" / link.name).symlink_to(link.readlink())


def execute(words: list[str], folder: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """A command in a folder of somebody's own, where only the installation is to be found besides the libraries."""
    own = {"PYTHONPATH": str(site), "METALAB_CACHE": str(site.parent / "cache")}
    environment = {name: value for name, value in os.environ.items() if name != "METALAB_OUT"} | own
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation."""
    root = tmp_path_factory.mktemp("install")
    copy_sources(root / "sources")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--no-deps", "--target", str(root / "site"), "."]
    done = subprocess.run(pip, cwd=root / "sources", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return root / "site"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody's project, which has a package named `experiments`."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "experiments").mkdir()
    (folder / "experiments" / "__init__.py").write_text("OWNER = 'somebody else'\n")
    return folder


def test_the_installation_holds_every_module_and_all_data(site: Path) -> None:
    wanted = {
        path.relative_to(ROOT)
        for path in list_files()
        if path.relative_to(ROOT).parts[0] in ("protocol", "econ", "experiments", "ui") and path.suffix in (".py", ".toml", ".csv", ".svg")
    }
    assert len(wanted) > 300
    assert {place for place in wanted if not (site / "metalab" / place).is_file()} == set()
    extras = ("app.py", ".streamlit/config.toml", "examples/proposals/empty.toml")
    assert [name for name in extras if not (site / "metalab" / name).is_file()] == []


def test_nothing_is_installed_beside_the_package(site: Path) -> None:
    assert {path.name for path in site.iterdir() if not path.name.endswith(".dist-info")} == {"metalab", "bin"}


def test_somebody_elses_package_keeps_its_name(site: Path, folder: Path) -> None:
    code = "import metalab, experiments; metalab.load_scenario('minimal'); print(experiments.OWNER, metalab.__file__)"
    done = execute([sys.executable, "-c", code], folder, site)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("somebody else ")
    assert str(site) in done.stdout


def test_the_console_command_runs_a_scenario(site: Path, folder: Path, tmp_path: Path) -> None:
    done = execute([str(site / "bin" / "metalab"), "run", "minimal", "--days", "5", "--out", str(tmp_path / "out")], folder, site)
    assert done.returncode == 0, done.stderr
    there = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))

    from metalab import load_scenario, run

    assert there["digest"] == run(load_scenario("minimal"), days=5).digest


def test_the_code_version_is_that_of_the_checkout(site: Path, folder: Path) -> None:
    from metalab.experiments.runs.version import compute_code_version

    code = "from metalab.experiments.runs.version import compute_code_version; print(compute_code_version())"
    assert execute([sys.executable, "-c", code], folder, site).stdout.strip() == compute_code_version()


def test_the_app_finds_its_pages_and_examples(site: Path, folder: Path) -> None:
    code = (
        "from metalab.ui.__main__ import APP; from metalab.ui.inputs.proposal_draft import list_examples\n"
        "assert APP.is_file() and list_examples()\n"
        "assert sorted(path.name for path in (APP.parent / 'ui' / 'pages').glob('*.py')), APP\n"
        "print(APP)"
    )
    done = execute([sys.executable, "-c", code], folder, site)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(site / "metalab" / "app.py")
