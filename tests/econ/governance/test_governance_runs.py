"""Governance inside a run: what is voted holds from the next day, and an empty proposal changes nothing else."""

from typing import Any, cast

import numpy as np
import pytest

from metalab.econ import EconModel, Voter
from metalab.econ.day import run_days
from metalab.econ.genesis import create_world
from metalab.econ.governance.external_proposals import load_proposals, read_verdict
from metalab.econ.kernel.memory import as_array, as_rows, check_supply, copy, get_tables, hash_world
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import PlannedChange, PlannedGrant, PlannedProposal, Scenario
from metalab.econ.kernel.world import World
from metalab.protocol.governance.proposals import ProposalPhase
from metalab.protocol.kernel.codes import ALREADY_DONE, INSUFFICIENT_BALANCE, OK, OUT_OF_BOUNDS, UNKNOWN_TARGET
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA
from metalab.protocol.policy.grants import GrantStatus, GrantTarget
from tests.support import LEAVES, make_scenario

FEE = LEAVES["fees.message_fee_usd"].slot
SPLIT = LEAVES["fees.split"].slot
DAYS = 20
CERTAIN = {"electorate__attention_usd": 0.0, "electorate__delay_days": 0.1}


def make_scenario_with(*proposals: PlannedProposal, **paths: Any) -> Scenario:
    small = make_scenario(**(CERTAIN | {"electorate__proposing": 0.0} | paths))
    return Scenario("voting", small.parameters, proposals=proposals)


def run(scenario: Scenario, days: int = DAYS) -> tuple[World, dict[str, np.ndarray[Any, Any]]]:
    world = create_world(scenario, 3)
    out = np.zeros((days, len(COLUMNS)))
    run_days(world, days, out)
    check_supply(world)
    return world, {name: out[:, k] for k, name in enumerate(COLUMNS)}


WANTED = PlannedProposal(2, (PlannedChange(0, SPLIT, False, 4000.0),), quorum=0.0)
SHARES = (4500.0, 2500.0, 1500.0, 1000.0, 500.0)
SHORT = PlannedProposal(2, tuple(PlannedChange(0, SPLIT + k, False, share) for k, share in enumerate(SHARES)), quorum=0.0)


def test_a_proposal_runs_its_course_and_holds_from_the_day_after_execution() -> None:
    grant = PlannedGrant(0, int(GrantTarget.INSURANCE), 5 * ONE_ERA)
    change = PlannedChange(0, LEAVES["staking.unbonding_days"].slot, False, 7.0)
    scenario = make_scenario_with(PlannedProposal(2, (change,), (grant,), quorum=0.0, threshold=0.0))
    world, daily = run(scenario)
    verdict = read_verdict(world, 0)
    assert verdict.is_passed
    assert (verdict.phase, verdict.closed_day) == (ProposalPhase.EXECUTED, 10)
    assert daily["proposals_filed"].nonzero()[0].tolist() == [2]
    assert daily["votes_closed"].nonzero()[0].tolist() == [10]
    assert daily["proposals_executed"].nonzero()[0].tolist() == [12]
    assert daily["proposals_open"].tolist() == [0, 0, *[1] * 10, *[0] * 8]
    assert daily["turnout_share"][10] == verdict.turnout > 0.0
    assert daily["turnout_share"][:10].tolist() == [0.0] * 10
    changes = as_rows(world).changes
    assert (changes[0].day, changes[0].ended, changes[0].start, changes[0].value) == (13, 1, 14.0, 7.0)
    assert as_rows(world).params[0].staking.unbonding_days == 7
    assert as_rows(world).pots[0].insurance >= 5 * ONE_ERA
    names = ["day", "target", "amount", "proposal", "status", "held"]
    assert tuple(as_array(world.grants)[names][0]) == (12, GrantTarget.INSURANCE, 5 * ONE_ERA, 0, GrantStatus.PAID, 0)


def test_what_is_out_of_bounds_or_not_whole_is_refused_on_its_day() -> None:
    world, daily = run(make_scenario_with(WANTED, PlannedProposal(1, (PlannedChange(0, FEE, True, 99.0),))))
    assert [read_verdict(world, k).phase for k in range(2)] == [ProposalPhase.REFUSED] * 2
    assert [read_verdict(world, k).refusal for k in range(2)] == [OUT_OF_BOUNDS] * 2
    assert daily["proposals_filed"].sum() == 0.0


