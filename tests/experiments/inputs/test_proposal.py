"""Proposals: what a file says, what is refused with its line, and what only raises an eyebrow."""

from pathlib import Path

import pytest

from metalab.econ.kernel.scenario import PlannedChange, PlannedGrant, PlannedProposal, Scenario
from metalab.experiments import load_scenario
from metalab.experiments.errors import BadFileError, BadValueError, ProblemError, UnknownNameError
from metalab.experiments.inputs.planning.grants import Grant
from metalab.experiments.inputs.proposal import describe_proposal, lint, read_proposal
from metalab.experiments.inputs.schema import LEAVES
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.policy.grants import GrantTarget

EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "examples" / "proposals").glob("*.toml"))
AT, DAYS = 180, 1_096


@pytest.fixture(scope="module")
def launch() -> Scenario:
    """The default world."""
    return load_scenario("launch")


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def change(parameter: str, value: object, more: str = "") -> str:
    return f'[[changes]]\nparameter = "{parameter}"\nvalue = {value}\n{more}'


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 7


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_sound_and_changes_something_unless_it_is_the_empty_one(path: Path, launch: Scenario) -> None:
    proposal = read_proposal(path)
    assert proposal.title
    assert proposal.rationale
    assert lint(proposal, launch, AT, DAYS) == (["changes nothing at all"] if path.stem == "empty" else [])


def test_a_proposal_becomes_planned_changes(tmp_path: Path) -> None:
    text = change("fees.message_fee_usd", 0.2, "from_day = 200\nramp_days = 30\n") + change("incentives.points", "1_000_000.5")
    text += '[[grants]]\nfrom = "treasury"\nto = "insurance"\nera = 10.25\n[vote]\nquorum = 0.05\nthreshold = 0.6\n'
    proposal = read_proposal(write(tmp_path, text))
    fee, points = LEAVES["fees.message_fee_usd"], LEAVES["incentives.points"]
    changes = proposal.plan(AT)
    assert changes == (PlannedChange(200, fee.slot, 1, 0.2, 30), PlannedChange(AT, points.slot, 0, 1_000_000_500_000.0))
    grants = (PlannedGrant(AT, int(GrantTarget.INSURANCE), 10_250_000),)
    assert proposal.plan_grants(AT) == grants
    assert proposal.plan_vote(AT) == PlannedProposal(AT, changes, grants, 0.05, 0.6)
    assert describe_proposal(proposal, AT)["grants"] == [{"from": "treasury", "to": "insurance", "era": 10.25, "day": AT}]


def test_nothing_holds_before_the_decision(tmp_path: Path) -> None:
    proposal = read_proposal(write(tmp_path, change("fees.message_fee_usd", 0.2, "from_day = 3\n")))
    assert [planned.day for planned in proposal.plan(AT)] == [AT]


def test_a_vote_keeps_the_rules_quorum_unless_told_otherwise(tmp_path: Path) -> None:
    planned = read_proposal(write(tmp_path, change("fees.message_fee_usd", 0.2))).plan_vote(AT)
    assert (planned.quorum, planned.threshold) == (-1.0, -1.0)


