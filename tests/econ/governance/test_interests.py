"""What voters work out: accounting facts checked by hand, no sign set anywhere."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.governance.interests import (
    Interests,
    InterestsState,
    compute_change,
    compute_elasticity,
    compute_fee_change,
    compute_grant,
    compute_own_flow,
    compute_response,
    estimate_effect,
    read_incomes,
    read_revenue,
    share_revenue,
)
from metalab.econ.kernel.memory import allocate
from metalab.econ.policy.governable import GOVERNABLE, GOVERNABLE_ROWS, INCIDENCE, load_governable, number_path
from metalab.econ.rollups.rollup import RollupsState
from metalab.protocol.fees.fees import Fees, FeesState
from metalab.protocol.kernel.codes import Stakeholder
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Table
from metalab.protocol.policy.content import (
    NAMES,
    Channel,
    GovernableRow,
    ProposalContent,
    add_change,
    add_grant,
    check_content,
    clear_content,
)
from metalab.protocol.policy.grants import GrantTarget
from tests.support import LEAVES, make_row, make_scenario

P = make_row(Interests)
FEES = make_row(Fees)
GROUPS = list(Stakeholder)


def make_outlook(**values: Any) -> Any:
    """A million of message revenue, the split of the stated design, a token worth 100 million in all at 0.5 USD."""
    known = {
        "price": 0.5,
        "market_cap": 1e8,
        "revenue_usd": 1.1e6,
        "message_usd": 1e6,
        "verification_usd": 20_000.0,
        "staked_usd": 5e6,
        "log_price": math.log(0.5),
        "share_stakers": 0.8,
        "share_developers": 0.1,
        "share_users": 0.1,
        "income": [880_000.0, 1.1e6, 2_000_000.0, 1e8, 1e8],
    }
    return make_row(InterestsState, **(known | values))


def make_governable(channel: Channel, value: float) -> Any:
    return make_row(GovernableRow, channel=int(channel), value=value, is_real=1)


def compute(channel: Channel, value: float, delta: float, who: Stakeholder, belief: float = 0.0, **outlook: Any) -> float:
    return plain(compute_change)(make_governable(channel, value), delta, int(who), belief, make_outlook(**outlook), FEES, P)


def test_the_table_of_governable_parameters_holds_every_governable_number_and_only_known_paths_have_channels() -> None:
    world = allocate(make_scenario().parameters)
    table = Table(GovernableRow, world.governable)
    assert len(table) == GOVERNABLE_ROWS == sum(max(leaf.info.length, 1) for leaf in GOVERNABLE)
    assert set(INCIDENCE) <= {leaf.path for leaf in GOVERNABLE}
    for leaf in GOVERNABLE:
        assert len(INCIDENCE.get(leaf.path, ())) in (0, max(leaf.info.length, 1))
    fee = next(row for row in (table[k] for k in range(GOVERNABLE_ROWS)) if row.slot == LEAVES["fees.message_fee_usd"].slot)
    assert (fee.low, fee.high, fee.span, fee.value, fee.channel) == (0.0, 5.0, 5.0, 0.3, Channel.MESSAGE_FEE)
    assert all(table[k].low <= table[k].value <= table[k].high for k in range(GOVERNABLE_ROWS))
    assert all(table[table[k].first].first == table[k].first for k in range(GOVERNABLE_ROWS))


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
    elasticity = P.elasticity
    paid, revenue = 1e5, 1e5 * (1 - elasticity)
    token = P.multiple * revenue / 1e8
    expected = {
        Stakeholder.STAKER: 0.8 * revenue / 880_000 + token,
        Stakeholder.USER: (0.1 * revenue - paid) / 1.1e6 + token,
        Stakeholder.DEVELOPER: 0.1 * revenue / 2e6 + token,
        Stakeholder.INVESTOR: token,
        Stakeholder.TRADER: token,
    }
    for who, value in expected.items():
        assert compute(Channel.MESSAGE_FEE, 0.3, 0.03, who) == pytest.approx(value)


def test_the_sign_of_a_fee_rise_follows_beliefs_and_what_is_seen() -> None:
    believer = 2.0
    assert plain(compute_elasticity)(believer, 0.0, P) > 1.0
    assert compute(Channel.MESSAGE_FEE, 0.3, 0.03, Stakeholder.STAKER) > 0.0
    assert compute(Channel.MESSAGE_FEE, 0.3, 0.03, Stakeholder.STAKER, believer) < 0.0
    assert compute(Channel.MESSAGE_FEE, 0.3, 0.03, Stakeholder.INVESTOR, growth=-0.3) < 0.0
    assert compute(Channel.MESSAGE_FEE, 0.3, 0.03, Stakeholder.INVESTOR, growth=0.3) > 0.0


@pytest.mark.parametrize("channel", [Channel.INDEXATION, Channel.REFERENCE_PRICE])
@given(value=st.floats(0.1, 0.9), delta=st.floats(-0.05, 0.05), price=st.floats(0.01, 5.0))
def test_fee_changes_against_the_rule_itself(channel: Channel, value: float, delta: float, price: float) -> None:
    def compute_fee(eta: float, reference: float) -> float:
        return float((price / reference) ** (1.0 - eta))

    if channel == Channel.INDEXATION:
        ratio = compute_fee(value + delta, FEES.reference_price_usd) / compute_fee(value, FEES.reference_price_usd)
        log_price = math.log(price / FEES.reference_price_usd)
    else:
        ratio = compute_fee(FEES.indexation, value + delta) / compute_fee(FEES.indexation, value)
        log_price = math.log(price / value)
    change = plain(compute_fee_change)(int(channel), delta, value, make_outlook(log_price=log_price), FEES)
    assert change == pytest.approx(ratio - 1.0, abs=1e-9)


@given(st.lists(st.integers(-500, 500), min_size=4, max_size=4))
def test_a_new_split_moves_money_between_groups_and_makes_none(moves: list[int]) -> None:
    deltas = [*moves, -sum(moves)]
    channels = INCIDENCE["fees.split"]
    outlook = make_outlook()
    total = sum(
        plain(compute_own_flow)(int(channel), float(delta), int(who), outlook, P)
        for channel, delta in zip(channels, deltas, strict=True)
        for who in GROUPS
    )
    assert total == pytest.approx(0.0, abs=1e-6)


def test_additional_revenue_is_shared_out_in_full() -> None:
    assert sum(plain(share_revenue)(int(who), 1_000.0, make_outlook()) for who in GROUPS) == pytest.approx(1_000.0)


def test_budgets_pay_their_group_and_are_worth_it_to_holders_who_believe_so() -> None:
    era = 1e6
    assert plain(compute_response)(0.0, 0.0, P) == 1.0
    assert compute(Channel.SPEND_DEVELOPERS, 5e12, 1e6 * era, Stakeholder.INVESTOR) == 0.0
    assert compute(Channel.SPEND_DEVELOPERS, 5e12, 1e6 * era, Stakeholder.INVESTOR, 1.0) > 0.0
    assert compute(Channel.SPEND_DEVELOPERS, 5e12, 1e6 * era, Stakeholder.INVESTOR, -1.0) < 0.0
    assert compute(Channel.SPEND_DEVELOPERS, 5e12, 1e6 * era, Stakeholder.DEVELOPER) == pytest.approx(5e5 / 2e6)
    assert compute(Channel.SPEND_USERS, 5e12, 1e6 * era, Stakeholder.DEVELOPER) == 0.0


def test_shorter_unbonding_is_worth_its_liquidity_to_stakers_alone() -> None:
    gain = compute(Channel.UNBONDING, 14.0, -7.0, Stakeholder.STAKER)
    assert gain == pytest.approx(P.illiquidity * 0.5 * 5e6 / 880_000)
    assert compute(Channel.UNBONDING, 14.0, -7.0, Stakeholder.TRADER) == 0.0
    patient = make_row(Interests, illiquidity_days=28.0)
    assert plain(compute_own_flow)(int(Channel.UNBONDING), -7.0, int(Stakeholder.STAKER), make_outlook(), patient) == pytest.approx(
        P.illiquidity * 0.25 * 5e6
    )


def test_verification_is_paid_by_developers() -> None:
    delta = 1.0
    own = -20_000.0 + 0.1 * 20_000.0
    token = P.multiple * 20_000.0 / 1e8
    assert compute(Channel.VERIFICATION_FEE, 5.0, delta, Stakeholder.DEVELOPER) == pytest.approx(own / 2e6 + token)


def test_grants() -> None:
    def value(target: GrantTarget, who: Stakeholder, belief: float = 0.0) -> float:
        return plain(compute_grant)(int(target), 10**12, int(who), belief, make_outlook(), P)

    assert value(GrantTarget.BURN, Stakeholder.INVESTOR, 2.0) == value(GrantTarget.INSURANCE, Stakeholder.USER, 2.0) == 0.0
    assert value(GrantTarget.DEVELOPERS, Stakeholder.DEVELOPER) == pytest.approx(5e5 / 2e6)
    assert value(GrantTarget.USERS, Stakeholder.USER) == pytest.approx(5e5 / 1.1e6)
    assert value(GrantTarget.FOUNDATION, Stakeholder.INVESTOR, -1.0) < 0.0


@pytest.mark.parametrize("who", GROUPS)
def test_no_change_no_effect_and_effects_are_bounded(who: Stakeholder) -> None:
    world = allocate(make_scenario().parameters)
    governable = Table(GovernableRow, world.governable)
    content = make_row(ProposalContent)
    plain(clear_content)(content)
    estimate = plain(estimate_effect)
    assert estimate(content, governable, int(who), 0.5, make_outlook(), FEES, P) == 0.0
    slot = LEAVES["fees.message_fee_usd"].slot
    plain(add_change)(content, slot, 0.3, 0, 0)
    assert estimate(content, governable, int(who), 0.5, make_outlook(), FEES, P) == 0.0
    content.value[0] = 5.0
    plain(add_grant)(content, int(GrantTarget.USERS), 10**13)
    assert -1.0 <= estimate(content, governable, int(who), 0.5, make_outlook(), FEES, P) <= 1.0


def test_public_figures_from_the_state() -> None:
    outlook = make_row(InterestsState, price=2.0, market_cap=5e7)
    quote, network = make_row(FeesState, revenue_mean_usd=1e6), make_row(RollupsState, live=60)
    plain(read_revenue)(outlook, quote, network, FEES)
    assert outlook.verification_usd == 365 * 60
    assert outlook.message_usd == 1e6 - 365 * 60 * FEES.verification_fee_usd
    assert (outlook.share_stakers, outlook.share_developers, outlook.share_users) == (0.8, 0.1, 0.1)
    world = allocate(make_scenario().parameters)
    plain(read_incomes)(outlook, quote, Table(GovernableRow, world.governable))
    grants = (LEAVES["incentives.grants"].info.default + LEAVES["incentives.fund"].info.default) * 2.0
    assert outlook.income[Stakeholder.DEVELOPER] == pytest.approx(1e5 + grants)
    assert outlook.income[Stakeholder.INVESTOR] == 5e7
