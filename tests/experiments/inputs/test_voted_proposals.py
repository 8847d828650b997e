"""Proposals with every term, decided by the voters of a run: what is executed stands in its tables with the right days."""

from dataclasses import replace
from pathlib import Path

import pytest

from metalab.econ.governance.external_proposals import read_verdict
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import PlannedProposal, Scenario
from metalab.experiments import load_scenario, run
from metalab.experiments.inputs.proposal import lint, read_proposal
from metalab.experiments.inputs.schema import LEAVES
from metalab.experiments.runs.runner import Result
from metalab.protocol.governance.proposals import ProposalPhase
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.policy.grants import GrantStatus

DAYS = 26
FEE, SPLIT = LEAVES["fees.message_fee_usd"].slot, LEAVES["fees.split"].slot
VOTE = "[vote]\nquorum = 0\nthreshold = 0\n"
TERMS = """
[[changes]]
parameter = "fees.message_fee_usd"
value = "x 0.5"
after_days = 3
for_days = 5
when = "day >= 0"
[[changes]]
parameter = "fees.split.core"
value = "+500"
[[grants]]
from = "treasury"
to = "insurance"
era = 3
tranches = [{ share = 0.5 }, { share = 0.5, after_days = 4, when = "day >= 0" }]
[[grants]]
from = "treasury"
to = "burn"
era = 7
after_days = 2
when = "day < 0"
"""
BOTH = """
[[changes]]
parameter = "fees.message_fee_usd"
value = 0.2
[[changes]]
parameter = "fees.message_fee_usd"
value = 0.1
for_days = 5
"""


def plan(folder: Path, world: Scenario, text: str, at: int = 0) -> PlannedProposal:
    path = folder / "mine.toml"
    path.write_text(text + VOTE, encoding="utf-8")
    proposal = read_proposal(path)
    assert lint(proposal, world, at, DAYS + 100, is_voted=True) == []
    return proposal.fit(world, at).plan_vote(at)


def vote(folder: Path, *texts: str, days: int = DAYS) -> Result:
    world = load_scenario("minimal")
    proposals = tuple(plan(folder, world, text) for text in texts)
    return run(replace(world, proposals=proposals), days=days, engine="plain", keep_flows=True)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A run whose voters decide on all the terms."""
    return vote(tmp_path_factory.mktemp("voted"), TERMS)


def find_execution(result: Result, row: int = 0) -> int:
    assert read_verdict(result.world, row).phase == ProposalPhase.EXECUTED
    return int(result.world.proposals["done_day"][row])


def test_days_count_from_the_execution(result: Result) -> None:
    done, changes = find_execution(result), result.world.changes
    assert done > 7
    names = ["day", "until", "slot", "condition", "proposal", "on_days", "is_on"]
    assert changes[names][0].tolist() == (done + 4, done + 9, FEE, 0, 0, 5, 0)
    assert changes["day"][:7].tolist() == [done + 4, *[done + 1] * 5, -1]
    assert changes["slot"][1:6].tolist() == list(range(SPLIT, SPLIT + 5))
    assert changes["linked"][:6].tolist() == [0, 0, 1, 1, 1, 1]


def test_one_share_took_from_the_others_in_proportion_exactly(result: Result) -> None:
    split = result.world.params[0]["fees"]["split"].tolist()
    assert split == [4500, 2292, 1375, 917, 916]
    assert sum(split) == 10_000
    assert result.world.params[0]["fees"]["message_fee_usd"] == 0.3


def test_each_tranche_is_paid_on_its_day_and_what_lacks_its_condition_lapses(result: Result) -> None:
    done, grants = find_execution(result), result.world.grants
    names = ["day", "amount", "proposal", "status"]
    assert [tuple(row) for row in grants[names][:4].tolist()] == [
        (done, 1_500_000, 0, GrantStatus.PAID),
        (done + 4, 1_500_000, 0, GrantStatus.PAID),
        (done + 2, 7 * MICRO, 0, GrantStatus.LAPSED),
        (-1, 0, 0, 0),
    ]
    assert result.flows is not None
    moved = result.flows[:, Cause.TREASURY_GRANT]
    assert [day for day in range(DAYS) if moved[day] > 0] == [done, done + 4]
    assert moved.sum() == 3 * MICRO
    assert result.unpaid_grants == []


def test_the_economy_differs_only_from_the_execution_on(result: Result) -> None:
    done = find_execution(result)
    nothing = run(load_scenario("minimal"), days=DAYS, engine="plain")
    for name in ("revenue_era", "messages", "revenue_core_era"):
        same = result.rows[:, COLUMNS.index(name)] == nothing.rows[:, COLUMNS.index(name)]
        assert same[: done + 1].all()
    # The share of core operators is another one from the next day on.
    assert not same[done + 1 :].any()


def test_a_trial_over_a_lasting_change_of_the_same_number_can_be_voted_on(tmp_path: Path) -> None:
    result = vote(tmp_path, BOTH, days=18)
    done = find_execution(result)
    names = ["day", "until", "value"]
    assert [tuple(row) for row in result.world.changes[names][:2].tolist()] == [(done + 1, 0, 0.2), (done + 1, done + 6, 0.1)]
    assert result.world.params[0]["fees"]["message_fee_usd"] == 0.2


def test_a_grant_above_the_treasury_is_not_executed_and_nothing_of_it_is(tmp_path: Path) -> None:
    # Less than can be in the treasury by then, more than is: only the day itself can tell.
    text = TERMS + '[[grants]]\nfrom = "treasury"\nto = "burn"\nera = 125_000_000\n'
    result = vote(tmp_path, text, days=14)
    assert read_verdict(result.world, 0).phase == ProposalPhase.SUCCEEDED
    assert (result.world.changes["day"] == -1).all()
    assert (result.world.grants["day"] == -1).all()
