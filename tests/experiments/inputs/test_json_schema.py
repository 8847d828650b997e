"""The schemas say of single values what the readers say, and the page on proposals holds what it promises."""

import datetime
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.cli import main
from metalab.experiments.errors import ProblemError
from metalab.experiments.inputs.json_schema import make_proposal_schema, make_scenario_schema
from metalab.experiments.inputs.proposal import lint, read_proposal
from metalab.experiments.inputs.scenario import PRESETS, load_scenario
from tests.support import ROOT

PROPOSAL = jsonschema.Draft202012Validator(make_proposal_schema())
SCENARIO = jsonschema.Draft202012Validator(make_scenario_schema())
PAGE = (ROOT / "docs" / "how-to" / "write-a-proposal.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
EXAMPLES = sorted((ROOT / "examples" / "proposals").glob("*.toml"))


@pytest.fixture(scope="module")
def launch() -> Scenario:
    return load_scenario("launch")


def as_json(value: Any) -> Any:
    """What an editor checks: dates are texts."""
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def test_both_are_schemas() -> None:
    for validator in (PROPOSAL, SCENARIO):
        jsonschema.Draft202012Validator.check_schema(validator.schema)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_fits_the_schema(path: Path) -> None:
    PROPOSAL.validate(as_json(tomllib.loads(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("path", sorted(PRESETS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_preset_fits_the_schema(path: Path) -> None:
    SCENARIO.validate(as_json(tomllib.loads(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_every_block_of_the_page_is_a_proposal(block: str, tmp_path: Path, launch: Scenario) -> None:
    PROPOSAL.validate(as_json(tomllib.loads(block)))
    path = tmp_path / "page.toml"
    path.write_text(block, encoding="utf-8")
    assert lint(read_proposal(path), launch, 180, 1096) == []


WRONG = [
    'titel = "x"\n',
    '[[changes]]\nparameter = "fees.message_fee_usd"\nvalue = 9\n',
    '[[changes]]\nparameter = "fees.message_fee_usd"\nvalue = "cheap"\n',
    '[[changes]]\nparameter = "volatility.sigma"\nvalue = 0.1\n',
    '[[changes]]\nparameter = "fees.split"\nvalue = [1, 2]\n',
    '[[changes]]\nparameter = "fees.split.core"\nvalue = 10001\n',
    '[[changes]]\nparameter = "fees.message_fee_usd"\n',
    '[[changes]]\nparameter = "fees.message_fee_usd"\nvalue = 1\nwhen = "cheap"\n',
    '[[changes]]\nparameter = "fees.message_fee_usd"\nvalue = 1\nfor_days = 0\n',
    '[[grants]]\nfrom = "foundation"\nto = "rnd"\nera = 1\n',
    '[[grants]]\nfrom = "treasury"\nto = "rnd"\n',
    '[[grants]]\nfrom = "treasury"\nto = "rnd"\nera = 1\nusd = 1\n',
    "[vote]\nquorum = 2\n",
]


@pytest.mark.parametrize("text", WRONG)
def test_what_the_schema_refuses_the_reader_refuses(text: str, tmp_path: Path, launch: Scenario) -> None:
    assert not PROPOSAL.is_valid(as_json(tomllib.loads(text)))
    path = tmp_path / "wrong.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemError):
        lint(read_proposal(path), launch, 180, 1096)


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "proposal"]) == 0
    assert json.loads(capsys.readouterr().out) == make_proposal_schema()
    assert main(["schema", "vote"]) == 2
    assert "choose from proposal, scenario" in capsys.readouterr().err
