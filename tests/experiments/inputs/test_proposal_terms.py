"""Proposals in their world: what is in force before each change, and what the terms make impossible."""

from dataclasses import replace
from pathlib import Path

import pytest

from metalab.econ.kernel.scenario import PlannedChange, Scenario
from metalab.experiments import load_scenario
from metalab.experiments.errors import BadValueError, UnknownNameError
from metalab.experiments.inputs.proposal import Proposal, lint, list_values, read_proposal
from metalab.experiments.inputs.schema import LEAVES
from metalab.protocol.policy.changes import ChangeMode

AT, DAYS = 180, 400
FEE, SPLIT = LEAVES["fees.message_fee_usd"], LEAVES["fees.split"]


@pytest.fixture(scope="module")
def minimal() -> Scenario:
    """The smallest world."""
    return load_scenario("minimal")


def read(folder: Path, *changes: str, more: str = "") -> Proposal:
    path = folder / "mine.toml"
    path.write_text("".join(f"[[changes]]\n{change}\n" for change in changes) + more, encoding="utf-8")
    return read_proposal(path)


def share(value: str, terms: str = "") -> str:
    return f'parameter = "fees.split.core"\nvalue = {value}\n{terms}'


def fee(value: str, terms: str = "") -> str:
    return f'parameter = "fees.message_fee_usd"\nvalue = {value}\n{terms}'


def move_split(day: int, *values: int) -> tuple[PlannedChange, ...]:
    return tuple(PlannedChange(day, SPLIT.slot + k, 0, float(value), 0, int(k > 0)) for k, value in enumerate(values))


def test_a_share_starts_from_what_was_changed_before_it_wherever_that_is_written(minimal: Scenario, tmp_path: Path) -> None:
    late, early = share('"+500"', "after_days = 50"), share('"+1000"', "after_days = 10")
    splits = [[change.value for change in read(tmp_path, *order).fit(minimal, AT).changes] for order in ((late, early), (early, late))]
    assert splits[0] == list(reversed(splits[1])) == [[5500, 1875, 1125, 750, 750], [5000, 2084, 1250, 833, 833]]


def test_a_trial_does_not_count_for_what_comes_after_it(minimal: Scenario, tmp_path: Path) -> None:
    trial, lasting = share("9000", "for_days = 5"), share('"+500"', "after_days = 10")
    first, second = read(tmp_path, trial, lasting).fit(minimal, AT).changes
    assert (first.value[0], second.value[0]) == (9000, 4500)
    assert {sum(first.value), sum(second.value)} == {10_000}


def test_a_share_starts_from_what_the_worlds_own_calendar_has_made_of_it(minimal: Scenario, tmp_path: Path) -> None:
    world = replace(minimal, changes=move_split(50, 2000, 4500, 1500, 1000, 1000) + move_split(200, 10_000, 0, 0, 0, 0))
    (change,) = read(tmp_path, share('"+500"')).fit(world, AT).changes
    assert change.value == [2500, 4219, 1406, 938, 937]
    assert list_values(world, 49)["fees.split"] == [4000, 2500, 1500, 1000, 1000]
    assert list_values(world, 200)["fees.split"] == [10_000, 0, 0, 0, 0]


def test_the_calendar_is_followed_in_its_order_and_its_trials_are_not(minimal: Scenario) -> None:
    half = PlannedChange(20, FEE.slot, 1, 0.5, mode=int(ChangeMode.SCALE))
    trial = PlannedChange(30, FEE.slot, 1, 5.0, until=300)
    world = replace(minimal, changes=(half, trial, PlannedChange(10, FEE.slot, 1, 0.8)))
    assert [list_values(world, day)["fees.message_fee_usd"] for day in (9, 10, 20, 31)] == [0.3, 0.8, 0.4, 0.4]
    assert world.parameters.tobytes() == minimal.parameters.tobytes()


