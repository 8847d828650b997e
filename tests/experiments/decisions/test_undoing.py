"""What voters make of a decree: found in the table of changes, counted over runs, told in one sentence."""

from typing import Any, NamedTuple

import numpy as np
import pytest

from metalab.econ.genesis import create_world
from metalab.econ.kernel.scenario import PlannedChange
from metalab.experiments import load_scenario
from metalab.experiments.decisions.undoing import measure_undoing, summarise_undoing, tell_undoing
from metalab.experiments.inputs.schema import LEAVES
from metalab.protocol.policy.changes import BY_PLAN

GRANTS, POINTS = LEAVES["incentives.grants"].slot, LEAVES["incentives.points"].slot
DECREE = (PlannedChange(180, GRANTS, 0, 0.0),)
DAYS = 365
STANDS = (-1.0, -1.0, -1.0)


class FakeResult(NamedTuple):
    """What is asked of a run."""

    world: Any
    rows: Any


@pytest.fixture(scope="module")
def world() -> Any:
    return create_world(load_scenario("minimal"), 1)


def measure(world: Any, *rows: tuple[int, int, int]) -> tuple[float, ...]:
    """Day, proposal and slot of each change of the table; returns what undid the decree."""
    world.changes["day"] = -1
    for k, (day, proposal, slot) in enumerate(rows):
        for name, value in {"day": day, "slot": slot, "value": 1.0, "proposal": proposal, "until": 0, "condition": -1}.items():
            world.changes[name][k] = value
    result: Any = FakeResult(world, np.zeros((DAYS, 1)))
    return tuple(measure_undoing(result, DECREE).values())


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((), STANDS),
        (((180, BY_PLAN, GRANTS),), STANDS),
        (((180, BY_PLAN, GRANTS), (203, 4, POINTS)), STANDS),
        (((180, BY_PLAN, GRANTS), (179, 4, GRANTS)), STANDS),
        (((180, BY_PLAN, GRANTS), (DAYS, 4, GRANTS)), STANDS),
        (((180, BY_PLAN, GRANTS), (200, BY_PLAN, GRANTS)), STANDS),
        (((180, BY_PLAN, GRANTS), (180, 4, GRANTS)), (180.0, 4.0, GRANTS)),
        (((180, BY_PLAN, GRANTS), (300, 7, GRANTS), (203, 4, GRANTS)), (203.0, 4.0, GRANTS)),
    ],
)
def test_only_a_later_vote_on_the_same_number_undoes_a_decree(world: Any, rows: Any, expected: tuple[float, ...]) -> None:
    assert measure(world, *rows) == expected


def test_nothing_decreed_is_never_undone(world: Any) -> None:
    measure(world, (203, 4, GRANTS))
    result: Any = FakeResult(world, np.zeros((DAYS, 1)))
    assert tuple(measure_undoing(result, ()).values()) == STANDS


def test_runs_are_counted_and_told() -> None:
    days = {0: -1, 3: 203, 5: 301, 6: 250}
    outcomes = [{"undone.day": day, "undone.proposal": run, "undone.slot": GRANTS} for run, day in days.items()]
    undone = summarise_undoing(list(days), outcomes)
    assert [undone[key] for key in ("runs", "of", "first_day", "median_day", "last_day")] == [3, 4, 203, 250.0, 301]
    assert undone["votes"][0] == {"run": 3, "day": 203, "proposal": 3, "parameter": "incentives.grants"}
    text = tell_undoing(undone)
    for words in ("in 3 of 4 runs", "from day 203 to 301", "run 3: day 203, proposal 3 on incentives.grants"):
        assert words in text
    assert tell_undoing(summarise_undoing([0], outcomes[:1])) == ""
    assert tell_undoing(None) == ""
