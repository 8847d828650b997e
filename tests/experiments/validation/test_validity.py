"""Reach of levers and notices: found in tiny worlds, told in words."""

from typing import Any

import numpy as np
import pytest

from metalab.experiments.inputs.scenario import load_scenario
from metalab.experiments.inputs.schema import LEAVES, show_parameters
from metalab.experiments.validation.levers import GOVERNABLE, is_named, list_arms, list_switches, scale
from metalab.experiments.validation.notices import OUTSIDE, PATHLESS, find_notices, read_validity
from metalab.experiments.validation.responses.ensembles import Simulator
from metalab.experiments.validation.validity import OUTCOMES, compare, find_range, measure_lever, measure_levers
from metalab.experiments.validation.validity_table import write_markdown, write_validity

VALUES = show_parameters(load_scenario("minimal").parameters)
LINE = {"differs": 4, "runs": 4, "effect": 0.1, "interval": [0.05, 0.15]}
NONE = {"differs": 0, "runs": 4, "effect": 0.0, "interval": [0.0, 0.0]}


def make_found(**more: Any) -> dict[str, Any]:
    return {"range": [1.0, 3.0], "beside": {}, "reach": {"price": LINE, "users": NONE}} | more


@pytest.mark.parametrize("leaf", GOVERNABLE, ids=lambda leaf: leaf.path)
def test_every_lever_is_tried_elsewhere_within_its_bounds(leaf: Any) -> None:
    usual = VALUES[leaf.path]
    arms = list_arms(leaf, usual, "minimal", {})
    assert arms
    for value, scenario in arms.values():
        assert value != usual
        assert show_parameters(scenario.parameters)[leaf.path] != usual
    if not is_named(leaf) and leaf.info.total is None:
        for low, high in np.reshape(find_range(usual, [value for value, _ in arms.values()]), (-1, 2)):
            assert leaf.info.low <= low <= high <= leaf.info.high


def test_shares_keep_their_total() -> None:
    leaf = LEAVES["fees.split"]
    for factor in (1 / 3, 3.0):
        assert sum(scale(leaf, VALUES["fees.split"], factor)) == leaf.info.total


def test_switches_of_a_mechanism_are_those_that_are_off() -> None:
    assert list_switches(LEAVES["rewards.floor"], VALUES) == {"rewards.floor_on": True, "rewards.cap_on": True}
    assert list_switches(LEAVES["fees.message_fee_usd"], VALUES) == {}


def test_reach_is_told_by_any_difference_and_its_size_by_the_interval() -> None:
    base = {"price": np.array([1.0, 2.0, 4.0])}
    same, twice, one = base["price"].copy(), 2 * base["price"], np.array([1.0, 2.0, 5.0])
    assert compare("price", base, {"low": {"price": same}, "high": {"price": same}})["differs"] == 0
    double = compare("price", base, {"low": {"price": same}, "high": {"price": twice}})
    assert double["differs"] == 3
    assert double["effect"] == pytest.approx(np.log(2.0), rel=1e-3)
    assert double["interval"][0] > 0
    few = compare("price", base, {"high": {"price": one}})
    assert few["differs"] == 1
    assert few["interval"][0] < 0 < few["interval"][1]


def test_a_lever_acts_in_a_tiny_world_and_one_that_is_off_does_not() -> None:
    simulator = Simulator(2, 40, workers=1)
    fee = measure_lever(simulator, "minimal", LEAVES["fees.message_fee_usd"], VALUES["fees.message_fee_usd"], {})
    assert fee["reach"]["revenue"]["differs"] == 2
    assert fee["range"] == [pytest.approx(0.1), pytest.approx(0.9)]
    floor = measure_lever(simulator, "minimal", LEAVES["rewards.floor"], VALUES["rewards.floor"], {})
    assert not any(line["differs"] for line in floor["reach"].values())
    ((path, found),) = measure_levers(simulator, "minimal", (LEAVES["rewards.floor"],))
    assert path == "rewards.floor"
    assert found["beside"] == {"rewards.floor_on": True, "rewards.cap_on": True}


def test_notices_name_what_is_outside_and_what_is_not_reached() -> None:
    known = {"a": make_found(), "b": make_found(values=["x", "y"], reach={"price": NONE, "users": NONE})}
    assert find_notices({"a": 2.0}, known) == [f"a: {PATHLESS} users"]
    assert find_notices({"a": 4.0}, known) == [f"a: {OUTSIDE} (1 to 3)", f"a: {PATHLESS} users"]
    assert find_notices({"b": "z"}, known) == [f"b: {OUTSIDE} (x, y)", f"b: {PATHLESS} any headline outcome"]
    assert find_notices([("a", 4.0), ("a", 5.0)], known) == find_notices({"a": 4.0}, known)
    assert find_notices({}, known) == []


def test_vectors_are_outside_when_one_element_is() -> None:
    known = {"v": make_found(range=[[0, 1], [5, 6]], reach={"price": LINE})}
    assert find_notices({"v": [1, 5]}, known) == []
    assert find_notices({"v": (1, 7)}, known) == [f"v: {OUTSIDE} (0 to 1; 5 to 6)"]
    assert find_notices({"v": [True, 5]}, {"v": make_found(values=[[True, 5]], reach={"price": LINE})}) == []


def test_a_lever_that_needs_a_switch_says_so() -> None:
    known = {"a": make_found(beside={"on": True}, reach={"price": LINE})}
    assert find_notices({"a": 2.0}, known) == [f"a: {PATHLESS} any headline outcome unless on is on"]
    assert find_notices({"a": 2.0, "on": True}, known | {"on": make_found(values=[False, True], reach={"price": LINE})}) == []


def test_what_was_never_tried_is_outside() -> None:
    assert find_notices({"c": 1, "d": 2}, {}) == [f"c, d: {OUTSIDE} (only levers of the DAO were)"]


def test_the_shipped_data_know_every_lever_and_every_outcome() -> None:
    known = read_validity()
    assert set(known) == {leaf.path for leaf in GOVERNABLE}
    assert {tuple(found["reach"]) for found in known.values()} == {tuple(OUTCOMES)}
    for path, found in known.items():
        assert all(path in LEAVES for path in found["beside"])
        assert not any(OUTSIDE in notice for notice in find_notices({path: VALUES[path]})), path


def test_the_table_is_written_with_its_data(tmp_path: Any) -> None:
    identity = {"command": "c", "scenario": "s", "runs": 4, "days": 9, "seed": 1, "code_version": "0" * 64}
    levers = {"a": make_found(reach={"price": LINE, "users": NONE, "stake": LINE | {"interval": [-1, 1]}})}
    write_validity(tmp_path, identity, levers)
    assert find_notices({"a": 9.0}, read_validity(tmp_path / "validity.json"))[0] == f"a: {OUTSIDE} (1 to 3)"
    assert "| `a` | 1 to 3 | +0.1 | **none** | *unsure* |" in write_markdown(identity, levers)
