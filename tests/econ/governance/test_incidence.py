"""What voters work out: accounting facts checked by hand, no sign set anywhere, nothing for nothing."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.governance.incidence import (
    YearlyFlows,
    compute_change,
    compute_deviation,
    compute_dilution,
    compute_fee,
    compute_grant,
    compute_own,
    compute_reaction,
    estimate_effect,
    trace_change,
)
from metalab.econ.governance.interests import InterestsState
from metalab.econ.governance.learning import compute_response
from metalab.econ.kernel.memory import allocate, as_rows
from metalab.econ.market.fundamental import compute_multiple
from metalab.econ.policy.governable import GOVERNABLE, GOVERNABLE_ROWS, INCIDENCE, NOISE, list_incidence, load_governable, number_path
from metalab.protocol.kernel.codes import Stakeholder
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Table
from metalab.protocol.kernel.units import ONE_ERA
from metalab.protocol.policy.channels import Channel
from metalab.protocol.policy.content import (
    NAMES,
    GovernableRow,
    ProposalContent,
    add_change,
    add_grant,
    check_content,
    clear_content,
)
from metalab.protocol.policy.grants import GrantTarget
from tests.support import LEAVES, make_row, make_scenario


def make_params() -> Any:
    return as_rows(allocate(make_scenario().parameters)).params[0]


P = make_params()
Q = P.interests
MULTIPLE = plain(compute_multiple)(P.fundamental)
GROUPS = list(Stakeholder)
HOLDERS = (Stakeholder.INVESTOR, Stakeholder.TRADER)


TVL, CHARGES = 4e8, 1.1e5
"""USD secured, and USD a year that rollups pay the protocol."""


def make_outlook(**values: Any) -> Any:
    """Four million messages a year at .25 USD, the split of the stated design, 200 million tokens worth 100 million USD."""
    known = {
        "price": 0.5, "market_cap": 1e8, "effective": 2e8, "issuable": 1e9, "liquid": 1.5e8, "volume": 1e7, "volatility": 0.05, "sold": 0.5,
        "fee_usd": 0.25, "rival_usd": 0.32, "log_price": math.log(0.5), "messages": 4e6, "live": 60.0, "revenue_usd": 1.1e6,
        "staked_usd": [3e6, 2e6, 5e6], "earning_usd": [3e6, 2e6, 4e6], "pot_usd": [4e5, 1.5e5, 2.5e5], "tvl_usd": TVL,
        "slashed_usd": 5e4, "losses_usd": 1e6, "claims_usd": 2e5, "share_stakers": 0.8, "share_developers": 0.1, "share_users": 0.1,
        "developers_usd": 2e6, "charges_usd": CHARGES, "held_usd": [2e7, 2e6, 1e6, 5e6, 3e6],
    }  # fmt: skip
    outlook = make_row(InterestsState, **(known | values))
    outlook.learning.slope = 1.0
    return outlook


def make_governable(channel: Channel, value: float, element: int = 0) -> Any:
    return make_row(GovernableRow, channel=int(channel), value=value, is_real=1, element=element, length=1)


def compute(channel: Channel, value: float, delta: float, who: Stakeholder, belief: float = 0.0, **outlook: Any) -> float:
    return plain(compute_change)(make_governable(channel, value), delta, int(who), belief, make_outlook(**outlook), P)


def trace(channel: Channel, value: float, delta: float, p: Any = P, element: int = 0, **outlook: Any) -> Any:
    return plain(trace_change)(make_governable(channel, value, element), delta, 1.0, make_outlook(**outlook), p)


def move_fee(before: float, after: float, who: Stakeholder, belief: float = 0.0, slope: float = 1.0) -> float:
    """What a voter thinks of another fee where the price is the reference price."""
    outlook = make_outlook(fee_usd=before, log_price=0.0)
    outlook.learning.slope = slope
    return plain(compute_change)(make_governable(Channel.MESSAGE_FEE, before), after - before, int(who), belief, outlook, P)


def test_the_table_of_governable_parameters_holds_every_governable_number() -> None:
    world = allocate(make_scenario().parameters)
    table = Table(GovernableRow, world.governable)
    assert len(table) == GOVERNABLE_ROWS == sum(max(leaf.info.length, 1) for leaf in GOVERNABLE)
    fee = next(row for row in (table[k] for k in range(GOVERNABLE_ROWS)) if row.slot == LEAVES["fees.message_fee_usd"].slot)
    assert (fee.low, fee.high, fee.span, fee.value, fee.channel) == (0.0, 5.0, 5.0, 0.3, Channel.MESSAGE_FEE)
    assert all(table[k].low <= table[k].value <= table[k].high for k in range(GOVERNABLE_ROWS))
    assert all(table[table[k].first].first == table[k].first == k - table[k].element for k in range(GOVERNABLE_ROWS))


def test_every_governable_parameter_has_an_incidence_or_a_reason_for_none() -> None:
    paths = {leaf.path for leaf in GOVERNABLE}
    assert set(INCIDENCE) <= paths
    assert all(len(INCIDENCE[leaf.path]) == max(leaf.info.length, 1) for leaf in GOVERNABLE if leaf.path in INCIDENCE)
    assert [entry.path for entry in list_incidence()] == [leaf.path for leaf in GOVERNABLE]
    assert [entry.path for entry in list_incidence() if not entry.is_judged and not entry.reason] == []
    assert all(Channel.NONE not in entry.channels for entry in list_incidence())
    starts = [start for some in NOISE.values() for start in some]
    assert [start for start in starts if not any(path.startswith(start) for path in paths)] == []


def test_every_channel_is_used_and_moves_something() -> None:
    assert {channel for channels in INCIDENCE.values() for channel in channels} == set(Channel) - {Channel.NONE}
    both = make_params()
    both.rewards.floor_on = both.rewards.cap_on = 1
    values = {
        Channel.YIELD_CAP: 0.05,
        Channel.YIELD_FLOOR: 0.2,
        Channel.SPEND_DEVELOPERS: 1e12,
        Channel.SPEND_USERS: 1e12,
        Channel.MINIMUM_STAKE: 1e11,
    }
    for channel in set(Channel) - {Channel.NONE}:
        value = values.get(channel, 0.3)
        seen = {"log_price": 0.0 if channel == Channel.MESSAGE_FEE else 1.0, "fee_usd": 0.3}
        assert any(trace(channel, value, 0.1 * value, both, **seen)), channel
        assert not any(trace(channel, value, 0.0, both, **seen)), channel
    assert not any(trace(Channel.NONE, 1.0, 1.0))


def test_every_governable_parameter_has_a_number_of_its_own_for_good() -> None:
    world = allocate(make_scenario().parameters)
    numbers = [int(number) for number in world.governable["name"]]
    assert len(set(numbers)) == GOVERNABLE_ROWS
    assert 0 < min(numbers) <= max(numbers) < NAMES
    assert number_path("fees.message_fee_usd", 0) == 454415758526
    assert 454415758526 in numbers


def test_the_defaults_themselves_may_be_proposed() -> None:
    world = allocate(make_scenario().parameters)
    load_governable(world)
    table = Table(GovernableRow, world.governable)
    split = LEAVES["fees.split"]
    content = make_row(ProposalContent)
    plain(clear_content)(content)
    for k, value in enumerate(split.info.default):
        plain(add_change)(content, split.slot + k, float(value), 0, 0)
    assert plain(check_content)(table, content) == 0


def test_a_fee_rise_of_a_tenth_by_hand() -> None:
    ratio = plain(compute_response)(0.25, 0.275, 0.32, P.demand.price_weight, 1.0)
    revenue = 4e6 * (ratio * 0.275 - 0.25)
    users = -4e6 * 0.025 * (1 + ratio) / 2
    token = MULTIPLE * revenue / 1e8
    expected = {
        Stakeholder.STAKER: MULTIPLE * 0.8 * revenue / 2e7 + token,
        Stakeholder.USER: MULTIPLE * (0.1 * revenue + users) / 2e6 + token,
        Stakeholder.DEVELOPER: MULTIPLE * 0.1 * revenue / 1e6 + token,
        Stakeholder.INVESTOR: token,
        Stakeholder.TRADER: token,
    }
    for who, value in expected.items():
        assert move_fee(0.25, 0.275, who) == pytest.approx(value)


@pytest.mark.parametrize("who", [Stakeholder.STAKER, Stakeholder.DEVELOPER, *HOLDERS])
def test_a_dear_fee_is_seen_to_be_cut_and_a_cheap_one_to_be_raised(who: Stakeholder) -> None:
    assert move_fee(1.5, 1.2, who) > 0.0 > move_fee(1.5, 1.8, who)
    assert move_fee(0.05, 0.06, who) > 0.0 > move_fee(0.05, 0.04, who)


def test_what_was_learned_and_what_one_believes_turn_the_sign() -> None:
    assert move_fee(0.3, 0.33, Stakeholder.INVESTOR, slope=0.4) > 0.0 > move_fee(0.3, 0.33, Stakeholder.INVESTOR, slope=2.0)
    assert move_fee(0.3, 0.33, Stakeholder.INVESTOR, belief=-1.0) > 0.0 > move_fee(0.3, 0.33, Stakeholder.INVESTOR, belief=1.0)
    assert plain(compute_deviation)(1.0, Q) == pytest.approx(math.exp(Q.belief_sigma))


def test_from_a_free_message_a_fee_is_a_finite_change_and_worth_it_to_holders() -> None:
    assert 0.0 < move_fee(0.0, 0.02, Stakeholder.INVESTOR) < 1.0
    assert -1.0 < move_fee(0.0, 0.02, Stakeholder.USER) < 0.0


@pytest.mark.parametrize("channel", [Channel.INDEXATION, Channel.MESSAGE_FEE])
@given(value=st.floats(0.1, 0.9), delta=st.floats(-0.05, 0.05), price=st.floats(0.01, 5.0))
def test_fee_changes_against_the_rule_itself(channel: Channel, value: float, delta: float, price: float) -> None:
    fees = make_params().fees
    if channel == Channel.INDEXATION:
        fees.indexation = value
    ratio = price / fees.reference_price_usd
    usd = value if channel == Channel.MESSAGE_FEE else fees.message_fee_usd
    outlook = make_outlook(fee_usd=usd * ratio ** (1.0 - fees.indexation), log_price=math.log(ratio))
    after = plain(compute_fee)(make_governable(channel, value), delta, outlook, fees)
    if channel == Channel.INDEXATION:
        assert after == pytest.approx(usd * ratio ** (1.0 - value - delta))
    else:
        assert after == pytest.approx((value + delta) * ratio ** (1.0 - fees.indexation))


@given(st.lists(st.integers(-500, 500), min_size=4, max_size=4))
def test_a_new_split_moves_money_between_groups_and_makes_none(moves: list[int]) -> None:
    deltas = [*moves, -sum(moves)]
    flows = [trace(channel, 0.0, float(delta)) for channel, delta in zip(INCIDENCE["fees.split"], deltas, strict=True)]
    assert sum(sum(flow) for flow in flows) == pytest.approx(0.0, abs=1e-6)


def test_additional_revenue_is_shared_out_in_full() -> None:
    shares = [plain(compute_own)(YearlyFlows(), 1_000.0, int(who), make_outlook()) for who in GROUPS]
    assert sum(shares) == pytest.approx(1_000.0)


def test_who_is_paid_for_it_uses_more_and_builds_more() -> None:
    def react(slope: float = 1.0, deviation: float = 1.0, **flows: float) -> float:
        return plain(compute_reaction)(YearlyFlows(**flows), slope, deviation, make_outlook(), P)

    assert react() == react(stakers=1e6, users=1e6, spent=1e6) == 0.0
    # A rebate of .05 USD a message is a fee of .20.
    ratio = plain(compute_response)(0.25, 0.20, 0.32, P.demand.price_weight, 1.0)
    assert react(rebate=2e5) == pytest.approx(1e6 * (ratio - 1.0))
    assert react(rebate=1e9) == pytest.approx(1e6 * (plain(compute_response)(0.25, 0.0, 0.32, P.demand.price_weight, 1.0) - 1.0))
    assert react(developers=2e6) == pytest.approx((1e6 + CHARGES) * (2.0**Q.building - 1.0))
    assert react(developers=-1e9) == pytest.approx((1e6 + CHARGES) * (0.01**Q.building - 1.0))
    assert react(rebate=-2e5) < 0.0 < react(rebate=2e5) < react(slope=2.0, rebate=2e5)
    assert react(deviation=2.0, developers=1e6) > react(developers=1e6)


def test_dilution_by_hand_and_by_sign() -> None:
    era, impact = 1e6, P.impact
    imbalance = 0.5 * era / 365 / 1e7 * impact.half_life_days / math.log(2)
    passing = impact.strength * 0.05 * imbalance / math.sqrt(imbalance + impact.linear_below)
    lasting = impact.multiplier * 0.5 * era / 1.5e8
    dilute = plain(compute_dilution)
    assert dilute(era, 3.6, make_outlook(), impact) == pytest.approx(3.6 * (era / 2e8 + lasting) + passing)
    assert dilute(-era, 3.6, make_outlook(), impact) == -dilute(era, 3.6, make_outlook(), impact)
    still = make_params().impact
    still.acting = 0
    assert dilute(era, 1.0, make_outlook(), still) == era / 2e8


@pytest.mark.parametrize("channel", [Channel.SPEND_DEVELOPERS, Channel.SPEND_USERS])
def test_budgets_pay_their_group_and_cost_holders_what_they_dilute(channel: Channel) -> None:
    receiver = Stakeholder.USER if channel == Channel.SPEND_USERS else Stakeholder.DEVELOPER
    assert compute(channel, 5e12, 1e12, receiver) > 0.0 > compute(channel, 5e12, 1e12, Stakeholder.INVESTOR)
    assert compute(channel, 5e12, -1e12, Stakeholder.INVESTOR) > 0.0
    # Who thinks that people answer strongly thinks better of spending on them.
    assert compute(channel, 5e12, 1e12, Stakeholder.INVESTOR, 1.0) > compute(channel, 5e12, 1e12, Stakeholder.INVESTOR, 0.0)
    assert trace(channel, 5e12, 1e12).spent == 1e6


@pytest.mark.parametrize(
    ("channel", "delta", "usd"), [(Channel.VERIFICATION_FEE, 1.0, 21_900.0), (Channel.SECURITY_CHARGE, 2.0, 2e-4 * TVL)]
)
def test_charges_are_paid_by_developers_and_go_with_those_who_go(channel: int, delta: float, usd: float) -> None:
    flows = trace(channel, 5.0, delta)
    assert (flows.developers, flows.revenue, flows.charges) == pytest.approx((-usd, 0.0, usd))
    built = (1.0 - usd / 2e6) ** Q.building
    revenue = 1e6 * (built - 1.0) + (CHARGES + usd) * built - CHARGES
    expected = MULTIPLE * ((-usd + 0.1 * revenue) / 1e6 + revenue / 1e8)
    assert compute(channel, 5.0, delta, Stakeholder.DEVELOPER) == pytest.approx(expected)


def test_floor_and_cap_move_money_between_stakers_and_holders_where_they_are_on() -> None:
    assert not any(trace(Channel.YIELD_FLOOR, 0.2, 0.01))
    assert not any(trace(Channel.YIELD_CAP, 0.05, 0.01))
    p = make_params()
    p.rewards.floor_on = p.rewards.cap_on = 1
    # Yields before floor and cap are 13, 7.5 and 6.25 %: a floor lifts what is below it alone.
    lifted = trace(Channel.YIELD_FLOOR, 0.07, 0.02, p)
    assert lifted.stakers == pytest.approx(0.09 * 2e6 - 1.5e5 + 0.02 * 4e6)
    assert lifted.spent == pytest.approx(lifted.stakers / 0.5)
    kept = trace(Channel.YIELD_CAP, 0.10, -0.02, p)
    assert kept.stakers == pytest.approx(-0.02 * 3e6)
    assert kept.spent == pytest.approx(kept.stakers / 0.5)
    assert not any(trace(Channel.YIELD_FLOOR, 0.01, 0.02, p))


def trace_penalty(value: float, delta: float) -> Any:
    row = make_row(GovernableRow, channel=int(Channel.PENALTY), value=value, length=4)
    return plain(trace_change)(row, delta, 1.0, make_outlook(), P)


def test_penalties_minimum_stakes_and_unbonding_cost_stakers_and_avoid_losses() -> None:
    harsher = trace_penalty(0.02, 0.02)
    assert harsher.stakers == pytest.approx(-5e4 * math.log(2.0) / 4)
    assert harsher.safety == pytest.approx(5e5 / 4)
    milder = trace_penalty(0.04, -0.02)
    assert milder.stakers == pytest.approx(-harsher.stakers)
    assert milder.safety == pytest.approx(-1e6 / 4)
    assert all(map(math.isfinite, trace_penalty(0.0, 0.1)))
    higher = trace(Channel.MINIMUM_STAKE, 5e11, 5e11, element=2)
    assert higher.stakers == pytest.approx(-Q.illiquidity * 5e6)
    assert higher.safety == pytest.approx(0.5 * 0.5 * 1e6)
    parts = [trace(Channel.MINIMUM_STAKE, 1e11, 1e11, element=tier).safety for tier in range(3)]
    assert sum(parts) == pytest.approx(5e5)
    longer = trace(Channel.UNBONDING, 14.0, 7.0)
    assert (longer.stakers, longer.safety) == (pytest.approx(-0.01 * 1e7), pytest.approx(1e6 / 3))


def test_safety_is_worth_the_losses_to_users_and_their_part_of_the_value_served_to_all() -> None:
    token = MULTIPLE * 1e6 / 3 / 4e8
    assert compute(Channel.UNBONDING, 14.0, 7.0, Stakeholder.INVESTOR) == pytest.approx(token)
    assert compute(Channel.UNBONDING, 14.0, 7.0, Stakeholder.USER) == pytest.approx(MULTIPLE * 1e6 / 3 / 2e6 + token)


def test_premiums_are_paid_by_rollups_and_cover_users_up_to_their_losses() -> None:
    flows = trace(Channel.PREMIUM, 0.0, 10.0)
    assert (flows.developers, flows.safety) == (-4e5, 4e5)
    assert trace(Channel.PREMIUM, 25.0, 10.0).safety == 0.0
    cover = trace(Channel.COVER, 5_000.0, 1_000.0)
    assert (cover.safety, cover.spent) == (pytest.approx(4e4), pytest.approx(8e4))
    # A fund that pays nothing covers nothing, whatever its rules say.
    assert not any(trace(Channel.COVER, 5_000.0, 1_000.0, claims_usd=0.0))


def test_grants_are_no_free_lunch() -> None:
    def value(target: GrantTarget, who: Stakeholder, **outlook: Any) -> float:
        return plain(compute_grant)(int(target), 10**12, int(who), make_outlook(**outlook), P)

    cost = plain(compute_dilution)(1e6, 1.0, make_outlook(), P.impact)
    assert cost > 0.0
    for target in set(GrantTarget) - {GrantTarget.BURN, GrantTarget.INSURANCE}:
        assert value(target, Stakeholder.INVESTOR) == pytest.approx(-cost)
    assert value(GrantTarget.USERS, Stakeholder.USER) == pytest.approx(5e5 / 2e6 - cost)
    assert value(GrantTarget.DEVELOPERS, Stakeholder.DEVELOPER) == pytest.approx(5e5 / 1e6 - cost)
    # What the fund holds does not circulate: it covers users and dilutes nobody.
    assert value(GrantTarget.INSURANCE, Stakeholder.USER) == pytest.approx(5e5 / 2e6)
    assert value(GrantTarget.INSURANCE, Stakeholder.USER, losses_usd=0.0) == 0.0
    assert value(GrantTarget.INSURANCE, Stakeholder.INVESTOR) == 0.0
    assert all(value(GrantTarget.BURN, who) == 1e6 * ONE_ERA / 10**15 for who in GROUPS)


@pytest.mark.parametrize("who", GROUPS)
def test_no_change_no_effect_and_effects_are_bounded(who: Stakeholder) -> None:
    world = allocate(make_scenario().parameters)
    governable = Table(GovernableRow, world.governable)
    content = make_row(ProposalContent)
    plain(clear_content)(content)
    outlook = make_outlook(fee_usd=0.3 * math.sqrt(0.5))

    def estimate() -> float:
        return plain(estimate_effect)(content, governable, int(who), 0.5, outlook, P)

    assert estimate() == 0.0
    slot = LEAVES["fees.message_fee_usd"].slot
    plain(add_change)(content, slot, 0.3, 0, 0)
    assert estimate() == pytest.approx(0.0, abs=1e-9)
    content.value[0] = 5.0
    plain(add_grant)(content, int(GrantTarget.USERS), 10**13)
    assert -1.0 <= estimate() <= 1.0