ERRORS = [
    ("unknown key", "titel = 1\n", UnknownNameError, 1, "did you mean 'title'"),
    ("title of a wrong type", "title = 1\n", BadValueError, 1, "text"),
    ("unknown parameter", change("fees.mesage_fee_usd", 1), UnknownNameError, 2, "did you mean 'fees.message_fee_usd'"),
    ("parameter of a wrong type", "[[changes]]\nparameter = 3\nvalue = 1\n", BadValueError, 2, "path"),
    ("nature's parameter", change("volatility.sigma", 0.01), BadValueError, 2, "the DAO decides"),
    ("behaviour's parameter", change("traders.pace", 0.03), BadValueError, 2, "set by how people behave"),
    ("the team's parameter", change("vesting.step", '"monthly"'), BadValueError, 2, "set by the team"),
    ("terms of others", change("vesting.cliff_months", [24, 0, 3, 24, 0, 0]), BadValueError, 2, "set by the team"),
    ("an escrow that comes earlier", change("vesting.delay_days", [-1, 0, 0, 0]), BadValueError, 3, "from 0 to 1,461 day"),
    ("an escrow that nobody may hold back", change("vesting.delay_days", [0, 0, 0, 0, 9]), BadValueError, 3, "a list of 4"),
    ("out of bounds", change("fees.message_fee_usd", 9), BadValueError, 3, "from 0.0 to 5.0 USD"),
    ("wrong type", change("fees.message_fee_usd", '"0.2"'), BadValueError, 3, "number"),
    ("shares", change("fees.split", [4000, 2500, 1500, 1000, 999]), BadValueError, 3, "together 10,000"),
    ("no value", '[[changes]]\nparameter = "fees.split"\n', BadFileError, 1, "either 'value' or 'steps'"),
    ("unknown key of a change", change("fees.message_fee_usd", 1, "form_day = 1\n"), UnknownNameError, 4, "did you mean 'from_day'"),
    ("negative day", change("fees.message_fee_usd", 1, "from_day = -1\n"), BadValueError, 4, "from 0"),
    ("half a day", change("fees.message_fee_usd", 1, "ramp_days = 0.5\n"), BadValueError, 4, "whole"),
    ("twice on a day", change("fees.message_fee_usd", 1) + change("fees.message_fee_usd", 2), BadValueError, 6, "another day: line 3"),
    (
        "into a ramp",
        change("fees.message_fee_usd", 1, "ramp_days = 30\n") + change("fees.message_fee_usd", 2, "from_day = 209\n"),
        BadValueError,
        7,
        "day 180 to 209",
    ),
    ("contradiction", change("rewards.floor", 0.3), BadValueError, 3, "rewards.cap (0.15)"),
    ("grant from elsewhere", '[[grants]]\nfrom = "foundation"\nto = "rnd"\nera = 1\n', BadValueError, 2, "treasury, insurance"),
    ("grant to nobody", '[[grants]]\nfrom = "treasury"\nto = "developer"\nera = 1\n', UnknownNameError, 3, "did you mean 'developers'"),
    ("grant of nothing", '[[grants]]\nfrom = "treasury"\nto = "rnd"\nera = 0\n', BadValueError, 4, "positive"),
    ("grant too fine", '[[grants]]\nfrom = "treasury"\nto = "rnd"\nera = 0.0000001\n', BadValueError, 4, "6 decimals"),
    ("grant of all there is", '[[grants]]\nfrom = "treasury"\nto = "rnd"\nera = 1e10\n', BadValueError, 4, "1,000,000,000"),
    ("grant to a list", '[[grants]]\nfrom = "treasury"\nto = ["rnd"]\nera = 1\n', UnknownNameError, 3, "does not exist"),
    ("grant on a day", '[[grants]]\nfrom = "treasury"\nto = "rnd"\nera = 1\nday = 1\n', BadValueError, 4, "after_days = 1"),
    ("grant to itself", '[[grants]]\nfrom = "treasury"\nto = "treasury"\nera = 1\n', BadValueError, 3, "somebody else"),
    ("grant of two sizes", '[[grants]]\nfrom = "treasury"\nto = "rnd"\nera = 1\nusd = 1\n', BadFileError, 1, "either 'era' or 'usd'"),
    ("a past day", change("fees.message_fee_usd", 0.2, "from_day = 30\n"), BadValueError, 3, "after_days = 30"),
    ("two beginnings", change("fees.message_fee_usd", 0.2, "from_day = 200\nafter_days = 3\n"), BadValueError, 5, "not both"),
    ("an end before it begins", change("fees.message_fee_usd", 0.2, "until = 180\n"), BadValueError, 3, "a day after 180"),
    ("a condition on nothing", change("fees.message_fee_usd", 0.2, 'when = "prize_usd < 1"\n'), UnknownNameError, 4, "'price_usd'"),
    ("a condition without sense", change("fees.message_fee_usd", 0.2, 'when = "price_usd is low"\n'), BadValueError, 4, "METRIC"),
    ("a share of nobody", change("fees.split.cores", 1), UnknownNameError, 2, "'fees.split.core'"),
    ("a part of shares", change("fees.split.core", 12_000), BadValueError, 3, "to 10,000"),
    ("more or less of a switch", change("rewards.floor_on", '"x 2"'), BadValueError, 3, "true or false"),
    (
        "grants of more than there is",
        2 * '[[grants]]\nfrom = "treasury"\nto = "rnd"\nera = 1e8\n',
        BadValueError,
        8,
        "more cannot be in the treasury",
    ),
    ("quorum of everybody twice", "[vote]\nquorum = 2\n", BadValueError, 2, "from 0 to 1"),
    ("quorum of nothing", "[vote]\nquorum = nan\n", BadValueError, 2, "from 0 to 1"),
    ("unknown rule of the vote", "[vote]\nqorum = 0.1\n", UnknownNameError, 2, "did you mean 'quorum'"),
    ("vote is no table", "vote = 1\n", BadValueError, 1, "a table"),
    ("malformed", "[[changes\n", BadFileError, 1, "not valid TOML"),
    (
        "too much",
        "".join(change("fees.message_fee_usd", 1, f"from_day = {200 + k}\n") for k in range(129)),
        BadFileError,
        0,
        "more than 128",
    ),
]