def test_without_quorum_nothing_changes() -> None:
    proposal = SHORT._replace(quorum=0.9)
    world, daily = run(make_scenario_with(proposal))
    assert read_verdict(world, 0).phase == ProposalPhase.NO_QUORUM
    assert daily["quorum_reached"].sum() == 0.0
    assert as_rows(world).params[0].fees.split[0] == 4000


def test_an_empty_proposal_touches_governance_alone() -> None:
    base_world, base = run(make_scenario_with())
    world, daily = run(make_scenario_with(PlannedProposal(2, quorum=0.0, threshold=0.0)))
    own: tuple[str, ...] = ("proposals_open", "proposals_filed", "proposals_executed", "votes_closed", "quorum_reached")
    own += ("turnout_share", "yes_share", "top10_share")
    assert all(daily[name].tobytes() == base[name].tobytes() for name in COLUMNS if name not in own)
    assert as_array(world.params).tobytes() == as_array(base_world.params).tobytes()


@pytest.mark.parametrize("mode", ["voted", "endogenous"])
def test_compiled_plain_and_mesa_vote_alike(mode: str) -> None:
    paths = {"electorate__proposing": 50.0, "electorate__margin": 0.0, "governance__deposit": 0, "electorate__review": 0.5}
    scenario = make_scenario_with(SHORT, **(paths if mode == "endogenous" else {}))
    world = create_world(scenario, 3)
    twin = copy(world)
    out, plain_out = np.zeros((DAYS, len(COLUMNS))), np.zeros((DAYS, len(COLUMNS)))
    run_days(world, DAYS, out)
    plain(run_days)(as_rows(twin), DAYS, cast(Any, plain_out.data))
    assert out.tobytes() == plain_out.tobytes()
    assert hash_world(world) == hash_world(twin)
    with EconModel(scenario, 3, objects=True) as model:
        for _ in range(DAYS):
            model.step()
        assert model.digest == hash_world(world)
    filed = out[:, COLUMNS.index("proposals_filed")].sum()
    assert filed == 1 if mode == "voted" else filed > 1


def test_agents_lock_vote_and_propose_as_methods() -> None:
    scenario = make_scenario_with(PlannedProposal(0, quorum=0.0), electorate__attention_usd=1e6, electorate__review=0.0)
    with EconModel(scenario, 3) as model:
        voters = list(model.population(Voter))
        first = max(voters, key=lambda voter: voter.balance)
        assert first.lock(first.balance // 2, 30) == OK
        assert first.extend(40) == OK
        assert first.unlock() != OK
        assert first.propose("fees.message_fee_usd", 9.0) == OUT_OF_BOUNDS
        assert first.propose("price.initial_usd", 1.0) == UNKNOWN_TARGET
        assert first.propose("fees.message_fee_usd", 0.35) == OK
        assert model.view.proposals[1].phase == ProposalPhase.DRAFT
        assert first.lock(first.balance, 40) == OK
        assert first.propose("fees.message_fee_usd", 0.36) == INSUFFICIENT_BALANCE
        other = next(voter for voter in voters if voter is not first and voter.delegate < 0 and voter.delegators == 0)
        assert other.delegate_to(first._index) == OK
        assert other.delegate_to(-1) == OK
        for _ in range(3):
            model.step()
        assert first.vote(7, True) == UNKNOWN_TARGET
        code = first.vote(0, True)
        assert code in (OK, ALREADY_DONE)
        assert first.vote(0, True) == ALREADY_DONE
        assert model.view.proposals[0].tokens >= first.locked
        check_supply(model.world)


def test_too_many_or_impossible_proposals_are_refused_when_loaded() -> None:
    world = create_world(make_scenario_with(), 1)
    before = {name: array.tobytes() for name, array in get_tables(world).items()}
    with pytest.raises(ValueError, match="room for"):
        load_proposals(world, (PlannedProposal(1),) * 257)
    assert {name: array.tobytes() for name, array in get_tables(world).items()} == before
    with pytest.raises(ValueError, match="refused with code"):
        load_proposals(world, (PlannedProposal(1, grants=(PlannedGrant(0, 99, 1),)),))
