"""An option that would do nothing beside another one is refused and names it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments import StudyOptions, load_scenario, run
from metalab.experiments.cli import main
from metalab.experiments.errors import BadValueError
from metalab.experiments.inputs.tables import read_whole
from metalab.experiments.studies.parts import Variant


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "minimal", "--run", "3"], "--run does nothing without --fork-from"),
        (["run", "minimal", "--allow-version-change"], "--allow-version-change does nothing without --fork-from"),
        (["what-if", "x.toml", "--runs", "2", "--worlds", "bear,bull", "--scenario", "bear"], "--scenario does nothing beside --worlds"),
        (["metalayer", "--set", "guarding.byzantine=3"], "--set guarding.byzantine would overrule --byzantine; give --byzantine alone"),
        (["scaling", "--controller", "pi", "--set", "scaling.controller=fixed"], "does nothing beside --controller"),
    ],
)
def test_an_option_without_effect_is_refused(words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--out", str(tmp_path / "out")]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_replaying_a_single_run_takes_no_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "out")
    assert main(["run", "minimal", "--days", "2", "--out", out]) == 0
    assert main(["replay", out, "--run", "0"]) == 2
    assert "--run does nothing where DIR holds a single run" in capsys.readouterr().err
    assert main(["replay", out, "--workers", "0"]) == 2
    assert "--workers = 0 is not allowed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "overrides", "words"),
    [
        (5, None, "scenario = 5"),
        ("minimal", ["fees.message_fee_usd"], "overrides"),
        ("minimal", {5: 1}, "a parameter's path as a text"),
        ("minimal", {"fees.message_fee_usd": np.array([1.0, 2.0])}, "fees.message_fee_usd = "),
    ],
)
def test_a_scenario_of_the_wrong_type_is_refused(source: Any, overrides: Any, words: str) -> None:
    with pytest.raises(BadValueError, match=words):
        load_scenario(source, overrides)


def test_numbers_of_numpy_are_numbers(tiny: Scenario) -> None:
    overrides = {"fees.message_fee_usd": np.float64(0.25), "population.users": np.int64(3), "fees.split": np.full(5, 2_000)}
    plain: dict[str, Any] = {"fees.message_fee_usd": 0.25, "population.users": 3, "fees.split": [2_000] * 5}
    assert load_scenario("minimal", overrides).parameters.tobytes() == load_scenario("minimal", plain).parameters.tobytes()
    assert type(read_whole("days", np.int64(3), 1, 9)) is int
    plan = StudyOptions(np.int64(2), seed=np.int64(4), days=np.int64(3)).make_plan((Variant("", tiny),))
    assert all(type(number) is int for number in (plan.runs, plan.seed, plan.days, plan.every))
    result = run(tiny, seed=np.int64(4), days=np.int64(3))
    assert (result.digest, type(result.seed)) == (run(tiny, seed=4, days=3).digest, int)


@pytest.mark.parametrize("value", [True, np.bool_(True), 3.5, np.float64(2.5), "3", None])
def test_what_is_no_whole_number_is_refused(value: Any) -> None:
    with pytest.raises(BadValueError, match="give a whole number from 1 to 9"):
        read_whole("days", value, 1, 9)
