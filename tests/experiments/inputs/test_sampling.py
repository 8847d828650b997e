"""Worlds drawn at random: in strata, within every bound, and they run."""

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments import load_scenario, run, sample_parameters
from metalab.experiments.cli import main
from metalab.experiments.errors import BadValueError, ProblemError, UnknownNameError
from metalab.experiments.inputs import sampling
from metalab.experiments.inputs.checks import CHECKS, Check, list_relations
from metalab.experiments.inputs.schema import LEAVES, resolve, show_parameters

WHOLE_WORLD = [path for path in LEAVES if not path.startswith(("population.", "vesting.")) and path != "staking.minimum"]
"""All but sizes and the opening stock of tokens, of which next to no combination is a world."""
ALWAYS = ("messaging.wait_quantiles_s", "governance.lock_minimum_days")
"""First parameters of relations that every draw keeps: drawn in order, and ranges that only touch."""
FREE = "rollups.opening_age_days"


def evaluate(check: Check, values: dict[str, Any]) -> bool:
    """The formula as a program would read it."""
    text = check.relation
    for k, path in enumerate(sorted(check.paths, key=len, reverse=True)):
        text = text.replace(path, f"v[{k}]")
    known = {"v": [values[path] for path in sorted(check.paths, key=len, reverse=True)], "all": all, "zip": zip, "pairwise": pairwise}
    return bool(eval(text, {"__builtins__": {}} | known))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.relation[:60])
def test_the_formula_is_the_check(check: Check) -> None:
    random = np.random.default_rng(5)
    usual, outcomes = show_parameters(resolve({})), set()
    for k in range(400):
        axes = sampling._make_axes(check.paths, {})
        point = random.random(sum(axis.dimensions for axis in axes.values())) ** (1 + 5 * (k % 4))
        values = sampling._place(axes, [], point)
        values = {path: value if k % 3 or path == check.paths[-1] else usual[path] for path, value in values.items()}
        held = check.holds(*(values[path] for path in check.paths))
        assert evaluate(check, values) == held
        outcomes.add(held)
    assert outcomes == {True, False} or check.paths[0] in ALWAYS


def test_each_stratum_holds_one() -> None:
    worlds = sample_parameters([FREE, "governance.voting_days"], 30, 3)
    assert sorted(int(world[FREE] / 100) for world in worlds) == list(range(30))
    assert sorted(world["governance.voting_days"] for world in worlds) == list(range(1, 31))
    assert sample_parameters([FREE], 30, 3) == [{FREE: world[FREE]} for world in worlds], "what else is drawn does not matter"
    assert sample_parameters([FREE], 30, 4) != sample_parameters([FREE], 30, 3)


def test_every_draw_is_a_world_that_runs(tiny: Scenario) -> None:
    for number, world in enumerate(sample_parameters(WHOLE_WORLD, 40, 1, base=tiny)):
        result = run(load_scenario("minimal", world), seed=number, days=3)
        assert list(world) == WHOLE_WORLD
        assert len(result.rows) == 3


def test_without_the_relations_many_draws_are_none(tiny: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "CHECKS", ())
    refused = 0
    for world in sample_parameters(WHOLE_WORLD, 20, 1, base=tiny):
        try:
            load_scenario("minimal", world)
        except ProblemError:
            refused += 1
    assert refused > 10


def test_shares_are_whole_and_uniform() -> None:
    shares = np.array([world["fees.split"] for world in sample_parameters(["fees.split"], 400, 2)])
    assert (shares.sum(axis=1) == 10_000).all()
    assert shares.min() >= 0
    assert shares.mean(axis=0) == pytest.approx([2_000] * 5, rel=0.1)
    assert (shares**2).mean() == pytest.approx(10_000**2 * 2 / 30, rel=0.1), "the second moment of a flat Dirichlet of five parts"


def test_ranges_narrow_and_wide_ranges_go_by_logarithm() -> None:
    paths = ["staking.minimum", "fees.message_fee_usd"]
    ranges = {"staking.minimum": (20_000, 200_000), "fees.message_fee_usd": (0.1, 0.2)}
    worlds = sample_parameters(paths, 50, ranges=ranges)
    assert all(20_000 <= value <= 200_000 for world in worlds for value in world["staking.minimum"])
    assert all(0.1 <= world["fees.message_fee_usd"] <= 0.2 for world in worlds)
    wide = [value for world in sample_parameters(["staking.minimum"], 100) for value in world["staking.minimum"]]
    assert 20_000 < np.median(wide) < 1_000_000, "the middle of 10,000 to 100,000,000 by logarithm, and the stakes must exist"


@pytest.mark.parametrize(
    ("paths", "options", "words"),
    [
        ([], {}, "paths = nothing"),
        (["fees.mesage_fee_usd"], {}, "did you mean 'fees.message_fee_usd'"),
        ([FREE], {"n": 0}, "n = 0"),
        ([FREE], {"seed": -1}, "seed = -1"),
        ([FREE], {"ranges": {FREE: (5, 2)}}, f"range of {FREE}"),
        ([FREE], {"ranges": {FREE: (5, 9_999)}}, f"range of {FREE}"),
        ([FREE], {"ranges": {FREE: 5}}, f"range of {FREE}"),
        ([FREE], {"ranges": {"fees.message_fee_usd": (0, 1)}}, "ranges = fees.message_fee_usd"),
        (["fees.split"], {"ranges": {"fees.split": (0, 1)}}, "range of fees.split"),
        (["population.core", "vesting.launch", "vesting.tokens"], {}, "most often missed: all"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_line(paths: list[str], options: dict[str, Any], words: str) -> None:
    with pytest.raises((BadValueError, UnknownNameError)) as caught:
        sample_parameters(paths, **({"n": 3} | options))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_relations_are_listed_with_each_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parameters", "--json"]) == 0
    rows = {row["path"]: row["relations"] for row in json.loads(capsys.readouterr().out)}
    assert rows["fees.split"] == [{"formula": "sum(fees.split) == 10000", "parameters": ["fees.split"], "advice": "together 10,000"}]
    assert [line["formula"] for line in rows["scaling.low"]] == ["scaling.low < scaling.high"]
    assert rows[FREE] == []
    listed = {line["formula"] for lines in rows.values() for line in lines}
    assert listed == {line["formula"] for line in list_relations()}
    assert all(check.relation in listed for check in CHECKS)
