"""Grants fall due: the right day, the right account, the right cause; what the treasury cannot pay is refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from metalab.econ.day import run_days
from metalab.econ.genesis import create_plain_world, create_world
from metalab.econ.kernel.memory import as_array, as_rows, check_supply, compute_circulating, hash_world
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import PlannedChange, PlannedCondition, PlannedGrant, Scenario
from metalab.econ.kernel.world import World
from metalab.econ.market.pricing import compute_supply_ahead
from metalab.econ.model import EconModel
from metalab.econ.policy.grants import UnpaidGrant, list_unpaid, load_grants, pay_grant, process_grants
from metalab.econ.policy.opening import open_day
from metalab.econ.supply.unlocks import update_supply
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA, to_uera
from metalab.protocol.policy.changes import BY_PLAN, UNUSED, ChangeRow
from metalab.protocol.policy.conditions import NO_CONDITION
from metalab.protocol.policy.grants import GrantPayer, GrantRow, GrantStatus, GrantTarget
from tests.support import make_scenario

PAID = 5 * ONE_ERA


def make_world(*grants: PlannedGrant) -> tuple[World, Any]:
    world = create_plain_world(Scenario("granting", make_scenario().parameters, grants=grants), 1)
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
        GrantTarget.TREASURY: pots.treasury,
    }
    return int(held[target])


OTHERS = [target for target in GrantTarget if target != GrantTarget.TREASURY]
BACKED = [target for target in GrantTarget if target != GrantTarget.INSURANCE]


def list_status(world: World, count: int) -> list[int]:
    return [int(row["status"]) for row in as_array(world.grants)[:count]]


@pytest.mark.parametrize("target", OTHERS)
def test_a_grant_is_paid_on_its_day_with_its_cause(target: GrantTarget) -> None:
    world, rows = make_world(PlannedGrant(2, int(target), PAID))
    treasury, balance = rows.pots[0].treasury, get_balance(rows, target)
    assert [run_morning(rows, day) for day in range(4)] == [0, 0, PAID, 0]
    assert (rows.pots[0].treasury, get_balance(rows, target)) == (treasury - PAID, balance + PAID)
    names = ["day", "target", "amount", "usd", "payer", "condition", "proposal", "status", "held"]
    assert tuple(as_array(world.grants)[names][0]) == (
        2,
        target,
        PAID,
        0.0,
        GrantPayer.TREASURY,
        NO_CONDITION,
        BY_PLAN,
        GrantStatus.PAID,
        0,
    )
    check_supply(world)
    assert list_unpaid(world) == []


@pytest.mark.parametrize("target", BACKED)
def test_the_insurance_fund_pays_as_well_and_leaves_the_treasury_as_it_was(target: GrantTarget) -> None:
    fund = PlannedGrant(0, int(GrantTarget.INSURANCE), 2 * PAID)
    world, rows = make_world(fund, PlannedGrant(1, int(target), PAID, payer=int(GrantPayer.INSURANCE)))
    run_morning(rows, 0)
    treasury, balance, insurance = rows.pots[0].treasury, get_balance(rows, target), rows.pots[0].insurance
    run_morning(rows, 1)
    gained = PAID if target == GrantTarget.TREASURY else 0
    assert rows.pots[0].insurance == insurance - PAID
    assert get_balance(rows, target) == balance + PAID
    assert rows.pots[0].treasury == treasury + gained
    assert rows.pots[0].moved[Cause.INSURANCE_RETURN] == PAID
    check_supply(world)


def test_the_insurance_fund_refuses_what_it_does_not_hold() -> None:
    world, rows = make_world(PlannedGrant(1, int(GrantTarget.BURN), PAID, payer=int(GrantPayer.INSURANCE)))
    held, treasury = rows.pots[0].insurance, rows.pots[0].treasury
    assert held < PAID
    run_morning(rows, 1)
    assert list_unpaid(world) == [UnpaidGrant(1, "burn", PAID / ONE_ERA, held / ONE_ERA)]
    assert (rows.pots[0].insurance, rows.pots[0].treasury) == (held, treasury)


def test_a_grant_in_usd_is_as_many_tokens_as_that_is_worth_on_the_day() -> None:
    world, rows = make_world(PlannedGrant(2, int(GrantTarget.RND), 0, usd=10.0))
    rows.state[0].market.price = 0.04
    assert [run_morning(rows, day) for day in range(4)] == [0, 0, 250 * ONE_ERA, 0]
    assert rows.grants[0].amount == to_uera(10.0, 0.04) == 250 * ONE_ERA
    check_supply(world)


def test_a_grant_in_usd_that_became_too_dear_is_recorded_as_such() -> None:
    world, rows = make_world(PlannedGrant(1, int(GrantTarget.RND), 0, usd=1e6))
    rows.state[0].market.price = 1e-6
    assert run_morning(rows, 1) == 0
    (unpaid,) = list_unpaid(world)
    assert unpaid == UnpaidGrant(1, "rnd", 1e9, rows.pots[0].treasury / ONE_ERA)


@pytest.mark.parametrize(("is_on", "status"), [(1, GrantStatus.PAID), (0, GrantStatus.LAPSED)])
def test_a_grant_looks_at_its_condition_once_on_its_day(is_on: int, status: GrantStatus) -> None:
    condition = PlannedCondition(0, 1, True, -1.0, -1.0)
    world, rows = make_world(PlannedGrant(2, int(GrantTarget.RND), PAID, condition=condition))
    seen = []
    for day in range(4):
        rows.state[0].clock.day = day
        rows.conditions[0].is_on = is_on if day == 2 else 1 - is_on
        treasury = rows.pots[0].treasury
        plain(process_grants)(rows)
        seen.append(treasury - rows.pots[0].treasury)
    assert seen == [0, 0, PAID * is_on, 0]
    assert list_status(world, 1) == [status]
    # What lapses was not owed.
    assert list_unpaid(world) == []


@pytest.mark.parametrize("target", OTHERS)
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
    assert list_unpaid(world) == [UnpaidGrant(1, "rnd", held / ONE_ERA, rest / ONE_ERA)]
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
    itself = (
        PlannedGrant(0, int(GrantTarget.TREASURY), 1),
        PlannedGrant(0, int(GrantTarget.INSURANCE), 1, payer=int(GrantPayer.INSURANCE)),
    )
    for grant in (PlannedGrant(-1, 0, 1), PlannedGrant(0, 0, 0), PlannedGrant(0, 99, 1), *itself, PlannedGrant(0, 0, 1, payer=2)):
        with pytest.raises(ValueError, match=rf"grant of .* on day {grant.day}: refused with code"):
            make_world(grant)
    world, _ = make_world()
    with pytest.raises(ValueError, match="refused with code"):
        load_grants(world, (PlannedGrant(1, 0, 1),) * (len(world.grants) + 1))


def test_every_target_has_its_branch() -> None:
    world, rows = make_world()
    for target in OTHERS:
        before = rows.pots[0].treasury
        plain(pay_grant)(rows, int(target), 1)
        assert rows.pots[0].treasury == before - 1
    check_supply(world)


def test_what_a_scenario_plans_mirrors_the_rows() -> None:
    seen = {"start", "ended", "proposal", "low", "high", "kept", "is_on", "on_days"}
    assert set(PlannedChange._fields) == set(ChangeRow.infos) - seen | {"wait", "span"}
    assert set(PlannedGrant._fields) == set(GrantRow.infos) - {"proposal", "status", "held"} | {"wait"}
