"""From what people write to what a scenario plans: one step, one entry per number."""

import pytest

from metalab.econ.kernel.scenario import PlannedChange, PlannedGrant
from metalab.econ.policy.changes import find_leaf
from metalab.experiments.errors import BadValueError, Place, UnknownNameError
from metalab.experiments.inputs.changes import Change, resolve_changes
from metalab.experiments.inputs.planning.grants import TARGETS, Grant, resolve_grants
from metalab.experiments.inputs.planning.moments import AT_DECISION
from metalab.experiments.inputs.schema import LEAVES
from metalab.protocol.policy.grants import GrantTarget

PLACE = Place("mine.toml", 3)


def test_a_number_is_one_entry_in_stored_units() -> None:
    fee, points = LEAVES["fees.message_fee_usd"], LEAVES["incentives.points"]
    planned = resolve_changes([Change(fee.path, 0.2, 30, 7), Change(points.path, 1_000_000.5, 40)])
    assert planned == (PlannedChange(30, fee.slot, 1, 0.2, 7), PlannedChange(40, points.slot, 0, 1_000_000_500_000.0))
    assert find_leaf(planned[0].slot) is fee


def test_elements_of_a_vector_round_together_only_when_their_sum_is_fixed() -> None:
    split = resolve_changes([Change("fees.split", [3500, 3000, 1500, 1000, 1000], 1)] * 2)
    assert [planned.linked for planned in split] == [0, 1, 1, 1, 1] * 2
    assert [planned.slot for planned in split[:5]] == [LEAVES["fees.split"].slot + k for k in range(5)]
    penalties = resolve_changes([Change("slashing.initial", [0.001, 0.01, 0.05, 0.02], 1)])
    assert [planned.linked for planned in penalties] == [0] * 4


def test_a_choice_is_its_code() -> None:
    leaf = LEAVES["governance.curve"]
    (planned,) = resolve_changes([Change(leaf.path, "linear", 1)])
    assert leaf.info.choices is not None
    assert planned.value == leaf.info.choices["LINEAR"]


@pytest.mark.parametrize(("day", "at", "first"), [(AT_DECISION, 180, 180), (3, 180, 180), (200, 180, 200), (AT_DECISION, 0, 0)])
def test_nothing_holds_before_the_decision(day: int, at: int, first: int) -> None:
    change = Change("fees.message_fee_usd", 0.2, day, 5)
    assert (change.get_start(at), change.get_end(at)) == (first, first + 5)
    assert resolve_changes([change], at)[0].day == first
    assert resolve_grants([Grant("burn", 1, day)], at)[0].day == first


@pytest.mark.parametrize("target", list(GrantTarget))
def test_a_grant_is_its_target_and_its_uera(target: GrantTarget) -> None:
    assert resolve_grants([Grant(target.name.lower(), 2.5, 4)]) == (PlannedGrant(4, int(target), 2_500_000),)


def test_every_target_can_be_named() -> None:
    assert {target.name.lower(): int(target) for target in GrantTarget} == TARGETS


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("fees.message_fee_usd", 99, "from 0.0 to 5.0 USD"),
        ("fees.message_fee_usd", "much", "number"),
    ],
)
def test_changes_that_cannot_be_are_refused_with_their_place(path: str, value: object, words: str) -> None:
    with pytest.raises(BadValueError, match=r"mine\.toml line 3") as caught:
        resolve_changes([Change(path, value, 1, place=PLACE)])
    assert words in str(caught.value)


def test_grants_that_cannot_be_are_refused_with_their_place() -> None:
    for era in (0, -1, 1e10, "1", 1e-7):
        with pytest.raises(BadValueError, match=r"mine\.toml line 3"):
            resolve_grants([Grant("users", era, 1, PLACE)])
    with pytest.raises(UnknownNameError, match=r"mine\.toml line 3"):
        resolve_grants([Grant("user", 1, 1, PLACE)])


def test_where_it_was_written_makes_no_difference() -> None:
    assert Change("a", 1, place=PLACE) == Change("a", 1)
    assert Grant("users", 1, place=PLACE) == Grant("users", 1)
