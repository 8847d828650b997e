"""Flows of policy move exact amounts on their days, in their order, never more than there is; and without them nothing changes."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from metalab.econ.day import run_days
from metalab.econ.genesis import create_plain_world, create_world
from metalab.econ.kernel.memory import as_array, as_rows, check_supply, compute_circulating, hash_world
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import PlannedFlow, Scenario
from metalab.econ.kernel.world import World
from metalab.econ.market.money import check_usd
from metalab.econ.market.pricing import read_claims
from metalab.econ.model import EconModel
from metalab.econ.policy.flows import load_flows, process_fee_flows, process_flows, route_issuance, route_penalties
from metalab.econ.policy.opening import open_day
from metalab.protocol.fees.fees import divide_revenue
from metalab.protocol.fees.ledger import convert_fee, convert_security, convert_verification
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import SHARE_OF_TIER, TIERS
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA, to_usd
from metalab.protocol.policy.flows import FlowSource, FlowTarget
from metalab.protocol.policy.ledger import slash_to_flows
from metalab.protocol.supply.issuance import issue
from tests.support import make_scenario

FEES = 6_000_000_007
PRICE = 0.5
MEAN_VOLUME = 100_000.0


def make_flow(source: FlowSource, target: FlowTarget, **terms: Any) -> PlannedFlow:
    return PlannedFlow(terms.pop("label", f"{source.name} to {target.name}"), int(source), int(target), **terms)


def make_world(*flows: PlannedFlow, **paths: Any) -> tuple[World, Any]:
    """A small world on the morning of day 0, with a price and a volume of its own."""
    world = create_plain_world(replace(make_scenario(**paths), flows=flows), 1)
    rows = as_rows(world)
    rows.state[0].market.price = PRICE
    rows.state[0].market.volume_mean = MEAN_VOLUME
    plain(open_day)(rows)
    return world, rows


def collect(rows: Any, messages: int = FEES, verification: int = 0, security: int = 0) -> None:
    """Fees of the day."""
    plain(convert_fee)(rows.pots[0], messages)
    plain(convert_verification)(rows.pots[0], verification)
    plain(convert_security)(rows.pots[0], security)


def check(world: World, rows: Any) -> None:
    """Nothing was made, lost or left on the way."""
    check_supply(world)
    check_usd(world)
    assert rows.pots[0].routed == 0


def get_pot(rows: Any, target: FlowTarget) -> int:
    """What the account behind a destination holds."""
    pots = rows.pots[0]
    if target <= FlowTarget.GUARDIAN:
        return int(pots.node_rewards[target])
    held = {
        FlowTarget.DEVELOPERS: pots.reward_developers,
        FlowTarget.USERS: pots.reward_users,
        FlowTarget.DELEGATES: pots.reward_delegates,
        FlowTarget.LOCKERS: pots.reward_lockers,
        FlowTarget.TREASURY: pots.treasury,
        FlowTarget.INSURANCE: pots.insurance,
        FlowTarget.RESERVE: pots.reserve,
        FlowTarget.BURN: pots.burned,
    }
    return int(held[target])


PLAIN_TARGETS = [target for target in FlowTarget if target < FlowTarget.SWAP]


@pytest.mark.parametrize("target", PLAIN_TARGETS)
def test_a_share_of_revenue_is_exact_and_the_split_has_the_rest(target: FlowTarget) -> None:
    world, rows = make_world(make_flow(FlowSource.REVENUE, target, share_bps=1_667))
    before = get_pot(rows, target)
    collect(rows)
    plain(process_fee_flows)(rows)
    taken = FEES * 1_667 // 10_000
    assert (get_pot(rows, target) - before, rows.pots[0].fees) == (taken, FEES - taken)
    assert rows.pots[0].moved[Cause.FLOW_OF_FEES] == taken
    assert (rows.flows[0].paid, rows.flows[0].missed) == (taken, 0)
    check(world, rows)


def test_parts_of_revenue_are_shares_of_their_own_inflow() -> None:
    sources = (FlowSource.MESSAGES, FlowSource.VERIFICATION, FlowSource.SECURITY, FlowSource.REVENUE)
    world, rows = make_world(*(make_flow(source, FlowTarget.RESERVE, share_bps=1_000) for source in sources))
    collect(rows, 1_000, 500, 90)
    plain(process_fee_flows)(rows)
    assert [rows.flows[k].paid for k in range(4)] == [100, 50, 9, 159]
    assert rows.pots[0].reserve == 318
    check(world, rows)


@pytest.mark.parametrize("fees", [0, 1, 9_999, FEES])
def test_a_split_written_as_flows_is_the_split_to_the_micro_era(fees: int) -> None:
    split = (4_000, 2_500, 1_500, 1_000, 1_000)
    by_rule = make_world()[1]
    collect(by_rule, fees)
    plain(divide_revenue)(by_rule.pots[0], by_rule.params[0].fees, by_rule.today[0].fees)
    targets = (FlowTarget.CORE, FlowTarget.GUARDIAN, FlowTarget.FLEX, FlowTarget.DEVELOPERS, FlowTarget.USERS)
    flows = (make_flow(FlowSource.REVENUE, target, share_bps=share) for target, share in zip(targets, split, strict=True))
    world, rows = make_world(*flows)
    collect(rows, fees)
    plain(process_fee_flows)(rows)
    # Flows round down; what is left below a micro-ERA a share goes through the split itself.
    assert 0 <= rows.pots[0].fees < len(targets)
    for target in targets:
        assert abs(get_pot(rows, target) - get_pot(by_rule, target)) <= 1
    check(world, rows)


def test_shares_beyond_all_of_it_take_what_is_left_and_say_what_is_missing() -> None:
    flows = [make_flow(FlowSource.REVENUE, FlowTarget.BURN, share_bps=7_000, label=name) for name in ("a", "b")]
    world, rows = make_world(*flows)
    collect(rows, 1_000)
    plain(process_fee_flows)(rows)
    assert [rows.flows[k].paid for k in range(2)] == [700, 300]
    assert rows.flows[1].missed == 400
    assert rows.today[0].flows.flows_missed_era == pytest.approx(400 / ONE_ERA)
    check(world, rows)


@pytest.mark.parametrize(
    ("source", "target", "change"),
    [
        (FlowSource.TREASURY, FlowTarget.DEVELOPERS, 1),
        (FlowSource.TREASURY, FlowTarget.RESERVE, 0),
        (FlowSource.TREASURY, FlowTarget.BURN, 0),
        (FlowSource.TREASURY, FlowTarget.SWAP, 1),
        (FlowSource.INSURANCE, FlowTarget.TREASURY, 0),
        (FlowSource.INSURANCE, FlowTarget.USERS, 1),
        (FlowSource.INSURANCE, FlowTarget.BURN, 0),
    ],
)
def test_what_leaves_the_treasury_or_comes_back_changes_circulation(source: FlowSource, target: FlowTarget, change: int) -> None:
    world, rows = make_world(make_flow(source, target, amount=700, volume_share=1.0))
    rows.pots[0].treasury -= 10_000
    rows.pots[0].insurance += 10_000
    before = compute_circulating(world)
    plain(process_flows)(rows)
    assert compute_circulating(world) - before == 700 * change
    assert rows.flows[0].paid == 700
    check(world, rows)


def test_an_account_pays_what_it_holds_and_no_more() -> None:
    world, rows = make_world(make_flow(FlowSource.INSURANCE, FlowTarget.USERS, amount=700))
    rows.pots[0].treasury -= 500 - rows.pots[0].insurance
    rows.pots[0].insurance = 500
    plain(process_flows)(rows)
    assert (rows.pots[0].insurance, rows.flows[0].paid, rows.flows[0].missed) == (0, 500, 200)
    check(world, rows)


def test_a_yearly_share_of_an_account_and_an_amount_in_usd() -> None:
    yearly = make_flow(FlowSource.TREASURY, FlowTarget.RESERVE, yearly=0.365)
    usd = make_flow(FlowSource.TREASURY, FlowTarget.USERS, usd=250.0)
    world, rows = make_world(yearly, usd)
    held = rows.pots[0].treasury
    plain(process_flows)(rows)
    assert rows.flows[0].paid == int(held * (0.365 / 365.0))
    assert rows.flows[1].paid == 500 * ONE_ERA
    check(world, rows)


@pytest.mark.parametrize(
    ("target", "volume_share", "bought"),
    [(FlowTarget.BUY_BURN, 0.05, 2_000), (FlowTarget.BUY_HOLD, 0.001, 100), (FlowTarget.BUY_DISTRIBUTE, 0.05, 2_000)],
)
def test_a_buy_back_is_bounded_by_money_and_volume(target: FlowTarget, volume_share: float, bought: int) -> None:
    flow = make_flow(FlowSource.RESERVE_USD, target, usd=1_500.0, volume_share=volume_share)
    world, rows = make_world(flow, flows__reserve_usd=1_000.0)
    stakers, treasury, burned = sum(rows.pots[0].node_rewards), rows.pots[0].treasury, rows.pots[0].burned
    plain(process_flows)(rows)
    amount = bought * ONE_ERA
    assert rows.flows[0].paid == rows.pots[0].moved[Cause.FLOW_BUY] == rows.state[0].exchange.filled_buy == amount
    assert rows.flows[0].missed == 3_000 * ONE_ERA - amount
    assert rows.pots[0].reserve_usd == 1_000.0 - to_usd(amount, PRICE) >= 0.0
    gained = (sum(rows.pots[0].node_rewards) - stakers, rows.pots[0].treasury - treasury, rows.pots[0].burned - burned)
    assert (
        gained
        == {FlowTarget.BUY_BURN: (0, 0, amount), FlowTarget.BUY_HOLD: (0, amount, 0), FlowTarget.BUY_DISTRIBUTE: (amount, 0, 0)}[target]
    )
    check(world, rows)


def test_what_is_bought_for_stakers_is_split_as_their_revenue() -> None:
    flow = make_flow(FlowSource.RESERVE_USD, FlowTarget.BUY_DISTRIBUTE, usd=500.0, volume_share=1.0)
    _, rows = make_world(flow, flows__reserve_usd=1_000.0)
    plain(process_flows)(rows)
    split = [rows.params[0].fees.split[SHARE_OF_TIER[tier]] for tier in range(TIERS)]
    assert list(rows.pots[0].node_rewards) == [share * 1_000 * ONE_ERA // sum(split) for share in split]


def test_a_swap_sells_within_its_bound_and_keeps_the_usd() -> None:
    world, rows = make_world(make_flow(FlowSource.TREASURY, FlowTarget.SWAP, amount=9_000 * ONE_ERA, volume_share=0.05))
    plain(process_flows)(rows)
    assert rows.state[0].exchange.filled_sell == 5_000 * ONE_ERA
    assert rows.pots[0].reserve_usd == rows.today[0].flows.dao_reserve_usd == rows.flows[0].paid_usd == 2_500.0
    assert rows.flows[0].missed == 4_000 * ONE_ERA
    check(world, rows)


def test_new_tokens_are_routed_before_their_split() -> None:
    world, rows = make_world(make_flow(FlowSource.ISSUANCE, FlowTarget.TREASURY, share_bps=2_500))
    left = plain(route_issuance)(rows, 1_000)
    state = rows.state[0]
    assert (left, state.issuance.issued) == (750, 250)
    plain(issue)(state.issuance, rows.pots[0], left, rows.params[0].issuance)
    assert state.issuance.issued == 1_000
    check(world, rows)


def test_penalties_are_divided_among_flows_without_a_rest() -> None:
    flows = [
        make_flow(FlowSource.PENALTIES, target, share_bps=share)
        for target, share in ((FlowTarget.USERS, 3_333), (FlowTarget.RESERVE, 1_000))
    ]
    world, rows = make_world(*flows)
    node = rows.nodes[0]
    plain(slash_to_flows)(node, rows.pots[0], 1_000, 0)
    plain(route_penalties)(rows)
    assert [rows.flows[k].paid for k in range(2)] == [1_000 * 3_333 // 4_333, 1_000 - 1_000 * 3_333 // 4_333]
    assert rows.pots[0].routed_penalties == 0
    check(world, rows)


def test_a_flow_flows_on_its_days_alone() -> None:
    _, rows = make_world(make_flow(FlowSource.TREASURY, FlowTarget.USERS, amount=5, day=2, days=2))
    paid = []
    for day in range(6):
        rows.state[0].clock.day = day
        plain(process_flows)(rows)
        paid.append(rows.flows[0].paid)
    assert paid == [0, 0, 5, 10, 10, 10]


def run(scenario: Scenario, days: int = 40) -> tuple[World, Any]:
    world = create_world(scenario, 5)
    out = np.zeros((days, len(COLUMNS)))
    run_days(world, days, out)
    check_supply(world)
    check_usd(world)
    return world, out


def test_flows_of_nothing_are_no_flows_bit_for_bit() -> None:
    small = make_scenario()
    inflows = [source for source in FlowSource if source <= FlowSource.ISSUANCE]
    nothing = tuple(make_flow(source, FlowTarget.BURN, share_bps=0) for source in inflows)
    world, out = run(small)
    other, same = run(replace(small, flows=nothing))
    assert (out == same).all()
    as_array(other.flows)[:] = as_array(world.flows)
    assert hash_world(world) == hash_world(other)


def test_a_sixth_of_revenue_is_burned() -> None:
    """The closed form: what is burned is the sum of a sixth of each day's revenue, all else being the split's."""
    small = make_scenario()
    base, flows = run(small)[1], replace(small, flows=(make_flow(FlowSource.REVENUE, FlowTarget.BURN, share_bps=1_667),))
    world, out = run(flows)
    revenue = out[:, COLUMNS.index("revenue_era")]
    burned = as_rows(world).flows[0].paid / ONE_ERA
    assert burned == pytest.approx(0.1667 * revenue.sum(), abs=1e-6 * len(revenue))
    # The first day's revenue is that without the flow; later ones answer to it.
    assert revenue[0] == base[0, COLUMNS.index("revenue_era")]
    for name, share in (("core", 0.4), ("guardian", 0.25), ("flex", 0.15), ("developers", 0.1), ("users", 0.1)):
        part = out[:, COLUMNS.index(f"revenue_{name}_era")]
        assert part == pytest.approx(share * (1 - 0.1667) * revenue, abs=2e-6)


def test_the_worth_keeps_what_is_burned_and_loses_what_goes_elsewhere() -> None:
    claims = []
    for target in (FlowTarget.BURN, FlowTarget.DEVELOPERS):
        _, rows = make_world(make_flow(FlowSource.REVENUE, target, share_bps=5_000), fundamental__revenue_days=1.0)
        collect(rows)
        plain(process_fee_flows)(rows)
        rows.state[0].fees.lasting_mean_usd = 365.0 * to_usd(FEES, PRICE)
        claims.append(plain(read_claims)(rows).revenue)
    whole = 365.0 * to_usd(FEES, PRICE)
    assert claims == [pytest.approx(whole * (0.4 + 0.5), rel=1e-6), pytest.approx(whole * 0.4, rel=1e-6)]


def test_the_three_ways_agree_on_flows() -> None:
    flows = (
        make_flow(FlowSource.MESSAGES, FlowTarget.LOCKERS, share_bps=500),
        make_flow(FlowSource.TREASURY, FlowTarget.SWAP, usd=100.0, volume_share=0.05),
        make_flow(FlowSource.RESERVE_USD, FlowTarget.BUY_BURN, usd=50.0, volume_share=0.05, day=1),
        make_flow(FlowSource.PENALTIES, FlowTarget.INSURANCE, share_bps=5_000),
    )
    scenario = replace(make_scenario(), flows=flows)
    compiled, world = create_world(scenario, 1), create_world(scenario, 1)
    with EconModel(scenario, 1, objects=True) as model:
        for day in range(3):
            out = np.zeros((1, len(COLUMNS)))
            run_days(compiled, 1, out)
            plain(run_days)(as_rows(world), 1, memoryview(out))
            model.step()
            assert hash_world(compiled) == hash_world(world) == model.digest, day


def test_flows_that_cannot_be_planned_are_refused() -> None:
    world = make_world()[0]
    for flow in (
        PlannedFlow("nowhere", 99, 0, share_bps=1),
        make_flow(FlowSource.FUND, FlowTarget.BURN, usd=1.0),
        make_flow(FlowSource.TREASURY, FlowTarget.TREASURY, amount=1),
        make_flow(FlowSource.REVENUE, FlowTarget.BURN, share_bps=1, usd=1.0),
        make_flow(FlowSource.PENALTIES, FlowTarget.BURN, amount=1),
        make_flow(FlowSource.REVENUE, FlowTarget.BURN, share_bps=1, day=-1),
    ):
        with pytest.raises(ValueError, match=rf"flow '{flow.label}' from day {flow.day}: refused with code"):
            load_flows(world, (flow,))
    many = tuple(make_flow(FlowSource.REVENUE, FlowTarget.BURN, share_bps=0, label=str(k)) for k in range(len(world.flows) + 1))
    with pytest.raises(ValueError, match="refused with code"):
        load_flows(world, many)


def test_a_flow_takes_the_place_of_one_of_its_name() -> None:
    first = make_flow(FlowSource.REVENUE, FlowTarget.BURN, share_bps=100, label="switch")
    _, rows = make_world(first, first._replace(share_bps=200, day=9), first._replace(day=20, ends=1))
    assert [(rows.flows[k].day, rows.flows[k].end, rows.flows[k].share_bps) for k in range(2)] == [(0, 9, 100), (9, 20, 200)]
    assert rows.flows[2].day == -1