@pytest.mark.parametrize(("text", "error", "line", "words"), [case[1:] for case in ERRORS], ids=[case[0] for case in ERRORS])
def test_what_cannot_be_is_refused_with_its_line(
    tmp_path: Path, launch: Scenario, text: str, error: type[ProblemError], line: int, words: str
) -> None:
    with pytest.raises(error) as caught:
        lint(read_proposal(write(tmp_path, text)), launch, AT, DAYS)
    message = str(caught.value)
    assert words in message
    assert "\n" not in message
    assert f"mine.toml line {line}: " in message or line == 0


def test_a_change_after_a_ramp_is_no_conflict(tmp_path: Path, launch: Scenario) -> None:
    text = change("fees.message_fee_usd", 1, "ramp_days = 30\n") + change("fees.message_fee_usd", 2, "from_day = 210\n")
    assert lint(read_proposal(write(tmp_path, text)), launch, AT, DAYS) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "changes nothing at all"),
        (change("fees.message_fee_usd", 0.3), "no effect"),
        (change("fees.split", [4000, 2500, 1500, 1000, 1000]), "no effect"),
        (change("fees.message_fee_usd", 0.2, "from_day = 2000\n"), "after the last day"),
        (change("fees.message_fee_usd", 0.2, "ramp_days = 2000\n"), "the ramp of fees.message_fee_usd ends on day 2179"),
        (change("fees.message_fee_usd", 0.003), "is the unit right?"),
        (change("incentives.points", 20_000), "is the unit right?"),
    ],
)
def test_what_was_probably_not_meant_is_told(tmp_path: Path, launch: Scenario, text: str, words: str) -> None:
    warnings = lint(read_proposal(write(tmp_path, text)), launch, AT, DAYS)
    assert len(warnings) == 1
    assert words in warnings[0]


def test_what_was_changed_before_counts_as_the_value_in_force(tmp_path: Path, launch: Scenario) -> None:
    text = change("fees.message_fee_usd", 0.2) + change("fees.message_fee_usd", 0.3, "from_day = 400\n")
    assert lint(read_proposal(write(tmp_path, text)), launch, AT, DAYS) == []
    text = change("fees.message_fee_usd", 0.2) + change("fees.message_fee_usd", 0.2, "from_day = 400\n")
    assert "no effect" in lint(read_proposal(write(tmp_path, text)), launch, AT, DAYS)[0]


def test_grants_are_in_micro_era(tmp_path: Path) -> None:
    proposal = read_proposal(write(tmp_path, '[[grants]]\nfrom = "treasury"\nto = "burn"\nera = 1_000\n'))
    assert proposal.grants == (Grant("burn", 1_000),)
    assert proposal.plan_grants(AT) == (PlannedGrant(AT, int(GrantTarget.BURN), 1_000 * MICRO),)
    assert not proposal.is_empty