@pytest.mark.parametrize("value", ['"x 100"', '"-1"', '"+2000 %"'])
def test_where_a_relative_value_leads_out_of_bounds_the_line_is_told(minimal: Scenario, tmp_path: Path, value: str) -> None:
    with pytest.raises(BadValueError, match=r"mine\.toml line 3: fees\.message_fee_usd = .* from 0\.0 to 5\.0 USD"):
        lint(read(tmp_path, fee(value)), minimal, AT, DAYS)


@pytest.mark.parametrize(
    ("value", "words"),
    [("-1", "a whole number from 0 to 10,000"), ("10_001", "from 0 to 10,000"), ("100.0", "a whole number"), ('"x 9"', "from 0 to 10,000")],
)
def test_a_share_that_cannot_be_is_told(minimal: Scenario, tmp_path: Path, value: str, words: str) -> None:
    with pytest.raises(BadValueError, match=r"mine\.toml line 3: fees\.split\.core = ") as caught:
        lint(read(tmp_path, share(value)), minimal, AT, DAYS)
    assert words in str(caught.value)


def test_where_all_others_are_nothing_none_can_give_way(minimal: Scenario, tmp_path: Path) -> None:
    world = replace(minimal, changes=move_split(50, 10_000, 0, 0, 0, 0))
    with pytest.raises(BadValueError, match="none can give way in proportion"):
        lint(read(tmp_path, share("9000")), world, AT, DAYS)


def test_what_would_be_over_before_a_vote_is_executed_is_refused_in_a_vote(minimal: Scenario, tmp_path: Path) -> None:
    # A draft of 1 day, a vote of 7, a timelock of 2; it holds from the day after.
    earliest = AT + 11
    for until, is_voted in ((earliest, False), (earliest + 1, True)):
        assert lint(read(tmp_path, fee("0.2", f"until = {until}")), minimal, AT, DAYS, is_voted) == []
    for terms in (f"until = {earliest}", f"until = {earliest + 5}\nafter_days = 5"):
        with pytest.raises(BadValueError, match=r"mine\.toml line 3: fees\.message_fee_usd until = .* for_days"):
            lint(read(tmp_path, fee("0.2", terms)), minimal, AT, DAYS, is_voted=True)


def test_a_payment_after_the_last_day_is_told(minimal: Scenario, tmp_path: Path) -> None:
    grant = '[[grants]]\nfrom = "treasury"\nto = "burn"\nera = 1\nevery_days = 100\ntimes = 4\n'
    (warning,) = lint(read(tmp_path, more=grant), minimal, AT, DAYS)
    assert warning.endswith("mine.toml line 4: a grant is due on day 480, after the last day of the run (399)")


def test_two_trials_from_one_day_are_a_conflict_and_a_trial_over_a_lasting_change_is_none(minimal: Scenario, tmp_path: Path) -> None:
    lasting, trial, other = fee("0.2"), fee("0.1", "for_days = 5"), fee("0.4", "for_days = 9")
    assert lint(read(tmp_path, lasting, trial), minimal, AT, DAYS, is_voted=True) == []
    for pair in ((trial, other), (lasting, fee("0.4"))):
        with pytest.raises(BadValueError, match="give another day: line 3 changes it"):
            lint(read(tmp_path, *pair), minimal, AT, DAYS)


@pytest.mark.parametrize(
    ("steps", "error", "words"),
    [
        ("[]", BadValueError, "a list of tables"),
        ("3", BadValueError, "a list of tables"),
        ("[1, 2]", BadValueError, "a list of tables"),
        ("[{ value = 1, when = 'day > 3' }]", UnknownNameError, "key 'when' does not exist"),
        ("[{ valeu = 1 }]", UnknownNameError, "did you mean 'value'"),
    ],
)
def test_steps_that_cannot_be_are_told(tmp_path: Path, steps: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=r"mine\.toml line 3: ") as caught:
        read(tmp_path, f'parameter = "fees.message_fee_usd"\nsteps = {steps}')
    assert words in str(caught.value)
