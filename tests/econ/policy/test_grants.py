"""Grants fall due: the right day, the right account, the right cause; what the treasury cannot pay is refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from metalab.econ.day import run_days
from metalab.econ.genesis import create_world
from metalab.econ.kernel.memory import as_array, as_rows, check_supply, compute_circulating, hash_world
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import PlannedChange, PlannedGrant, Scenario
from metalab.econ.kernel.world import World
from metalab.econ.market.pricing import compute_supply_ahead
from metalab.econ.model import EconModel
from metalab.econ.policy.grants import check_grants, load_grants, pay_grant, process_grants
from metalab.econ.policy.opening import open_day
from metalab.econ.supply.unlocks import update_supply
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA
from metalab.protocol.policy.changes import BY_PLAN, UNUSED, ChangeRow
from metalab.protocol.policy.grants import GrantRow, GrantStatus, GrantTarget
from tests.support import make_scenario

PAID = 5 * ONE_ERA


def make_world(*grants: PlannedGrant) -> tuple[World, Any]:
    world = create_world(Scenario("granting", make_scenario().parameters, grants=grants), 1)
    return world, as_rows(world)


def run_morning(rows: Any, day: int) -> int:
    """The first two phases of a day; returns what the ledger moved as grants."""
    rows.state[0].clock.day = day
    plain(open_day)(rows)
    plain(process_grants)(rows)
    return int(rows.pots[0].moved[Cause.TREASURY_GRANT])


def get_balance(rows: Any, target: GrantTarget) -> int:
    """What the account behind a target holds."""
    pots = rows.pots[0]
    held = {
        GrantTarget.INSURANCE: pots.insurance,
        GrantTarget.DEVELOPERS: pots.reward_developers,
        GrantTarget.USERS: pots.reward_users,
        GrantTarget.FOUNDATION: rows.holders[Bucket.FOUNDATION].balance,
        GrantTarget.RND: rows.holders[Bucket.RND].balance,
        GrantTarget.BURN: pots.burned,
    }
    return int(held[target])


@pytest.mark.parametrize("target", list(GrantTarget))
def test_a_grant_is_paid_on_its_day_with_its_cause(target: GrantTarget) -> None:
    world, rows = make_world(PlannedGrant(2, int(target), PAID))
    treasury, balance = rows.pots[0].treasury, get_balance(rows, target)
    assert [run_morning(rows, day) for day in range(4)] == [0, 0, PAID, 0]
    assert (rows.pots[0].treasury, get_balance(rows, target)) == (treasury - PAID, balance + PAID)
    assert tuple(as_array(world.grants)[0]) == (2, target, PAID, BY_PLAN, GrantStatus.PAID, 0)
    check_supply(world)
    check_grants(world)


@pytest.mark.parametrize("target", list(GrantTarget))
def test_only_what_somebody_can_use_begins_to_circulate(target: GrantTarget) -> None:
    """A backstop is no sale: tokens that go to the insurance fund, like those burned, circulate neither before nor after."""
    world, rows = make_world(PlannedGrant(2, int(target), PAID))
    before = compute_circulating(world)
    run_morning(rows, 2)
    assert compute_circulating(world) - before == (0 if target in (GrantTarget.INSURANCE, GrantTarget.BURN) else PAID)


def test_seeding_the_insurance_fund_leaves_the_supply_that_shares_the_worth_as_it_was() -> None:
    """The case g12: the fund's tokens are the protocol's as the treasury's were, and a burn spares what was expected of them."""

    def compute_ahead(target: GrantTarget) -> float:
        rows = make_world(PlannedGrant(2, int(target), 3_000_000 * ONE_ERA))[1]
        run_morning(rows, 2)
        plain(update_supply)(rows)
        return float(plain(compute_supply_ahead)(rows))

    usual = make_world()[1]
    run_morning(usual, 2)
    plain(update_supply)(usual)
    whole = float(plain(compute_supply_ahead)(usual))
    share = usual.params[0].supply.reserve_share
    assert compute_ahead(GrantTarget.INSURANCE) == whole
    assert compute_ahead(GrantTarget.BURN) == pytest.approx(whole - share * 3e6, rel=1e-14)
    assert compute_ahead(GrantTarget.RND) == pytest.approx(whole + (1.0 - share) * 3e6, rel=1e-14)


def test_what_the_treasury_cannot_pay_is_refused_and_told() -> None:
    held = make_world()[1].pots[0].treasury
    rest = held - PAID
    world, rows = make_world(PlannedGrant(1, GrantTarget.BURN, PAID), PlannedGrant(1, GrantTarget.RND, held), PlannedGrant(1, 0, rest))
    assert run_morning(rows, 1) == held
    assert [row["status"] for row in as_array(world.grants)[:3]] == [GrantStatus.PAID, GrantStatus.REFUSED, GrantStatus.PAID]
    assert (rows.grants[1].held, rows.pots[0].treasury) == (rest, 0)
    words = f"grant of {held / ONE_ERA:,.0f} ERA to rnd on day 1: the treasury holds {rest / ONE_ERA:,.0f}"
    with pytest.raises(ValueError, match=words):
        check_grants(world)
    check_supply(world)


def test_the_three_ways_agree_on_grants() -> None:
    grants = (PlannedGrant(1, GrantTarget.RND, PAID), PlannedGrant(2, GrantTarget.USERS, 2 * PAID))
    scenario = replace(make_scenario(), grants=grants)
    compiled, world = create_world(scenario, 1), create_world(scenario, 1)
    flows = []
    with EconModel(scenario, 1, objects=True) as model:
        for day in range(3):
            out = np.zeros((1, len(COLUMNS)))
            run_days(compiled, 1, out)
            plain(run_days)(as_rows(world), 1, memoryview(out))
            model.step()
            flows.append(int(as_array(compiled.pots)["moved"][0, Cause.TREASURY_GRANT]))
            assert hash_world(compiled) == hash_world(world) == model.digest, day
    assert flows == [0, PAID, 2 * PAID]


def test_an_empty_table_pays_nothing() -> None:
    world, rows = make_world()
    assert (as_array(world.grants)["day"] == UNUSED).all()
    before = world.pots.tobytes()
    plain(process_grants)(rows)
    assert world.pots.tobytes() == before


def test_grants_that_cannot_be_planned_are_refused() -> None:
    for grant in (PlannedGrant(-1, 0, 1), PlannedGrant(0, 0, 0), PlannedGrant(0, 99, 1)):
        with pytest.raises(ValueError, match=rf"grant of .* on day {grant.day}: refused with code"):
            make_world(grant)
    world, _ = make_world()
    with pytest.raises(ValueError, match="refused with code"):
        load_grants(world, (PlannedGrant(1, 0, 1),) * (len(world.grants) + 1))


def test_every_target_has_its_branch() -> None:
    world, rows = make_world()
    for target in GrantTarget:
        before = rows.pots[0].treasury
        plain(pay_grant)(rows, int(target), 1)
        assert rows.pots[0].treasury == before - 1
    check_supply(world)


def test_what_a_scenario_plans_mirrors_the_rows() -> None:
    assert set(PlannedChange._fields) == set(ChangeRow.infos) - {"start", "ended", "proposal"}
    assert set(PlannedGrant._fields) == set(GrantRow.infos) - {"proposal", "status", "held"}
    assert all(np.dtype(GrantRow.dtype).fields[name][0].itemsize == 8 for name in PlannedGrant._fields)  # type: ignore[index]
