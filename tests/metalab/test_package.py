"""The package as a whole: what it exports, that importing it is free, and the short names of a checkout."""

import re
import subprocess
import sys
import tomllib

import pytest

import metalab
from tests.support import ROOT


def execute(code: str) -> str:
    """What a fresh process in the checkout prints."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", metalab.__all__)
def test_everything_promised_is_there(name: str) -> None:
    assert getattr(metalab, name) is not None
    assert name in dir(metalab)


def test_the_agent_classes_are_all_there() -> None:
    from metalab import econ, experiments

    assert set(econ.__all__) | set(experiments.__all__) <= set(metalab.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'metalab' has no attribute 'nothing'"):
        metalab.nothing  # noqa: B018


def test_importing_costs_nothing() -> None:
    code = "import sys, metalab; dir(metalab); print({'numpy', 'numba', 'pandas', 'mesa', 'streamlit'} & set(sys.modules))"
    assert execute(code) == "set()\n"


def test_the_version_has_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" in project["project"]["dynamic"]
    assert "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "metalab.__version__"}


def test_short_names_are_the_same_modules() -> None:
    code = (
        "import sys, econ, experiments, protocol, ui, metalab.econ, metalab.experiments, metalab.protocol, metalab.ui\n"
        "assert econ is metalab.econ and experiments is metalab.experiments and protocol is metalab.protocol and ui is metalab.ui\n"
        "import experiments.inputs.scenario, metalab.experiments.inputs.scenario as full\n"
        "assert experiments.inputs.scenario is full is sys.modules['experiments.inputs.scenario']\n"
        "from protocol.kernel import codes; from metalab.protocol.kernel import codes as same; assert codes is same\n"
        "print(full.__name__, full.__spec__.name)"
    )
    assert execute(code) == "metalab.experiments.inputs.scenario metalab.experiments.inputs.scenario\n"


@pytest.mark.parametrize("first", ["short", "full"])
def test_short_names_give_the_same_classes(first: str) -> None:
    lines = [
        "from econ import EconModel as E, User as U; from experiments import Study as S, load_scenario; from protocol import Slashing as P",
        "from metalab import EconModel, Scenario, Study, User; from metalab.protocol import Slashing",
    ]
    code = "\n".join([*(lines if first == "short" else lines[::-1]), "assert (E, U, S, P) == (EconModel, User, Study, Slashing)"])
    assert execute(code + "\nprint(isinstance(load_scenario('minimal'), Scenario))") == "True\n"


@pytest.mark.parametrize("module", ["experiments", "metalab"])
def test_both_modules_have_the_command_line(module: str) -> None:
    done = subprocess.run([sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    program = "python -m metalab" if module == "metalab" else "python -m experiments"
    assert f"usage: {program} " in done.stdout
    assert f"example: {program} run launch" in done.stdout


def test_the_app_says_how_it_is_opened() -> None:
    done = subprocess.run([sys.executable, "-m", "metalab", "app", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: metalab app")


def test_the_citation_names_this_version() -> None:
    assert f"\nversion: {metalab.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_the_examples_of_the_how_to_page_exist() -> None:
    """Every attribute of `metalab` that the page names is there, and every import works."""
    text = (ROOT / "docs" / "how-to" / "use-as-a-library.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmetalab\.([A-Za-z_]+)\b", text)) - {"protocol", "experiments"}
    assert len(named) > 5
    assert named <= set(metalab.__all__)
    for line in re.findall(r"^from metalab\.protocol import .+$", text, re.MULTILINE):
        exec(line, {})
