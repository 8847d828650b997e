"""What became of conditions and grants, in numbers and sentences."""

from dataclasses import replace
from pathlib import Path

import pytest

from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import PlannedChange, PlannedCondition, PlannedGrant, Scenario
from metalab.experiments.decisions.plans import describe_plans, list_conditions, measure_plans, tell_plans
from metalab.experiments.decisions.whatif import ask
from metalab.experiments.errors import BadValueError
from metalab.experiments.inputs.changes import Change
from metalab.experiments.inputs.planning.grants import Grant
from metalab.experiments.inputs.proposal import Proposal
from metalab.experiments.inputs.scenario import load_scenario
from metalab.experiments.inputs.schema import LEAVES
from metalab.experiments.runs.runner import run
from metalab.protocol.policy.grants import GrantTarget

PRICE = COLUMNS.index("price_usd")
ALWAYS = PlannedCondition(PRICE, 3, True, 0.0, 0.0)
NEVER = PlannedCondition(PRICE, 1, False, 0.0, 0.0)
FEE = LEAVES["fees.message_fee_usd"]


def make_proposal(*changes: Change, grants: tuple[Grant, ...] = ()) -> Proposal:
    return Proposal("mine", "Mine", "", "", changes, grants, -1.0, -1.0, "mine.toml")


def test_conditions_are_listed_once_in_their_order() -> None:
    one = make_proposal(Change(FEE.path, 0.2, condition=NEVER), Change(FEE.path, 0.1, condition=ALWAYS))
    two = make_proposal(Change(FEE.path, 0.2, condition=ALWAYS), grants=(Grant("burn", 1, condition=NEVER),))
    assert list_conditions([one, two]) == (NEVER, ALWAYS)
    assert list_conditions([make_proposal(Change(FEE.path, 0.2))]) == ()


def test_days_count_from_when_the_change_may_act(tiny: Scenario) -> None:
    change = PlannedChange(5, FEE.slot, 1, 0.2, condition=ALWAYS)
    grants = (PlannedGrant(4, int(GrantTarget.BURN), 1, condition=NEVER), PlannedGrant(4, int(GrantTarget.BURN), 10**15))
    world = replace(tiny, changes=(change,), grants=grants)
    measured = measure_plans(run(world, days=12, engine="plain"), (NEVER, ALWAYS))
    # Three evenings fill the window of three days, but the change may act from day 5 on only: days 5 to 11.
    assert measured == {"grants.refused": 1.0, "grants.lapsed": 1.0, "condition.0": 0.0, "condition.1": 7.0}
    assert measure_plans(run(tiny, days=2, engine="plain"), (ALWAYS,)) == {"grants.refused": 0.0, "grants.lapsed": 0.0, "condition.0": 0.0}


def test_the_decision_says_in_how_many_runs() -> None:
    proposal = make_proposal(Change(FEE.path, 0.2, condition=ALWAYS))
    base = {"grants.refused": 0.0, "grants.lapsed": 0.0, "condition.0": 0.0}
    pairs = [(base, base | {"condition.0": days, "grants.refused": refused}) for days, refused in ((6.0, 1.0), (0.0, 0.0), (3.0, 0.0))]
    plans = describe_plans(proposal, (ALWAYS,), pairs)
    (line,) = plans["conditions"]
    assert (line["runs"], line["held"], line["days"]) == (3, 2, 3.0)
    assert line["held_interval"][0] < 2 / 3 < line["held_interval"][1]
    assert plans["grants"] == {"refused": {"runs": 1, "of": 3}, "lapsed": {"runs": 0, "of": 3}}
    assert tell_plans({"plans": plans}) == [
        "if price_usd 3-day mean > 0.0: in 2 of 3 runs, on 3 days on average",
        "grants could not be paid in 1 of 3 runs",
    ]
    assert tell_plans({}) == []


def test_more_conditions_than_a_world_can_watch_are_refused_before_any_run(tmp_path: Path) -> None:
    table = '[[changes]]\nparameter = "fees.message_fee_usd"\nvalue = 0.2\nfor_days = 3\nwhen = "price_usd > {k}"\n'
    for most, mode in ((32, "decree"), (24, "vote")):
        path = tmp_path / f"many-{mode}.toml"
        path.write_text("".join(table.format(k=k) for k in range(most)), encoding="utf-8")
        ask([path], [load_scenario("minimal")], 5, mode, 30)
    path.write_text("".join(table.format(k=k) for k in range(33)), encoding="utf-8")
    with pytest.raises(BadValueError, match=r"different conditions in 'when' = 33 is not allowed; give at most 32"):
        ask([path], [load_scenario("minimal")], 5, "decree", 30)
