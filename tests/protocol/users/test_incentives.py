"""Budgets, points and activity rewards to the uERA."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.users.user import UserRow
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.users.incentives import (
    ActivityRewardsState,
    BudgetLine,
    Incentives,
    IncentivesMetrics,
    IncentivesState,
    allot_budget,
    collect_reward,
    compute_incentive,
    draw_budget,
    draw_fund,
    follow_budget,
    measure_discount,
    redeem_points,
    share_rewards,
)
from tests.support import make_row

ERA = 1_000_000


def make_budget(**values):
    budget = make_row(IncentivesState)
    plain(allot_budget)(budget, make_row(Incentives, **values), 0)
    return budget


def test_a_year_opens_with_the_stated_budgets():
    assert list(make_budget().left) == [5_000_000 * ERA, 2_000_000 * ERA, 3_000_000 * ERA]


@given(st.lists(st.integers(0, 4_000_000 * ERA), max_size=6), st.integers(0, 8_000_000 * ERA))
def test_a_budget_and_the_treasury_bound_what_is_granted(wishes, treasury):
    budget, pots, total = make_budget(), make_row(Pots, treasury=treasury), 0
    for wish in wishes:
        granted = plain(draw_budget)(budget, BudgetLine.GRANTS, pots, wish)
        assert 0 <= granted <= wish
        pots.treasury -= granted
        total += granted
    assert total == min(sum(wishes), 5_000_000 * ERA, treasury)


def test_the_fund_is_bounded_in_usd_and_in_era():
    pots = make_row(Pots, treasury=60_000_000 * ERA)
    assert plain(draw_fund)(make_budget(), pots, 10**15, 2.0) == 1_500_000 * ERA
    assert plain(draw_fund)(make_budget(), pots, 10**15, 0.1) == 3_000_000 * ERA
    assert plain(draw_fund)(make_budget(fund_usd=0.0), pots, 10**15, 1.0) == 0


def test_what_is_not_spent_yet_follows_a_changed_budget_at_once():
    budget, pots = make_budget(), make_row(Pots, treasury=60_000_000 * ERA)
    plain(draw_budget)(budget, BudgetLine.GRANTS, pots, 2_000_000 * ERA)
    for grants, left in (
        (5_000_000, 3_000_000),
        (4_000_000, 2_000_000),
        (0, 0),
        (1_000_000, 0),
        (6_000_000, 4_000_000),
        (5_000_000, 3_000_000),
    ):
        plain(follow_budget)(budget, make_row(Incentives, grants=grants * ERA))
        assert list(budget.left) == [left * ERA, 2_000_000 * ERA, 3_000_000 * ERA]


def test_the_funds_limit_in_usd_follows_at_once_and_stays_to_the_bit_while_unchanged():
    budget, pots = make_budget(), make_row(Pots, treasury=60_000_000 * ERA)
    for price in (0.1, 0.3, 0.7):
        plain(draw_fund)(budget, pots, 1_000_000 * ERA, price)
    before = budget.fund_usd
    plain(follow_budget)(budget, make_row(Incentives))
    assert budget.fund_usd == before
    plain(follow_budget)(budget, make_row(Incentives, fund_usd=2e6))
    assert budget.fund_usd == pytest.approx(2e6 - 1_100_000.0)
    plain(follow_budget)(budget, make_row(Incentives, fund_usd=1.0))
    assert budget.fund_usd == 0.0
    plain(follow_budget)(budget, make_row(Incentives))
    assert budget.fund_usd == pytest.approx(before)


@given(st.lists(st.tuples(st.integers(0, 6_000_000 * ERA), st.integers(0, 3_000_000 * ERA)), max_size=8))
def test_a_year_never_spends_more_than_the_largest_budget_it_had(steps):
    budget, pots, largest = make_budget(points=0), make_row(Pots, treasury=60_000_000 * ERA), 0
    for points, wish in steps:
        plain(follow_budget)(budget, make_row(Incentives, points=points))
        largest = max(largest, points)
        plain(draw_budget)(budget, BudgetLine.POINTS, pots, wish)
        assert budget.left[BudgetLine.POINTS] >= 0
        assert budget.spent[BudgetLine.POINTS] <= largest


def test_a_new_year_forgets_what_was_spent():
    budget, pots, p = make_budget(), make_row(Pots, treasury=60_000_000 * ERA), make_row(Incentives)
    plain(draw_fund)(budget, pots, 1_000_000 * ERA, 1.0)
    plain(allot_budget)(budget, p, 1)
    assert (list(budget.left), budget.fund_usd) == ([p.grants, p.points, p.fund], p.fund_usd)
    assert (list(budget.spent), budget.spent_usd) == ([0, 0, 0], 0.0)


def test_points_are_redeemed_while_the_budget_lasts():
    user, pots, p = make_row(UserRow, points=100), make_row(Pots, treasury=10 * ERA), make_row(Incentives, points=3 * ERA)
    budget = make_row(IncentivesState)
    plain(allot_budget)(budget, p, 0)
    assert plain(redeem_points)(user, pots, budget, p) == 3 * ERA
    assert (user.points, user.balance, pots.treasury) == (40, 3 * ERA, 7 * ERA)
    assert plain(redeem_points)(user, pots, budget, p) == 0
    assert user.points == 40


@given(st.integers(0, 10**12), st.lists(st.integers(0, 5_000), min_size=1, max_size=8))
def test_rewards_are_pro_rata_to_messages_and_never_more_than_the_pot(pot, sent):
    pots, rewards = make_row(Pots, reward_users=pot), make_row(ActivityRewardsState)
    users = [make_row(UserRow, fresh=count) for count in sent]
    plain(share_rewards)(rewards, pots, make_row(Incentives), sum(sent))
    for user in users:
        plain(collect_reward)(user, pots, rewards)
    assert pots.reward_users + sum(user.balance for user in users) == pot
    assert pots.reward_users >= 0
    if sum(sent) > 0:
        assert pots.reward_users < sum(sent)
        assert [user.balance for user in users] == [count * (pot // sum(sent)) for count in sent]


def test_messages_beyond_the_count_cannot_overdraw_the_pot():
    pots, rewards = make_row(Pots, reward_users=100), make_row(ActivityRewardsState, per_message=10, discount=40, discount_left=40)
    user = make_row(UserRow, fresh=1_000)
    assert plain(collect_reward)(user, pots, rewards) == 60
    assert (pots.reward_users, user.fresh) == (40, 0)


def test_discount_is_set_aside_only_when_there_is_one():
    pots, rewards = make_row(Pots, reward_users=1_000), make_row(ActivityRewardsState)
    plain(share_rewards)(rewards, pots, make_row(Incentives), 10)
    assert (rewards.discount, rewards.per_message) == (0, 100)
    plain(share_rewards)(rewards, pots, make_row(Incentives, discount_bps=100), 10)
    assert (rewards.discount, rewards.discount_left, rewards.per_message) == (500, 500, 50)
    rewards.discount_left = 400
    today = make_row(IncentivesMetrics)
    plain(measure_discount)(rewards, 1_000, today)
    assert (rewards.spared, today.gas_discount_era) == (0.1, 100 / 1e6)


def test_incentive_in_shares_of_the_fee():
    rewards, p, budget = make_row(ActivityRewardsState, per_message=50_000), make_row(Incentives), make_row(IncentivesState)
    budget.left[BudgetLine.POINTS] = p.points
    assert plain(compute_incentive)(rewards, budget, p, 200_000) == 0.5
    assert plain(compute_incentive)(make_row(ActivityRewardsState), budget, p, 0) == 0.0
    # Points that no budget stands behind are worth nothing.
    budget.left[BudgetLine.POINTS] = p.points // 2
    assert plain(compute_incentive)(rewards, budget, p, 200_000) == pytest.approx(0.375)
    budget.left[BudgetLine.POINTS] = 0
    assert plain(compute_incentive)(rewards, budget, p, 200_000) == 0.25
